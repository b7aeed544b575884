"""What a handler gives back when a plain value is not enough, and how it becomes bytes."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from headwater.kernel import json


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


def with_revision(value: Any, revision: int, *, status: int | None = None, location: str = "") -> Answer:
    """The answer that carries `revision` as its ETag (N6), and a Location when a thing was created."""
    headers = {"etag": f'"{revision}"'}
    if location:
        headers["location"] = location
    return Answer(value, status, headers)
