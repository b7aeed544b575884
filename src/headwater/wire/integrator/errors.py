"""Errors in the integrator's form: `{"errors": [{"code", "message", "field"}]}`, several at once (section
1.1).
"""

from typing import Any

from headwater.flows.documents_model import is_hex_id
from headwater.kernel.errors import HeadwaterError, MalformedError, NotFoundError
from headwater.web.answer import Answer
from headwater.web.call import Call
from headwater.web.problem import error_headers

# What our own errors are called here. A code that is not listed and not of the product's goes by its status.
_CODES = {
    "flow_document_unknown": "invalid_ref",
    "flow_document_changed": "precondition_failed",
    "job_unknown": "invalid_ref",
    "invalid_flow_document": "invalid_field",
}
_OF_STATUS = {
    400: "invalid_query",
    401: "unauthorized",
    403: "forbidden",
    404: "not_found",
    413: "payload_too_large",
    415: "unsupported_media_type",
    422: "invalid_field",
    429: "rate_limited",
    500: "internal",
    501: "not_implemented",
}
_THEIRS = frozenset(
    (
        *(
            "invalid_query",
            "invalid_query_params",
            "invalid_ref",
            "invalid_connectionMap",
            "dependency_exists",
        ),
        *(
            "missing_required_field",
            "invalid_field",
            "invalid_flow",
            "update_not_allowed",
            "alias_not_supported",
        ),
        *("detach_failed", "invalid_filter_request_body", "handlebars_template_parse_error"),
    )
)


def render_error(error: HeadwaterError, call: Call) -> Answer:
    """The answer to an error; 422 lists every fault with its place."""
    return Answer({"errors": _items(error)}, error.status, error_headers(error))


def _items(error: HeadwaterError) -> list[dict[str, Any]]:
    if not error.faults:
        return [{"code": _code(error), "message": _message(error)}]
    # A fault of a flow that cannot run is `invalid_flow` when the product has no code for it (R3).
    other = "invalid_flow" if error.code == "invalid_flow" else _code(error)
    return [
        {
            "code": fault.code if fault.code in _THEIRS else other,
            "message": fault.detail,
            **({"field": fault.field} if fault.field else {}),
        }
        for fault in error.faults
    ]


def _code(error: HeadwaterError) -> str:
    if error.code in _THEIRS:
        return error.code
    return _CODES.get(error.code) or _OF_STATUS.get(error.status, error.code)


def _message(error: HeadwaterError) -> str:
    is_telling = error.hint is not None and error.status in (409, 501)
    return f"{error.detail} {error.hint}" if is_telling else error.detail


def malformed_id(error: NotFoundError, given: str) -> HeadwaterError:
    """The error for an id in a path: malformed when it is unknown and no id at all (W3), else not found."""
    if is_hex_id(given):
        return error
    return MalformedError("invalid_ref", "Please provide a valid _id.", hint="An _id is 24 hex digits.")


def bad_parameters(detail: str) -> MalformedError:
    """The error for parameters of a list that cannot be used."""
    return MalformedError("invalid_query_params", detail)


def bad_query(detail: str) -> MalformedError:
    """The error for a query that lacks what it needs."""
    return MalformedError("invalid_query", detail)
