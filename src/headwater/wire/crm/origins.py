"""Which pages of other sites may call this dialect (CORS, wire/crm.md section 2)."""

from typing import Any
from urllib.parse import urlsplit

from headwater.web.application import Application
from headwater.web.call import Call

_LOCAL = frozenset({"localhost", "127.0.0.1", "::1"})
_PREFLIGHT = (
    (b"access-control-allow-methods", b"GET, POST, DELETE, OPTIONS"),
    (b"access-control-allow-headers", b"Accept, Authorization, Content-Type, X-CSRF-Token"),
    (b"access-control-max-age", b"300"),
    (b"content-length", b"0"),
)


class CrossOriginApplication(Application):
    """The application that tells browsers which origins may read its answers; a preflight needs no token."""

    async def __call__(self, scope: Any, receive: Any, send: Any) -> None:
        """Answer one request."""
        call = Call(scope, receive, self.database, self.settings)
        origin = call.header("origin")
        if origin is None:
            await super().__call__(scope, receive, send)
            return
        headers = [(b"vary", b"Origin")]
        if is_allowed(origin, call):
            headers += [
                (b"access-control-allow-origin", origin.encode("latin-1")),
                (b"access-control-allow-credentials", b"true"),
            ]
            if call.method == "OPTIONS" and call.header("access-control-request-method"):
                headers += _PREFLIGHT
                await send({"type": "http.response.start", "status": 200, "headers": headers})
                await send({"type": "http.response.body", "body": b""})
                return
        await super().__call__(scope, receive, _adding(headers, send))


def is_allowed(origin: str, call: Call) -> bool:
    """Whether the origin is the server itself or in `crm_origins`; localhost too while that is empty."""
    if origin in call.settings.crm_origins or origin in _own(call):
        return True
    return not call.settings.crm_origins and _host(origin) in _LOCAL


def _own(call: Call) -> tuple[str, str]:
    address = urlsplit(call.settings.address)
    return f"{address.scheme}://{address.netloc}", f"{call.scope['scheme']}://{call.header('host')}"


def _host(origin: str) -> str | None:
    try:
        parts = urlsplit(origin)
    except ValueError:
        return None
    return parts.hostname if parts.scheme in ("http", "https") else None


def _adding(headers: list[tuple[bytes, bytes]], send: Any) -> Any:
    async def extended(message: Any) -> None:
        if message["type"] == "http.response.start":
            message = {**message, "headers": [*message["headers"], *headers]}
        await send(message)

    return extended
