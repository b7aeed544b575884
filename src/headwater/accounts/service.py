"""Tokens of every kind: made, listed, exchanged and revoked."""

from collections.abc import Iterable
from dataclasses import replace

from headwater.access.actor import Actor
from headwater.access.permissions import exceeds, may, require
from headwater.access.scopes import checked
from headwater.accounts import jwt, token_store
from headwater.accounts.authentication import Authentication
from headwater.accounts.model import BEARER_SECONDS, JWT_SECONDS, Token, TokenKind, expiry
from headwater.db.database import Tx
from headwater.kernel.clock import SECOND, Clock
from headwater.kernel.errors import Fault, ForbiddenError, InvalidError, NotFoundError, UnauthenticatedError
from headwater.kernel.ids import new_secret, secret_hash
from headwater.kernel.settings import Settings


class Accounts:
    """Tokens and who acts with them: the one authentication behind all surfaces."""

    def __init__(
        self, clock: Clock, settings: Settings, *, jwt_key: bytes = b"", local_key: str = ""
    ) -> None:
        """`jwt_key` signs the JWTs of the CRM dialect; `local_key` is the bearer of the commands."""
        self._clock = clock
        self._jwt_key = jwt_key
        authentication = Authentication(clock, jwt_key, settings.admin_token, local_key)
        self.authenticate = authentication.authenticate
        self.authenticate_session = authentication.authenticate_session
        self.authenticate_jwt = authentication.authenticate_jwt

    def create_token(
        self,
        tx: Tx,
        actor: Actor,
        name: str,
        scopes: Iterable[str],
        abilities: Iterable[str] = (),
        *,
        expires_at: int | None = None,
    ) -> tuple[Token, str]:
        """A new API token and its secret, which is never to be had again. Only held scopes can be given."""
        secret = new_secret("hw_")
        token = self._token(tx, actor, "token", name, _given(actor, scopes, abilities))
        token = replace(token, expires_at=expires_at)
        token_store.insert_token(tx, token, secret_hash(secret))
        return token, secret

    def create_oauth_client(
        self, tx: Tx, actor: Actor, name: str, scopes: Iterable[str]
    ) -> tuple[Token, str]:
        """A new OAuth client (its `client_id` is in the token) and its client secret. Needs `admin`."""
        require(actor, "admin")
        secret = new_secret("hwc_")
        token = self._token(tx, actor, "client", name, _given(actor, scopes))
        token = replace(token, client_id=new_secret("hwi_")[:24])
        token_store.insert_token(tx, token, secret_hash(secret))
        return token, secret

    def exchange_client(self, tx: Tx, client_id: str, client_secret: str) -> tuple[str, int]:
        """A bearer for a client and the seconds it lives, 7200; UnauthenticatedError `client_unknown`."""
        now = self._clock.now()
        client = token_store.client_of_id(tx, client_id, secret_hash(client_secret))
        if client is None or client.kind != "client" or not client.is_live(now):
            raise UnauthenticatedError("client_unknown", "The client id or the client secret is wrong.")
        secret = new_secret("hwo_")
        token_store.delete_ended_bearers(tx, client.id, now)
        bearer = replace(
            client,
            id=tx.next_id(),
            kind="bearer",
            client_id=None,
            parent_id=client.id,
            created_at=now,
            expires_at=expiry(now, BEARER_SECONDS),
        )
        token_store.insert_token(tx, bearer, secret_hash(secret))
        return secret, BEARER_SECONDS

    def create_jwt(
        self, tx: Tx, actor: Actor, name: str, scopes: Iterable[str], *, seconds: int = JWT_SECONDS
    ) -> tuple[Token, str]:
        """A new HS256 token of the CRM dialect for the actor's user: claims `sub`, `exp` and `jti`."""
        token = self._token(tx, actor, "jwt", name, _given(actor, scopes))
        ends = token.created_at // SECOND + seconds
        token = replace(token, expires_at=ends * SECOND)
        text = jwt.encode({"sub": str(token.user_id), "exp": ends, "jti": str(token.id)}, self._jwt_key)
        token_store.insert_token(tx, token, secret_hash(text))
        return token, text

    def list_tokens(self, tx: Tx, actor: Actor, after_id: int, limit: int) -> list[Token]:
        """The person's tokens, everybody's for an administrator, by id. A token sees only itself."""
        if actor.kind == "token" and not may(actor, "admin"):
            own = token_store.token_of_id(tx, actor.token_id or 0)
            return [own] if own and own.id > after_id and own.kind != "bearer" else []
        return token_store.live_tokens(tx, None if may(actor, "admin") else actor.id, after_id, limit)

    def revoke_token(self, tx: Tx, actor: Actor, token_id: int) -> None:
        """End a token and its bearers at once; NotFoundError `token_unknown`, also for one not to be seen."""
        token = token_store.token_of_id(tx, token_id)
        hidden = token is None or not (may(actor, "admin") or _is_own(actor, token))
        if token is None or hidden or token.kind == "bearer" or token.revoked_at is not None:
            raise NotFoundError("token_unknown", f"There is no token {token_id}.")
        token_store.revoke(tx, token_id, self._clock.now())
        tx.bump_catalogue()

    def _token(self, tx: Tx, actor: Actor, kind: TokenKind, name: str, scopes: frozenset[str]) -> Token:
        if not 0 < len(name.strip()) <= 200:
            fault = Fault("name", "wrong_length", "A name has 1 to 200 characters.")
            raise InvalidError("invalid_body", fault.detail, faults=[fault])
        now = self._clock.now()
        return Token(tx.next_id(), kind, name.strip(), None, None, scopes, actor.id, now, None, None)


def _is_own(actor: Actor, token: Token) -> bool:
    # a token that got into wrong hands must neither show nor end the others of its owner
    if actor.kind == "token":
        return token.id == actor.token_id
    return token.user_id == actor.id


def _given(actor: Actor, scopes: Iterable[str], abilities: Iterable[str] = ()) -> frozenset[str]:
    wanted = checked(scopes, abilities)
    if not wanted:
        fault = Fault("scopes", "required", "Name at least one scope.")
        raise InvalidError("invalid_body", fault.detail, faults=[fault])
    more = exceeds(wanted, actor)
    if more:
        raise ForbiddenError("scope_missing", f"You cannot give what you do not hold: {', '.join(more)}.")
    return wanted
