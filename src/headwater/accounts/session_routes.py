"""Signing in and out, one-time links, and who I am: `/api/session`, `/api/me`."""

import asyncio

from headwater.accounts.callers import COOKIE, session_secret
from headwater.accounts.forms import ChangeMe, Me, SignIn, UseLink
from headwater.accounts.limits import FailureLimit
from headwater.accounts.model import SESSION_SECONDS, User, fold_email, password_faults, refuse
from headwater.accounts.passwords import hash_password, is_password
from headwater.accounts.people import Particulars, People
from headwater.kernel.errors import ForbiddenError, UnauthenticatedError
from headwater.web.answer import Answer
from headwater.web.call import Call
from headwater.web.route import Route

# Two hashes at a time: each takes 19 MiB and a core.
_HASHES_AT_ONCE = 2


class Sessions:
    """The handlers of signing in; they share the limits on failures."""

    def __init__(self, people: People, addresses: FailureLimit, accounts: FailureLimit) -> None:
        """`addresses` and `accounts` count the failures of each address and of each e-mail."""
        self._people = people
        self._addresses = addresses
        self._accounts = accounts
        self._hashing = asyncio.Semaphore(_HASHES_AT_ONCE)

    async def sign_in(self, call: Call) -> Answer:
        """204 and the cookie; anything wrong is the same 401 after the same time."""
        _refuse_other_sites(call)
        body: SignIn = call.body
        email = fold_email(body.email)
        self._count(call.address, email)
        user = await call.read(lambda tx: self._people.of_email(tx, email))
        if not await self._matches(user, body.password) or user is None:
            raise UnauthenticatedError("wrong_sign_in", "The e-mail or the password is wrong.")
        self._addresses.forgive(call.address)
        self._accounts.forgive(email)
        return await self._signed_in(call, user)

    async def use_link(self, call: Call) -> Answer:
        """204 and the cookie; the password of the link's person is set."""
        _refuse_other_sites(call)
        body: UseLink = call.body
        refuse(password_faults(body.password))
        self._addresses.require(call.address)
        self._addresses.count(call.address)
        given = Particulars(
            body.name, body.email, body.time_zone, body.locale, await self._hash(body.password)
        )
        user = await call.write(lambda tx: self._people.use_link(tx, body.token, given))
        self._addresses.forgive(call.address)
        return await self._signed_in(call, user)

    async def sign_out(self, call: Call) -> Answer:
        """204; the session is over and the cookie is taken back."""
        secret = session_secret(call)
        if secret is not None:
            await call.write(lambda tx: self._people.end_session(tx, secret))
        return Answer(None, 204, {"set-cookie": _cookie("", 0, call)})

    async def me(self, call: Call) -> Me:
        """The actor of this call."""
        actor = call.actor
        user = None
        if actor.id:
            user = await call.read(lambda tx: self._people.get(tx, call.actor, actor.id))
        return _me(call, user)

    async def change_me(self, call: Call) -> Me:
        """The changed person; a token cannot change its owner."""
        body: ChangeMe = call.body
        if call.actor.kind != "user":
            raise ForbiddenError("needs_person", "Only a signed-in person can change himself.")
        hashed = await self._new_hash(call, body)
        given = Particulars(body.name, body.email, body.time_zone, body.locale, hashed)
        user = await call.write(lambda tx: self._people.update(tx, call.actor, call.actor.id, given))
        return _me(call, user)

    async def _new_hash(self, call: Call, body: ChangeMe) -> str | None:
        if body.password is None:
            return None
        refuse(password_faults(body.password))
        user = await call.read(lambda tx: self._people.get(tx, call.actor, call.actor.id))
        self._count(call.address, fold_email(user.email))
        if not await self._matches(user, body.current_password or ""):
            raise ForbiddenError("wrong_password", "'current_password' is not the present password.")
        self._addresses.forgive(call.address)
        self._accounts.forgive(fold_email(user.email))
        return await self._hash(body.password)

    def _count(self, address: str, email: str) -> None:
        self._addresses.require(address)
        self._accounts.require(email)
        self._addresses.count(address)
        self._accounts.count(email)

    async def _matches(self, user: User | None, password: str) -> bool:
        hashed = user.password_hash if user else None
        async with self._hashing:
            return await asyncio.to_thread(is_password, hashed, password)

    async def _hash(self, password: str) -> str:
        async with self._hashing:
            return await asyncio.to_thread(hash_password, password)

    async def _signed_in(self, call: Call, user: User) -> Answer:
        secret = await call.write(lambda tx: self._people.start_session(tx, user))
        return Answer(None, 204, {"set-cookie": _cookie(secret, SESSION_SECONDS, call)})


def _cookie(secret: str, seconds: int, call: Call) -> str:
    is_https = call.scope.get("scheme") == "https" or call.settings.address.startswith("https:")
    secure = "; Secure" if is_https else ""
    return f"{COOKIE}={secret}; Path=/; Max-Age={seconds}; HttpOnly; SameSite=Lax{secure}"


def _me(call: Call, user: User | None) -> Me:
    actor = call.actor
    return Me(
        id=actor.id,
        kind=actor.kind,
        name=user.name if user and actor.kind == "user" else actor.name,
        email=user.email if user else None,
        scopes=sorted(actor.scopes),
        time_zone=user.time_zone if user else actor.time_zone,
        locale=user.locale if user else "en",
    )


def _refuse_other_sites(call: Call) -> None:
    """A page of another site must not sign a person in as somebody else."""
    if call.headers.get(b"sec-fetch-site", b"same-origin") in (b"same-origin", b"none"):
        return
    raise ForbiddenError("other_site", "Signing in works from Headwater's own pages only.")


def routes(people: People, addresses: FailureLimit, accounts: FailureLimit) -> list[Route]:
    """The routes of signing in."""
    sessions = Sessions(people, addresses, accounts)
    return [
        Route(
            "POST",
            "/api/session",
            sessions.sign_in,
            "Sign in with e-mail and password",
            body=SignIn,
            status=204,
            is_open=True,
            is_secret=True,
            tag="accounts",
        ),
        Route("GET", "/api/session", sessions.me, "Who is signed in", answer=Me, tag="accounts"),
        Route("DELETE", "/api/session", sessions.sign_out, "Sign out", status=204, tag="accounts"),
        Route(
            "POST",
            "/api/session/link",
            sessions.use_link,
            "Use a one-time link and set a password",
            body=UseLink,
            status=204,
            is_open=True,
            is_secret=True,
            tag="accounts",
        ),
        Route("GET", "/api/me", sessions.me, "Who I am", answer=Me, tag="accounts"),
        Route(
            "PATCH", "/api/me", sessions.change_me, "Change myself", body=ChangeMe, answer=Me, tag="accounts"
        ),
    ]
