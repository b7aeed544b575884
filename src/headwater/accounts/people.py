"""People: the first administrator, invitations, signing in and out, particulars and rights."""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from typing import Any

from headwater.access.actor import Actor
from headwater.access.permissions import require
from headwater.access.scopes import checked
from headwater.accounts import person_store
from headwater.accounts.model import (
    LINK_SECONDS,
    SESSION_SECONDS,
    Link,
    LinkPurpose,
    User,
    expiry,
    person_faults,
    refuse,
)
from headwater.db.database import Tx
from headwater.db.errors import DuplicateError
from headwater.kernel.clock import Clock
from headwater.kernel.errors import ConflictError, Fault, GoneError, InvalidError, NotFoundError
from headwater.kernel.ids import new_secret, secret_hash


@dataclass(frozen=True)
class Particulars:
    """What a person may say about himself; None leaves it as it is."""

    name: str | None = None
    email: str | None = None
    time_zone: str | None = None
    locale: str | None = None
    password_hash: str | None = None


class People:
    """Everything about people but their passwords, which are hashed before the transaction begins."""

    def __init__(self, clock: Clock) -> None:
        """Times come from `clock`."""
        self._clock = clock

    def first_link(self, tx: Tx) -> str | None:
        """The one good one-time token for the first administrator; None once there is anybody."""
        if person_store.has_users(tx):
            return None
        person_store.delete_links(tx, "first_administrator", None)
        return self._new_link(tx, "first_administrator", None)

    def use_link(self, tx: Tx, token: str, given: Particulars) -> User:
        """The person whom the one-time link makes or lets in again, with the password set. It works once.

        GoneError `link_ended` when it is unknown, used or too old; DuplicateError-like ConflictError
        `email_taken`.
        """
        link = person_store.take_link(tx, secret_hash(token))
        if link is None or link.expires_at <= self._clock.now():
            raise GoneError(
                "link_ended",
                "This link was used before, or is older than 24 hours.",
                hint="Ask an administrator for a new one; the first one is printed again at each start.",
            )
        if link.user_id is None:
            return self._first_administrator(tx, given)
        user = self._existing(tx, link.user_id)
        person_store.delete_sessions(tx, user.id)
        return self._save(tx, replace(user, password_hash=given.password_hash, **_said(given)))

    def start_session(self, tx: Tx, user: User) -> str:
        """The secret of a new session, for the cookie."""
        secret = new_secret("hws_")
        now = self._clock.now()
        person_store.insert_session(tx, secret_hash(secret), user.id, now, expiry(now, SESSION_SECONDS))
        return secret

    def end_session(self, tx: Tx, secret: str) -> None:
        """Sign out; an unknown session is no fault."""
        if person_store.delete_session(tx, secret_hash(secret)):
            tx.bump_catalogue()

    def of_email(self, tx: Tx, email: str) -> User | None:
        """The enabled person with this address and a password."""
        user = person_store.user_of_email(tx, email)
        return None if user is None or user.is_disabled or user.password_hash is None else user

    def get(self, tx: Tx, actor: Actor, user_id: int) -> User:
        """A person, for himself or an administrator; NotFoundError `user_unknown`."""
        if actor.id != user_id:
            require(actor, "admin")
        return self._existing(tx, user_id)

    def list(self, tx: Tx, actor: Actor, after_id: int, limit: int) -> list[User]:
        """People in the order of their ids; needs `admin`."""
        require(actor, "admin")
        return person_store.all_users(tx, after_id, limit)

    def invite(self, tx: Tx, actor: Actor, name: str, email: str, scopes: Iterable[str]) -> tuple[User, str]:
        """A new person without a password, and the token of his one-time link; needs `admin`."""
        require(actor, "admin")
        refuse(person_faults(name, email, None))
        user = self._new(tx, name, email, checked(scopes), None)
        return user, self._new_link(tx, "invitation", user.id)

    def reset(self, tx: Tx, actor: Actor, user_id: int) -> str:
        """The token of a one-time link with which a person sets a new password; needs `admin`."""
        require(actor, "admin")
        user = self._existing(tx, user_id)
        person_store.delete_links(tx, "reset", user.id)
        return self._new_link(tx, "reset", user.id)

    def update(self, tx: Tx, actor: Actor, user_id: int, given: Particulars) -> User:
        """Change a person's particulars, by himself or an administrator; a token cannot change its owner."""
        if actor.kind != "user":
            require(actor, "admin")
        user = self.get(tx, actor, user_id)
        refuse(person_faults(given.name, given.email, given.time_zone))
        changed = replace(user, **_said(given))
        if given.password_hash is not None:
            changed = replace(changed, password_hash=given.password_hash)
            person_store.delete_sessions(tx, user.id)
        return self._save(tx, changed)

    def grant(
        self, tx: Tx, actor: Actor, user_id: int, scopes: Iterable[str] | None, *, is_disabled: bool | None
    ) -> User:
        """Change what a person may do, or shut him out; needs `admin`. ConflictError `last_administrator`."""
        require(actor, "admin")
        user = self._existing(tx, user_id)
        had_administrator = person_store.count_administrators(tx) > 0
        changed = replace(
            user,
            scopes=user.scopes if scopes is None else checked(scopes),
            is_disabled=user.is_disabled if is_disabled is None else is_disabled,
        )
        if changed.is_disabled:
            person_store.delete_sessions(tx, user.id)
        self._save(tx, changed)
        if had_administrator and not person_store.count_administrators(tx):
            raise ConflictError("last_administrator", "Nobody would be an administrator any more.")
        return changed

    def _first_administrator(self, tx: Tx, given: Particulars) -> User:
        if person_store.has_users(tx):
            raise GoneError("link_ended", "There is an administrator already.")
        missing = [
            Fault(name, "required", f"'{name}' is required.")
            for name in ("name", "email")
            if getattr(given, name) is None
        ]
        refuse(missing + person_faults(given.name, given.email, given.time_zone))
        return self._new(tx, str(given.name), str(given.email), frozenset({"admin"}), given)

    def _new(self, tx: Tx, name: str, email: str, scopes: frozenset[str], given: Particulars | None) -> User:
        now = self._clock.now()
        user = User(
            id=tx.next_id(),
            email=email.strip(),
            name=name.strip(),
            password_hash=given.password_hash if given else None,
            scopes=scopes,
            time_zone=(given and given.time_zone) or "UTC",
            locale=(given and given.locale) or "en",
            is_disabled=False,
            created_at=now,
            updated_at=now,
        )
        try:
            person_store.insert_user(tx, user)
        except DuplicateError as error:
            raise _email_taken(email) from error
        return user

    def _save(self, tx: Tx, user: User) -> User:
        user = replace(user, updated_at=self._clock.now())
        try:
            person_store.update_user(tx, user)
        except DuplicateError as error:
            raise _email_taken(user.email) from error
        tx.bump_catalogue()
        return user

    def _existing(self, tx: Tx, user_id: int) -> User:
        user = person_store.user_of_id(tx, user_id)
        if user is None:
            raise NotFoundError("user_unknown", f"There is no user {user_id}.")
        return user

    def _new_link(self, tx: Tx, purpose: LinkPurpose, user_id: int | None) -> str:
        token = new_secret("hwl_")
        now = self._clock.now()
        link = Link(tx.next_id(), purpose, user_id, now, expiry(now, LINK_SECONDS))
        person_store.insert_link(tx, link, secret_hash(token))
        return token


def _said(given: Particulars) -> dict[str, Any]:
    values = {"name": given.name, "email": given.email, "time_zone": given.time_zone, "locale": given.locale}
    return {name: value.strip() for name, value in values.items() if value is not None}


def _email_taken(email: str) -> InvalidError:
    fault = Fault("email", "email_taken", f"'{email}' belongs to another person.")
    return InvalidError("email_taken", fault.detail, faults=[fault])
