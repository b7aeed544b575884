"""The bodies and answers of the routes of accounts."""

from datetime import datetime
from typing import Annotated, Literal

import msgspec

from headwater.access.scopes import ABILITIES, SCOPES
from headwater.accounts.model import Token, User
from headwater.kernel.clock import rfc3339

Name = Annotated[str, msgspec.Meta(min_length=1, max_length=200)]
Email = Annotated[str, msgspec.Meta(min_length=3, max_length=254)]
Password = Annotated[str, msgspec.Meta(max_length=1000)]
Moment = Annotated[datetime, msgspec.Meta(tz=True)]


class SignIn(msgspec.Struct, forbid_unknown_fields=True):
    """Who wants to sign in."""

    email: Email
    password: Password


class UseLink(msgspec.Struct, forbid_unknown_fields=True):
    """A one-time link and the password to set; name and e-mail for the first administrator."""

    token: str
    password: Password
    name: Name | None = None
    email: Email | None = None
    time_zone: str | None = None
    locale: str | None = None


class Me(msgspec.Struct):
    """Who is signed in, or acts through a token."""

    id: int
    kind: str
    name: str
    email: str | None
    scopes: list[str]
    time_zone: str
    locale: str


class ChangeMe(msgspec.Struct, forbid_unknown_fields=True):
    """What a person changes about himself; a new password needs the present one."""

    name: Name | None = None
    email: Email | None = None
    time_zone: str | None = None
    locale: str | None = None
    password: Password | None = None
    current_password: Password | None = None


class Invite(msgspec.Struct, forbid_unknown_fields=True):
    """A new person and his scopes."""

    name: Name
    email: Email
    scopes: list[str] = []


class ChangeUser(msgspec.Struct, forbid_unknown_fields=True):
    """What an administrator changes about a person."""

    name: Name | None = None
    email: Email | None = None
    time_zone: str | None = None
    locale: str | None = None
    scopes: list[str] | None = None
    is_disabled: bool | None = None


class Person(msgspec.Struct, omit_defaults=True):
    """A person as lists and reads show him; `link` only where it was just made."""

    id: int
    name: str
    email: str
    scopes: list[str]
    time_zone: str
    locale: str
    is_disabled: bool
    has_password: bool
    created_at: str
    updated_at: str
    link: str | None = None


class NewToken(msgspec.Struct, forbid_unknown_fields=True):
    """A token to make: an API token, a JWT of the CRM dialect, or an OAuth client."""

    name: Name
    scopes: list[str] = []
    abilities: list[str] = []
    kind: Literal["token", "jwt", "client"] = "token"
    expires_at: Moment | None = None


class TokenView(msgspec.Struct, omit_defaults=True):
    """A token; `token` or `client_secret` only in the answer that made it."""

    id: int
    kind: str
    name: str
    scopes: list[str]
    abilities: list[str]
    user_id: int
    created_at: str
    expires_at: str | None
    client_id: str | None = None
    token: str | None = None
    client_secret: str | None = None


class PersonPage(msgspec.Struct):
    """A slice of people."""

    items: list[Person]
    next_cursor: str | None


class TokenPage(msgspec.Struct):
    """A slice of tokens."""

    items: list[TokenView]
    next_cursor: str | None


class LinkView(msgspec.Struct):
    """A one-time link, shown once."""

    link: str


def person_view(user: User, link: str | None = None) -> Person:
    """A person without his password hash."""
    return Person(
        id=user.id,
        name=user.name,
        email=user.email,
        scopes=sorted(user.scopes),
        time_zone=user.time_zone,
        locale=user.locale,
        is_disabled=user.is_disabled,
        has_password=user.password_hash is not None,
        created_at=rfc3339(user.created_at),
        updated_at=rfc3339(user.updated_at),
        link=link,
    )


def token_view(token: Token, secret: str | None = None) -> TokenView:
    """A token; its secret only when it was just made."""
    is_client = token.kind == "client"
    return TokenView(
        id=token.id,
        kind=token.kind,
        name=token.name,
        scopes=sorted(each for each in token.scopes if each not in ABILITIES),
        abilities=sorted(each for each in token.scopes if each in ABILITIES and each not in SCOPES),
        user_id=token.user_id,
        created_at=rfc3339(token.created_at),
        expires_at=None if token.expires_at is None else rfc3339(token.expires_at),
        client_id=token.client_id,
        token=None if is_client else secret,
        client_secret=secret if is_client else None,
    )
