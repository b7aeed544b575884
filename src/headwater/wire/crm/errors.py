"""Errors in the envelope: HTTP 200 with `error.message`, unless routing failed (wire/crm.md section 1)."""

from typing import Any

from headwater.kernel.errors import ForbiddenError, HeadwaterError, UnauthenticatedError
from headwater.web.answer import Answer
from headwater.web.call import Call
from headwater.web.problem import error_headers

_TEXT = {"content-type": "text/plain"}
_MESSAGES = {
    "internal": "Internal error",
    "module_unknown": "Module not found",
    "record_unknown": "Content not found",
    "not_signed_in": "Unauthorized",
}


def render_error(error: HeadwaterError, call: Call) -> Answer:
    """The answer to an error: status 200, or its own with `crm_real_status`; routing always has its own."""
    if error.code == "route_unknown":
        return Answer(b"404 page not found", 404, _TEXT)
    if error.code == "method_not_allowed":
        return Answer(b"", 405, {**_TEXT, **error_headers(error)})
    body: dict[str, Any] = {"message": _message(error, call)}
    if error.faults:
        body["fields"] = [{"name": fault.field, "reason": fault.detail} for fault in error.faults]
    if call.settings.crm_real_status:
        return Answer({"error": body}, error.status, error_headers(error))
    return Answer({"error": body}, 200)


def _message(error: HeadwaterError, call: Call) -> str:
    known = _MESSAGES.get(error.code)
    if known is not None:
        return known
    if isinstance(error, UnauthenticatedError):
        return f"failed to authorize request: {error.detail}"
    if isinstance(error, ForbiddenError) and error.code == "scope_missing" and call.route is not None:
        summary = call.route.summary
        return f"Not allowed to {summary[:1].lower()}{summary[1:]}"
    return error.detail
