"""From the bytes of a request to typed values: limits, media type, JSON and query, every fault reported."""

import json as standard_json
from typing import Any
from urllib.parse import parse_qsl

import msgspec
from starlette.requests import ClientDisconnect

from headwater.kernel import json
from headwater.kernel.errors import (
    Fault,
    InvalidError,
    MalformedError,
    TooLargeError,
    UnsupportedMediaTypeError,
)
from headwater.web.faults import fault_of, faults_of


async def read_limited(headers: dict[bytes, bytes], receive: Any, max_bytes: int) -> bytes:
    """The whole body. One larger than `max_bytes` is TooLargeError `body_too_large`, before it is read whole.

    A declared length is refused at once; a chunked body as soon as it has grown too large. A body that ends
    early because the caller went away raises ClientDisconnect.
    """
    declared = headers.get(b"content-length")
    if declared is not None and declared.isdigit() and int(declared) > max_bytes:
        raise too_large(max_bytes)
    message = await receive()
    if message["type"] == "http.disconnect":
        raise ClientDisconnect
    body: bytes = message.get("body", b"")
    if not message.get("more_body", False) and len(body) <= max_bytes:
        return body
    return await _read_on(body, message, receive, max_bytes)


async def _read_on(body: bytes, message: Any, receive: Any, max_bytes: int) -> bytes:
    parts, size = [body], len(body)
    while size <= max_bytes and message.get("more_body", False):
        message = await receive()
        if message["type"] == "http.disconnect":
            raise ClientDisconnect
        parts.append(message.get("body", b""))
        size += len(parts[-1])
    if size > max_bytes:
        raise too_large(max_bytes)
    return b"".join(parts)


def too_large(max_bytes: int) -> TooLargeError:
    """The error for a body above `max_bytes`."""
    return TooLargeError(
        "body_too_large",
        f"The body is larger than {max_bytes} bytes.",
        hint="Send less at once, use a bulk or import route, or raise max_body_bytes.",
    )


def require_json(headers: dict[bytes, bytes]) -> None:
    """Go on when the body is declared as JSON or not declared; otherwise UnsupportedMediaTypeError."""
    given = headers.get(b"content-type")
    if given is None or given == b"application/json":
        return
    media_type = given.split(b";", 1)[0].strip().lower()
    is_json = media_type.endswith((b"/json", b"+json"))
    if is_json:
        return
    raise UnsupportedMediaTypeError(
        "unsupported_media_type",
        f"This route reads JSON; the body is '{media_type.decode('latin-1')[:60]}'.",
        hint="Send the header Content-Type: application/json.",
    )


def decode(raw: bytes, kind: Any) -> Any:
    """The body as `kind`. Broken JSON is MalformedError `malformed_json`; everything else InvalidError
    `invalid_body`.

    A name twice in one object is refused: which of the two the caller meant cannot be known.
    """
    value = json.decode_body(raw)
    _refuse_duplicates(raw, value)
    if b"\\u0000" in raw:
        _refuse_nul(value)
    if kind is Any:
        return value
    try:
        return msgspec.convert(value, kind)
    except (msgspec.ValidationError, RecursionError) as error:
        faults = faults_of(value, kind) or [fault_of(str(error), value)]
        raise InvalidError("invalid_body", _summary("body", faults), faults=faults) from error


def decode_query(query_string: bytes, kind: Any) -> Any:
    """The query string as `kind`. Unknown, repeated and wrong parameters are InvalidError `invalid_query`,
    all at once.
    """
    pairs = _pairs(query_string)
    value = dict(pairs)
    faults = [
        Fault(name, "repeated", f"Parameter '{name}' is given more than once.")
        for name in value
        if len(pairs) > len(value) and sum(name == each for each, _ in pairs) > 1
    ]
    try:
        result = msgspec.convert(value, kind, strict=False)
    except msgspec.ValidationError as error:
        faults += faults_of(value, kind, strict=False) or [fault_of(str(error), value)]
    if faults:
        raise InvalidError("invalid_query", _summary("query", faults), faults=faults)
    return result


def query_values(query_string: bytes) -> dict[str, str]:
    """The parameters of a route without a query type; the last of a repeated one counts."""
    return dict(_pairs(query_string))


def _pairs(query_string: bytes) -> list[tuple[str, str]]:
    if not query_string:
        return []
    if b"%00" in query_string:
        raise MalformedError("malformed_query", "A parameter cannot hold the character NUL.")
    try:
        return parse_qsl(
            query_string.decode("ascii"), keep_blank_values=True, errors="strict", max_num_fields=1000
        )
    except ValueError as error:
        raise MalformedError("malformed_query", "The query string is not percent-encoded UTF-8.") from error


def _summary(part: str, faults: list[Fault]) -> str:
    first = faults[0]
    more = f" ({len(faults) - 1} more)" if len(faults) > 1 else ""
    return f"The {part} cannot be accepted: {first.field or part}: {first.detail}{more}"


def _refuse_duplicates(raw: bytes, value: Any) -> None:
    # A duplicate loses at least one colon when the value is written again; looking closer costs ten times
    # as much, and is done only then, or when colons may be escaped.
    if raw.count(b":") == json.encode(value).count(b":") and b"\\u003" not in raw:
        return
    try:
        standard_json.loads(raw, object_pairs_hook=_unique)
    except (ValueError, RecursionError) as error:
        raise MalformedError("malformed_json", f"The body is not JSON: {error}.") from error


def _refuse_nul(value: Any, at: str = "") -> None:
    """PostgreSQL holds no NUL in text, so no text of ours has one."""
    if isinstance(value, str) and "\0" in value:
        fault = Fault(at, "nul_character", "Text cannot hold the character NUL.")
        raise InvalidError("invalid_body", _summary("body", [fault]), faults=[fault])
    if isinstance(value, dict):
        for name, each in value.items():
            _refuse_nul(name, at)
            _refuse_nul(each, f"{at}.{name}" if at else str(name))
    elif isinstance(value, list):
        for index, each in enumerate(value):
            _refuse_nul(each, f"{at}.{index}" if at else str(index))


def _unique(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    result = dict(pairs)
    if len(result) < len(pairs):
        names = [name for name, _ in pairs]
        name = next(name for name in names if names.count(name) > 1)
        raise MalformedError("duplicate_key", f"The body names '{name[:60]}' twice in one object.")
    return result
