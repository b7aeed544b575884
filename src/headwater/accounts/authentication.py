"""From a bearer, a session cookie or a JWT to the Actor who holds it."""

from collections.abc import Callable

from headwater.access.actor import Actor
from headwater.access.permissions import exceeds
from headwater.accounts import jwt, person_store, token_store
from headwater.accounts.model import Token, User
from headwater.db.database import Tx
from headwater.kernel.clock import SECOND, Clock
from headwater.kernel.errors import UnauthenticatedError
from headwater.kernel.ids import secret_hash

_CACHE_SIZE = 10_000
_NEVER = 1 << 62
_ADMINISTRATOR = frozenset({"admin"})
Found = tuple[Actor, int] | None
"""The actor, and when he stops being it."""
Known = dict[str, tuple[int, int, Actor]]
"""By secret: the catalogue version at which it was looked up, its end, the actor."""


class Authentication:
    """Looks secrets up and remembers who they were until the catalogue version moves."""

    def __init__(self, clock: Clock, jwt_key: bytes, admin_token: str, local_key: str) -> None:
        """`admin_token` and `local_key` are bearers of administrators that no table holds; empty for none."""
        self._clock = clock
        self._jwt_key = jwt_key
        self._fixed: dict[str, Actor] = {}
        if admin_token:
            actor = Actor("token", 0, "HEADWATER_ADMIN_TOKEN", _ADMINISTRATOR)
            self._fixed[secret_hash(admin_token)] = actor
        if local_key:
            self._fixed[secret_hash(local_key)] = Actor("system", 0, "the command line", _ADMINISTRATOR)
        self._tokens: Known = {}
        self._sessions: Known = {}
        self._jwts: Known = {}

    def authenticate(self, tx: Tx, bearer: str) -> Actor | None:
        """Who holds this bearer: an API token, an OAuth bearer or the administrator's; None when nobody does.

        A known one costs one look-up of the catalogue version.
        """
        return self._remembered(tx, bearer, self._tokens, self._find_token)

    def authenticate_session(self, tx: Tx, secret: str) -> Actor | None:
        """Whose session cookie this is; None when it has ended."""
        return self._remembered(tx, secret, self._sessions, self._find_session)

    def authenticate_jwt(self, tx: Tx, token: str) -> Actor:
        """Who the HS256 token names; UnauthenticatedError `jwt_invalid` with the reason as its detail."""
        actor = self._remembered(tx, token, self._jwts, self._find_jwt)
        if actor is None:
            raise UnauthenticatedError("jwt_invalid", "unknown user")
        return actor

    def _remembered(
        self, tx: Tx, secret: str, cache: Known, find: Callable[[Tx, str], Found]
    ) -> Actor | None:
        # The version is in the entry: on PostgreSQL several threads fill this at the same time. One cache for
        # each kind: what is remembered as a session must not pass as a token.
        version = tx.catalogue_version()
        known = cache.get(secret)
        if known is not None and known[0] == version and self._clock.now() < known[1]:
            return known[2]
        found = find(tx, secret)
        if found is None:
            cache.pop(secret, None)
            return None
        if len(cache) >= _CACHE_SIZE:
            cache.clear()
        cache[secret] = (version, found[1], found[0])
        return found[0]

    def _find_token(self, tx: Tx, bearer: str) -> Found:
        hashed = secret_hash(bearer)
        if hashed in self._fixed:
            return self._fixed[hashed], _NEVER
        token = token_store.token_of_secret(tx, hashed)
        if token is None or token.kind not in ("token", "bearer"):
            return None
        return self._actor_of(tx, token)

    def _find_session(self, tx: Tx, secret: str) -> Found:
        found = person_store.session_user(tx, secret_hash(secret))
        if found is None or found[1] <= self._clock.now():
            return None
        return _person(tx, found[0], found[1])

    def _find_jwt(self, tx: Tx, text: str) -> Found:
        claims = jwt.decode(text, self._jwt_key, self._clock.now() / SECOND)
        if "jti" not in claims:
            return _person(tx, int(claims["sub"]), int(claims["exp"] * SECOND))
        token = token_store.token_of_secret(tx, secret_hash(text))
        return None if token is None else self._actor_of(tx, token)

    def _actor_of(self, tx: Tx, token: Token) -> Found:
        if not token.is_live(self._clock.now()):
            return None
        ends = token.expires_at or _NEVER
        if not token.user_id:
            return Actor("token", 0, token.name, token.scopes, token_id=token.id), ends
        user = person_store.user_of_id(tx, token.user_id)
        if user is None or user.is_disabled:
            return None
        return Actor("token", user.id, token.name, _effective(token, user), user.time_zone, token.id), ends


def _person(tx: Tx, user_id: int, ends: int) -> Found:
    user = person_store.user_of_id(tx, user_id)
    if user is None or user.is_disabled:
        return None
    return Actor("user", user.id, user.name, user.scopes, user.time_zone), ends


def _effective(token: Token, user: User) -> frozenset[str]:
    """What the token still may: never more than its owner."""
    owner = Actor("user", user.id, user.name, user.scopes)
    return token.scopes - frozenset(exceeds(token.scopes, owner))
