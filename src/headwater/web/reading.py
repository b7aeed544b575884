"""Reading a body: never more than its limit, and only in a media type that the route reads."""

from typing import Any

from starlette.requests import ClientDisconnect

from headwater.kernel.errors import TooLargeError, UnsupportedMediaTypeError


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
