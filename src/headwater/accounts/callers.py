"""Who is behind a call: the bearer of its Authorization header, or the person of its session cookie."""

from headwater.access.actor import Actor
from headwater.accounts.service import Accounts
from headwater.kernel.errors import ForbiddenError
from headwater.web.application import Authenticate
from headwater.web.call import Call

COOKIE = "hw_session"
_COOKIE = COOKIE.encode() + b"="
_SAFE = frozenset({"GET", "HEAD", "OPTIONS"})


def bearer(call: Call) -> str | None:
    """The token of `Authorization: Bearer ...`, or None."""
    value = call.headers.get(b"authorization")
    if value is None or value[:7].lower() != b"bearer ":
        return None
    return value[7:].strip().decode("latin-1")


def session_secret(call: Call) -> str | None:
    """The secret of the session cookie, or None."""
    cookies = call.headers.get(b"cookie")
    if cookies is None or _COOKIE not in cookies:
        return None
    for cookie in cookies.split(b";"):
        if cookie.strip().startswith(_COOKIE):
            return cookie.strip()[len(_COOKIE) :].decode("latin-1")
    return None


def bearer_or_session(accounts: Accounts) -> Authenticate:
    """How our own API knows its callers (N1): by token, or else by cookie; a bad token is not excused."""

    async def authenticate(call: Call) -> Actor | None:
        token = bearer(call)
        if token is not None:
            return await call.database.look(lambda tx: accounts.authenticate(tx, token))
        secret = session_secret(call)
        if secret is None:
            return None
        _require_own_page(call)
        return await call.database.look(lambda tx: accounts.authenticate_session(tx, secret))

    return authenticate


def bearer_only(accounts: Accounts, *, parameter: str = "") -> Authenticate:
    """How a dialect knows its callers: by token in the header, or in a query parameter if allowed."""

    async def authenticate(call: Call) -> Actor | None:
        token = bearer(call)
        if token is None and parameter:
            token = call.request.query_params.get(parameter)
        if not token:
            return None
        return await call.database.look(lambda tx: accounts.authenticate(tx, token))

    return authenticate


def _require_own_page(call: Call) -> None:
    """Another site's page can make a browser send our cookie, but not this header."""
    if call.method in _SAFE or call.headers.get(b"x-headwater-request") == b"1":
        return
    raise ForbiddenError(
        "request_header_missing",
        "A write with a session cookie needs the header X-Headwater-Request: 1.",
        hint="Send the header, or use an API token instead of the cookie.",
    )
