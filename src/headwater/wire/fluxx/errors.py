"""Errors in Fluxx's form: `{"error": {"code": 404, "message": "..."}}` (wire/fluxx.md section 3)."""

from typing import Any

from headwater.kernel.errors import HeadwaterError
from headwater.web.answer import Answer
from headwater.web.call import Call
from headwater.web.problem import error_headers

# The product answers 400 where our own API says that input is invalid.
_BAD_REQUEST = frozenset({"invalid_filter", "invalid_query", "invalid_cursor"})


def render_error(error: HeadwaterError, call: Call) -> Answer:
    """The answer to an error; a 422 tells every fault in the message and lists the fields."""
    status = 400 if error.code in _BAD_REQUEST else error.status
    body: dict[str, Any] = {"error": {"code": status, "message": _message(error, call)}}
    if error.faults:
        body["fields"] = [{"field": fault.field, "message": fault.detail} for fault in error.faults]
    return Answer(body, status, {"cache-control": "no-store", **error_headers(error)})


def _message(error: HeadwaterError, call: Call) -> str:
    if error.code == "route_unknown" and "/uuid/queue" in call.route_path:
        return "Unknown queue"
    if len(error.faults) > 1:
        return " ".join(f"{fault.field}: {fault.detail}" for fault in error.faults)
    return error.detail
