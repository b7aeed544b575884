"""Errors in Clust's form: an `errors` map from place to code (wire/clust.md section 2)."""

from typing import Any

from headwater.kernel.errors import HeadwaterError
from headwater.web.answer import Answer
from headwater.web.call import Call
from headwater.web.problem import error_headers

_NOT_FOUND = {
    "dossier_not_found": "dossier",
    "template_not_found": "template_id",
    "contact_not_found": "contact",
    "item_not_found": "item",
    "upload_not_found": "upload",
    "action_unknown": "action",
}


def render_error(error: HeadwaterError, call: Call) -> Answer:
    """The answer to an error; a 2xx never comes from here, and no other answer has an `errors` member."""
    body: dict[str, Any] = {"message": error.detail, "errors": _errors(error)}
    if error.status == 401:
        body["type"] = "unauthenticated"
        body["message"] = "Unauthenticated."
    elif error.status == 403:
        body["type"] = "forbidden"
    if error.hint:
        body["hint"] = error.hint
    if isinstance(error.document, dict):
        body.update(error.document)
    body["request_id"] = call.request_id
    return Answer(body, error.status, error_headers(error))


def _errors(error: HeadwaterError) -> dict[str, str]:
    if error.status == 401:
        return {"token": "unauthenticated"}
    if error.status == 403:
        return {"token": f"missing_ability:{_ability(error)}"}
    if error.faults:
        return {fault.field: fault.code for fault in error.faults}
    return {_NOT_FOUND.get(error.code, "request"): error.code}


def _ability(error: HeadwaterError) -> str:
    parts = error.detail.split("'")
    return parts[1] if len(parts) > 1 else "unknown"
