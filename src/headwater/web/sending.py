"""An answer as ASGI messages: ready header lists and bytes, nothing in between."""

from typing import Any

from headwater.web.answer import Answer
from headwater.web.call import Call

_JSON = (
    (b"content-type", b"application/json"),
    (b"x-content-type-options", b"nosniff"),
    (b"cache-control", b"private, no-cache"),
)
_LENGTHS = [(b"content-length", str(n).encode()) for n in range(4096)]


async def send_answer(answer: Answer, call: Call, send: Any) -> None:
    """Send status, headers and body; a HEAD gets no body, a matching `If-None-Match` 304."""
    status: int = answer.status or 200
    body = answer.body()
    if answer.headers:
        status, headers = _with_headers(answer, call, status, len(body))
    else:
        headers = [_length(len(body)), *_JSON]
    if status in (204, 304):
        headers = [each for each in headers if each[0] not in (b"content-length", b"content-type")]
        body = b""
    await send({"type": "http.response.start", "status": status, "headers": headers})
    await send({"type": "http.response.body", "body": b"" if call.scope["method"] == "HEAD" else body})


def _length(size: int) -> tuple[bytes, bytes]:
    return _LENGTHS[size] if size < 4096 else (b"content-length", str(size).encode())


def _with_headers(
    answer: Answer, call: Call, status: int, size: int
) -> tuple[int, list[tuple[bytes, bytes]]]:
    own = [(name.lower().encode(), _value(text)) for name, text in answer.headers.items()]
    names = {name for name, _ in own}
    headers = [_length(size), *(each for each in _JSON if each[0] not in names), *own]
    if status == 200 and b"if-none-match" in call.headers and call.scope["method"] in ("GET", "HEAD"):
        etag = next((value for name, value in own if name == b"etag"), None)
        if etag is not None and etag in call.headers[b"if-none-match"]:
            status = 304
    return status, headers


def _value(text: str) -> bytes:
    """A header value; a line break in it would begin a header of somebody else's making."""
    return text.replace("\r", " ").replace("\n", " ").encode("latin-1", "replace")
