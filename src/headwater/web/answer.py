"""What a handler gives back when a plain value is not enough, and how it is sent."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from headwater.kernel import json

_JSON = (
    (b"content-type", b"application/json"),
    (b"x-content-type-options", b"nosniff"),
    (b"cache-control", b"private, no-cache"),
)
_LENGTHS = [(b"content-length", str(size).encode()) for size in range(4096)]
Headers = list[tuple[bytes, bytes]]


@dataclass(slots=True)
class Answer:
    """A value with a status and headers. `status` None means the route's own; bytes are sent as they are."""

    value: Any = None
    status: int | None = None
    headers: Mapping[str, str] = field(default_factory=dict)

    def body(self) -> bytes:
        """The bytes to send: ready bytes, nothing for None with status 204 or 304, JSON otherwise."""
        value = self.value
        if type(value) is bytes:
            return value
        if value is None and self.status in (204, 304):
            return b""
        return json.encode(value)


def with_revision(
    value: Any, revision: int, *, status: int | None = None, location: str = "", is_live: bool = False
) -> Answer:
    """The answer that carries `revision` as its ETag (N6), and a Location when a thing was created.

    `is_live` says that parts of it move without a new revision, so that it is never answered with 304.
    """
    headers = {"etag": f'"{revision}"'}
    if is_live:
        headers["cache-control"] = "no-store"
    if location:
        headers["location"] = location
    return Answer(value, status, headers)


async def send_answer(answer: Answer, method: str, asked: Mapping[bytes, bytes], send: Any) -> None:
    """Send status, headers and body as ASGI messages; `asked` are the headers of the request.

    HEAD gets no body, and a matching `If-None-Match` 304.
    """
    body = answer.body()
    size = len(body)
    status: int = answer.status or 200
    headers: Headers = [_LENGTHS[size] if size < 4096 else (b"content-length", str(size).encode())]
    if answer.headers:
        status = _add_headers(headers, answer.headers, status, asked)
    else:
        headers += _JSON
    if status in (204, 304):
        headers = [each for each in headers if each[0] not in (b"content-length", b"content-type")]
        body = b""
    await send({"type": "http.response.start", "status": status, "headers": headers})
    await send({"type": "http.response.body", "body": b"" if method == "HEAD" else body})


def _add_headers(headers: Headers, own: Mapping[str, str], status: int, asked: Mapping[bytes, bytes]) -> int:
    """Add the answer's headers and those of JSON that they do not replace; the status, perhaps now 304."""
    for name, value in own.items():
        if "\n" in value or "\r" in value:  # it would begin a header of somebody else's making
            value = value.replace("\r", " ").replace("\n", " ")
        headers.append((name.lower().encode(), value.encode("latin-1", "replace")))
    names = dict(headers)
    for each in _JSON:
        if each[0] not in names:
            headers.append(each)
    etag = names.get(b"etag")
    may_be_kept = names.get(b"cache-control") != b"no-store"
    if status == 200 and may_be_kept and etag is not None and etag in asked.get(b"if-none-match", b""):
        return 304
    return status
