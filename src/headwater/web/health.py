"""Whether the process answers and whether it can work: `/healthz`, `/readyz`, `/metrics`."""

import ipaddress
from typing import Any

from headwater.access.permissions import require
from headwater.db.database import Tx
from headwater.kernel.errors import HeadwaterError, UnavailableError
from headwater.web.answer import Answer
from headwater.web.application import Authenticate, not_signed_in
from headwater.web.call import Call
from headwater.web.metrics import Metrics
from headwater.web.route import Route

_TEXT = {"content-type": "text/plain; version=0.0.4; charset=utf-8", "cache-control": "no-store"}


class Health:
    """The handlers of operations."""

    def __init__(self, metrics: Metrics, authenticate: Authenticate) -> None:
        """`authenticate` knows the callers of `/metrics` when the server is not bound to loopback."""
        self._metrics = metrics
        self._authenticate = authenticate

    async def healthz(self, call: Call) -> dict[str, Any]:
        """The process answers."""
        return {"status": "ok"}

    async def readyz(self, call: Call) -> dict[str, Any]:
        """The database takes a write and migrations are done, otherwise 503 with the reason."""
        try:
            await call.database.write(_touch)
        except HeadwaterError as error:
            raise UnavailableError("not_ready", error.detail, hint=error.hint) from error
        return {"status": "ready"}

    async def metrics(self, call: Call) -> Answer:
        """Prometheus text; a token with `admin` is needed unless the server is bound to loopback."""
        if not is_loopback(call.settings.host):
            actor = await self._authenticate(call)
            if actor is None:
                raise not_signed_in()
            require(actor, "admin")
        return Answer(self._metrics.text(), headers=_TEXT)


def _touch(tx: Tx) -> None:
    """A write that changes nothing: it needs the lock, the disk and the schema."""
    tx.run("update catalogue set version = version")


def is_loopback(host: str) -> bool:
    """Whether only this machine reaches the address."""
    if host == "localhost":
        return True
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False


def routes(metrics: Metrics, authenticate: Authenticate) -> list[Route]:
    """The three routes; all are open."""
    health = Health(metrics, authenticate)
    return [
        Route(
            "GET", "/healthz", health.healthz, "Whether the process answers", is_open=True, tag="operations"
        ),
        Route("GET", "/readyz", health.readyz, "Whether the server can work", is_open=True, tag="operations"),
        Route("GET", "/metrics", health.metrics, "Prometheus metrics", is_open=True, tag="operations"),
    ]
