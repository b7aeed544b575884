"""The first fork of a request: our own application, or a dialect by its prefix or its host name."""

from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from headwater.kernel.errors import InvalidError, UnavailableError
from headwater.web.answer import send_answer
from headwater.web.application import Application
from headwater.web.call import Call

Asgi = Callable[[Any, Any, Any], Awaitable[None]]
Hook = Callable[[], Awaitable[None]]


@dataclass(frozen=True)
class Dialect:
    """Another product's API. `prefix` begins with the dialect's name: `/fluxx`, `/integrator/v1`.

    On a host that is mapped to the dialect the name falls away: `/` and `/v1`.
    """

    prefix: str
    app: Asgi

    @property
    def name(self) -> str:
        """The first segment of the prefix."""
        return self.prefix.split("/")[1]


class Root:
    """The ASGI callable that the server runs. Starts and stops what runs beside requests."""

    def __init__(self, own: Application, dialects: Sequence[Dialect], wire_hosts: Mapping[str, str]) -> None:
        """Refuse a host that is mapped to a dialect which is not there, InvalidError `invalid_setting`."""
        self.own = own
        mounts = sorted(dialects, key=lambda each: -len(each.prefix))
        self._mounts = [(each.prefix, each.app) for each in mounts]
        self._names = {each.name for each in dialects}
        self._hosts = {host: _at_the_root(name, mounts) for host, name in wire_hosts.items()}
        self.is_stopping = False
        self.on_signal: list[Callable[[], None]] = []
        self.on_start: list[Hook] = []
        self.on_stop: list[Hook] = []

    async def __call__(self, scope: Any, receive: Any, send: Any) -> None:
        """Pass a request on; while stopping, every request is answered 503."""
        if scope["type"] == "http" and not self.is_stopping:
            await self._fork(scope, receive, send)
        elif scope["type"] == "http":
            await self._refuse(scope, receive, send)
        elif scope["type"] == "lifespan":
            await self._lifespan(receive, send)

    def stop(self) -> None:
        """Refuse requests from now on and end streams; callable from any thread, more than once."""
        if not self.is_stopping:
            self.is_stopping = True
            for hook in self.on_signal:
                hook()

    async def _fork(self, scope: Any, receive: Any, send: Any) -> None:
        path: str = scope["path"]
        mounts: Sequence[tuple[str, Asgi]] = ()
        if self._hosts:
            mounts = self._hosts.get(_host(scope), ())
        if not mounts and path[1:].partition("/")[0] in self._names:  # a path may be `*` alone
            mounts = self._mounts
        for prefix, app in mounts:
            if path.startswith(prefix + "/") or path == prefix:
                await app({**scope, "root_path": prefix}, receive, send)
                return
        await self.own(scope, receive, send)

    async def _refuse(self, scope: Any, receive: Any, send: Any) -> None:
        call = Call(scope, receive, self.own.database, self.own.settings)
        error = UnavailableError(
            "shutting_down", "The server is stopping.", hint="Try again soon.", headers={"retry-after": "5"}
        )
        await send_answer(self.own.render_error(error, call), call.method, call.headers, send)

    async def _lifespan(self, receive: Any, send: Any) -> None:
        await receive()
        for hook in self.on_start:
            await hook()
        await send({"type": "lifespan.startup.complete"})
        await receive()
        self.stop()
        for hook in reversed(self.on_stop):
            await hook()
        await send({"type": "lifespan.shutdown.complete"})


def _at_the_root(name: str, dialects: Sequence[Dialect]) -> list[tuple[str, Asgi]]:
    found = [(each.prefix.removeprefix(f"/{name}"), each.app) for each in dialects if each.name == name]
    if not found:
        raise InvalidError("invalid_setting", f"wire_hosts names the unknown dialect '{name}'.")
    return found


def _host(scope: Any) -> str:
    value = next((value for name, value in scope["headers"] if name == b"host"), b"")
    return value.decode("latin-1").rsplit(":", 1)[0].lower()
