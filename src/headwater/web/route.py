"""A route as data: method, path, handler, and the types of its parameters, body and answer."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Any

from headwater.web.call import Call

Handler = Callable[[Call], Awaitable[Any]]


@dataclass(frozen=True)
class Route:
    """One method of one path.

    `body` and `query` are msgspec Structs (`body` may be any msgspec type; `Any` is any JSON); unknown names
    are refused by `forbid_unknown_fields`. `answer` and `scope` are for the OpenAPI document only. `streams`
    leaves the body to the handler, as does a route without `body`, whose handler may ask `call.raw_body()`.
    `is_secret` keeps its answer from being stored for an Idempotency-Key.
    """

    method: str
    path: str
    handler: Handler
    summary: str
    body: Any = None
    answer: Any = None
    query: Any = None
    status: int = 200
    is_open: bool = False
    streams: bool = False
    scope: str = ""
    tag: str = ""
    is_secret: bool = False
