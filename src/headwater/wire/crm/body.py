"""Reading bodies: JSON with keys in any case, or forms that the query fills (wire/crm.md section 3)."""

from typing import Any
from urllib.parse import parse_qsl

from starlette.formparsers import MultiPartException
from starlette.requests import Request

from headwater.kernel.errors import InvalidError, MalformedError
from headwater.web.call import Call
from headwater.web.decoding import decode

_FORM = "application/x-www-form-urlencoded"
_MULTIPART = "multipart/form-data"
_MAX_PARTS = 1000


async def read_body(call: Call) -> dict[str, Any]:
    """The body by keys in lower case. A form's values are texts, `fields` in it is JSON text.

    What cannot be read at all is MalformedError `crm_unreadable_body`.
    """
    raw = await call.raw_body()
    media_type = (call.header("content-type") or "").partition(";")[0].strip().lower()
    try:
        if media_type == "application/json":
            return _object(raw)
        form = await _form(call, media_type, raw)
    except InvalidError as error:
        raise unreadable(error.detail) from error
    except ValueError as error:
        raise unreadable(str(error)) from error
    return lowered({**call.query, **form})


def lowered(document: dict[str, Any]) -> dict[str, Any]:
    """The object with its keys in lower case; of two that are alike then, the last counts."""
    return {name.lower(): value for name, value in document.items()}


def unreadable(reason: str) -> MalformedError:
    """The error of a body that cannot be read."""
    return MalformedError("crm_unreadable_body", f"error parsing http request body: {reason}")


def parsed_text(value: Any) -> Any:
    """The value of a member that forms send as JSON text; every other value as it is."""
    return decode(value.encode(), Any) if isinstance(value, str) and value.strip() else value


def _object(raw: bytes) -> dict[str, Any]:
    value = decode(raw, Any) if raw.strip() else {}
    if value is not None and not isinstance(value, dict):
        raise ValueError("expected an object")
    return lowered(value or {})


async def _form(call: Call, media_type: str, raw: bytes) -> dict[str, str]:
    if media_type == _MULTIPART:
        form = await _multipart(call, raw)
    elif media_type == _FORM:
        form = dict(
            parse_qsl(raw.decode(), keep_blank_values=True, errors="strict", max_num_fields=_MAX_PARTS)
        )
    else:
        form = {}
    if any("\0" in text for text in form.values()):
        raise ValueError("text cannot hold the character NUL")
    return form


async def _multipart(call: Call, raw: bytes) -> dict[str, str]:
    async def receive() -> dict[str, Any]:
        return {"type": "http.request", "body": raw, "more_body": False}

    request = Request(call.scope, receive)
    try:
        parts = await request.form(max_files=0, max_fields=_MAX_PARTS, max_part_size=len(raw) + 1)
    except MultiPartException as error:
        raise ValueError(f"the form cannot be read: {error.message}") from error
    return {name: value for name, value in parts.items() if isinstance(value, str)}
