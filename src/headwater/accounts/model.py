"""What an account is made of: people, links, sessions and tokens, as plain data with their rules."""

from dataclasses import dataclass
from typing import Literal
from zoneinfo import available_timezones

from headwater.kernel.clock import SECOND
from headwater.kernel.errors import Fault, InvalidError

TokenKind = Literal["token", "jwt", "client", "bearer"]
LinkPurpose = Literal["first_administrator", "invitation", "reset"]

LINK_SECONDS = 24 * 3600
SESSION_SECONDS = 30 * 24 * 3600
BEARER_SECONDS = 7200
JWT_SECONDS = 30 * 24 * 3600
MIN_PASSWORD = 10
MAX_PASSWORD = 200


@dataclass(frozen=True, slots=True)
class User:
    """A person who can sign in. `password_hash` is None until the invitation is used."""

    id: int
    email: str
    name: str
    password_hash: str | None
    scopes: frozenset[str]
    time_zone: str
    locale: str
    is_disabled: bool
    created_at: int
    updated_at: int


@dataclass(frozen=True, slots=True)
class Token:
    """An API token, a JWT, an OAuth client, or a bearer that a client got. Its secret is never kept."""

    id: int
    kind: TokenKind
    name: str
    client_id: str | None
    parent_id: int | None
    scopes: frozenset[str]
    user_id: int
    created_at: int
    expires_at: int | None
    revoked_at: int | None

    def is_live(self, now: int) -> bool:
        """Whether it still opens anything."""
        return self.revoked_at is None and (self.expires_at is None or now < self.expires_at)


@dataclass(frozen=True, slots=True)
class Link:
    """A one-time link: the first administrator's, an invitation, or a new password."""

    id: int
    purpose: LinkPurpose
    user_id: int | None
    created_at: int
    expires_at: int


def expiry(now: int, seconds: int) -> int:
    """The moment `seconds` after `now`."""
    return now + seconds * SECOND


def person_faults(name: str | None, email: str | None, time_zone: str | None) -> list[Fault]:
    """What is wrong with a person's particulars; None is not looked at."""
    faults = []
    if name is not None and not 0 < len(name.strip()) <= 200:
        faults.append(Fault("name", "wrong_length", "A name has 1 to 200 characters."))
    if email is not None and not is_email(email):
        faults.append(Fault("email", "invalid_email", "Write an address such as ida@example.org."))
    if time_zone is not None and time_zone not in available_timezones():
        faults.append(Fault("time_zone", "unknown_value", "Write a zone such as Europe/Oslo."))
    return faults


def password_faults(password: str) -> list[Fault]:
    """What is wrong with a new password: only its length is ruled."""
    if MIN_PASSWORD <= len(password) <= MAX_PASSWORD:
        return []
    detail = f"A password has {MIN_PASSWORD} to {MAX_PASSWORD} characters."
    return [Fault("password", "wrong_length", detail)]


def refuse(faults: list[Fault]) -> None:
    """Raise InvalidError `invalid_body` with these faults when there are any."""
    if faults:
        raise InvalidError("invalid_body", f"{faults[0].field}: {faults[0].detail}", faults=faults)


def is_email(text: str) -> bool:
    """Whether it looks like an address: one `@`, both sides of it, printable, no space, at most 254 long."""
    name, _, host = text.partition("@")
    return bool(name and host) and len(text) <= 254 and "@" not in host and all(map(_is_in_an_email, text))


def _is_in_an_email(letter: str) -> bool:
    return letter.isprintable() and not letter.isspace()


def fold_email(email: str) -> str:
    """The form in which two addresses are the same person."""
    return email.strip().casefold()
