"""One call: who asks, for what, with which body, and the doors to the database."""

import itertools
import os
from collections.abc import Callable
from typing import TYPE_CHECKING, Any, TypeVar

from starlette.requests import Request

from headwater.access.actor import ANONYMOUS, Actor
from headwater.db.database import Database, Tx
from headwater.kernel.errors import MalformedError
from headwater.kernel.ids import read_id
from headwater.kernel.settings import Settings
from headwater.web import idempotency
from headwater.web.decoding import read_limited

if TYPE_CHECKING:
    from headwater.web.route import Route

T = TypeVar("T")
_PROCESS = os.urandom(4).hex()
_numbers = itertools.count(1)


class Call:
    """A request on its way through the server. `path`, `query` and `body` are decoded before the handler
    runs.
    """

    __slots__ = (
        "_request",
        "_request_id",
        "actor",
        "body",
        "database",
        "headers",
        "kept",
        "path",
        "query",
        "raw",
        "receive",
        "route",
        "scope",
        "settings",
    )

    def __init__(self, scope: Any, receive: Any, database: Database, settings: Settings) -> None:
        """Wrap one ASGI request; `headers` maps lower-case names to values, both bytes."""
        self.scope: dict[str, Any] = scope
        self.receive = receive
        self.database = database
        self.settings = settings
        self.headers: dict[bytes, bytes] = dict(scope["headers"])
        self.actor: Actor = ANONYMOUS
        self.route: Route | None = None
        self.path: dict[str, str] = {}
        self.query: Any = None
        self.body: Any = None
        self.raw: bytes | None = None
        self.kept: idempotency.Kept | None = None
        self._request: Request | None = None
        self._request_id = ""

    @property
    def request(self) -> Request:
        """The same request as Starlette sees it; made when first asked for."""
        if self._request is None:
            self._request = Request(self.scope, self.receive)
        return self._request

    @property
    def request_id(self) -> str:
        """The id in errors and log lines: the caller's `X-Request-Id` when it is a plain short word."""
        if not self._request_id:
            given = self.headers.get(b"x-request-id", b"")
            usable = 0 < len(given) <= 64 and given.replace(b"-", b"").isalnum()
            self._request_id = given.decode() if usable else f"{_PROCESS}-{next(_numbers):x}"
        return self._request_id

    @property
    def method(self) -> str:
        """The HTTP method in capitals."""
        return str(self.scope["method"])

    @property
    def address(self) -> str:
        """The caller's network address, after trusted proxies; empty when it is not known."""
        client = self.scope.get("client")
        return client[0] if client else ""

    @property
    def declared_bytes(self) -> int:
        """The length that the caller declares for the body; 0 when he declares none."""
        declared = self.headers.get(b"content-length", b"")
        return int(declared) if declared.isdigit() else 0

    @property
    def route_path(self) -> str:
        """The path below the mount."""
        path: str = self.scope["path"]
        root = self.scope.get("root_path", "")
        return path[len(root) :] if root else path

    def header(self, name: str) -> str | None:
        """The value of a header, or None."""
        value = self.headers.get(name.lower().encode())
        return None if value is None else value.decode("latin-1")

    @property
    def if_match(self) -> int | None:
        """The revision that `If-Match` names; None without the header or with `*`. Others are refused."""
        text = self.headers.get(b"if-match")
        if text is None or text == b"*":
            return None
        revision = read_id(text.removeprefix(b"W/").strip(b'"').decode("latin-1"))
        if revision is None:
            raise MalformedError("invalid_if_match", 'If-Match wants one revision in quotes, such as "3".')
        return revision

    async def raw_body(self) -> bytes:
        """The whole body, up to `max_body_bytes`; larger is TooLargeError `body_too_large`."""
        if self.raw is None:
            self.raw = await read_limited(self.headers, self.receive, self.settings.max_body_bytes)
        return self.raw

    async def read(self, work: Callable[[Tx], T]) -> T:
        """Run a short read."""
        return await self.database.read(work)

    async def scan(self, work: Callable[[Tx], T]) -> T:
        """Run a read that may take long."""
        return await self.database.scan(work)

    async def write(
        self, work: Callable[[Tx], T], *, keep_seconds: int | None = idempotency.DAY, body_hash: str = ""
    ) -> T:
        """Run `work` in a transaction; with an `Idempotency-Key` (N7) only the first time: its answer is
        kept.

        `work` returns what the handler will answer, a JSON value or an `Answer` with status and headers, so
        that it is kept in the same transaction; what the handler changes afterwards costs a second one. Only
        the first write of a call is kept so. `keep_seconds` None keeps it for good. A streaming route gives
        the hash of its body itself.
        """
        key = self.headers.get(b"idempotency-key")
        if key is None or self.kept is not None or not self._may_keep():
            return await self.database.write(work)
        kept = self.kept = idempotency.Kept.of(self, key.decode("latin-1"), keep_seconds, body_hash)
        return await self.database.write(lambda tx: idempotency.once(tx, kept, work))

    def _may_keep(self) -> bool:
        return self.method == "POST" and self.route is not None and not self.route.is_secret
