"""An error as `application/problem+json` (RFC 9457, N3)."""

from typing import Any

from headwater.kernel.errors import HeadwaterError, RetryError
from headwater.web.advice import advice
from headwater.web.answer import Answer
from headwater.web.call import Call


def problem_response(error: HeadwaterError, call: Call) -> Answer:
    """The answer of our own API to an error: code, detail, hint, every fault, and the request id."""
    headers = {"content-type": "application/problem+json", **error_headers(error)}
    return Answer(problem(error, call.request_id), error.status, headers)


def problem(error: HeadwaterError, request_id: str) -> dict[str, Any]:
    """The problem document. `document` (the current state behind a 412) comes with it when there is one."""
    body: dict[str, Any] = {
        "type": f"/docs/errors#{error.code}",
        "title": error.title,
        "status": error.status,
        "code": error.code,
        "detail": error.detail,
    }
    hint = error.hint or advice(error.code)
    if hint:
        body["hint"] = hint
    if error.faults:
        body["errors"] = [fault._asdict() for fault in error.faults]
    if error.document is not None:
        body["document"] = error.document
    body["request_id"] = request_id
    return body


def error_headers(error: HeadwaterError) -> dict[str, str]:
    """Headers that belong to the error in every dialect: `Allow`, `Retry-After`, `WWW-Authenticate`."""
    headers = {name.lower(): value for name, value in error.headers.items()}
    if isinstance(error, RetryError) and error.retry_after_seconds is not None:
        headers.setdefault("retry-after", str(max(1, round(error.retry_after_seconds))))
    if error.status == 401:
        headers.setdefault("www-authenticate", "Bearer")
    return headers
