"""Who calls: a JWT or an API token in the header, the cookie `jwt` or the query (wire/crm.md section 2)."""

from headwater.access.actor import Actor
from headwater.accounts.callers import bearer
from headwater.accounts.service import Accounts
from headwater.db.database import Tx
from headwater.kernel.errors import ForbiddenError, UnauthenticatedError
from headwater.web.application import Authenticate
from headwater.web.call import Call
from headwater.wire.crm.origins import is_allowed

_SAFE = frozenset({"GET", "HEAD", "OPTIONS"})


def token_caller(accounts: Accounts) -> Authenticate:
    """How this dialect knows its callers: nobody without a token, UnauthenticatedError with a bad one.

    A write with the cookie from another site's page is ForbiddenError `origin_not_allowed`.
    """

    async def authenticate(call: Call) -> Actor | None:
        token = bearer(call)
        if not token:
            token = call.request.cookies.get("jwt", "").strip()
            if token:
                _require_own_origin(call)
        token = token or call.request.query_params.get("jwt", "").strip()
        if not token:
            return None
        return await call.database.look(lambda tx: _actor(tx, accounts, token))

    return authenticate


def _actor(tx: Tx, accounts: Accounts, token: str) -> Actor:
    if token.startswith("eyJ") and token.count(".") == 2:
        return accounts.authenticate_jwt(tx, token)
    actor = accounts.authenticate(tx, token)
    if actor is None:
        raise UnauthenticatedError("crm_token_unknown", "unknown token")
    return actor


def _require_own_origin(call: Call) -> None:
    origin = call.header("origin")
    if origin is None or call.method in _SAFE or is_allowed(origin, call):
        return
    raise ForbiddenError(
        "origin_not_allowed",
        f"Not allowed to write with a cookie from {origin[:100]}",
        hint="Name the origin in crm_origins, or send the token in the header.",
    )
