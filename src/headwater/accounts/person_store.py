"""SQL of people, their sessions and one-time links."""

from typing import Any

from headwater.accounts.model import Link, LinkPurpose, User, fold_email
from headwater.db.database import Tx
from headwater.db.sql import lock_clause
from headwater.kernel import json

_USER = (
    "select id, email, name, password_hash, scopes, time_zone, locale, is_disabled, created_at, updated_at"
    " from user_account"
)


def has_users(tx: Tx) -> bool:
    """Whether anybody was ever made."""
    return tx.one("select 1 from user_account limit 1") is not None


def insert_user(tx: Tx, user: User) -> None:
    """Add a person; a known address is DuplicateError."""
    tx.run(
        "insert into user_account (id, email, email_k, name, password_hash, scopes, time_zone, locale,"
        " is_disabled, created_at, updated_at) values (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
        (user.id, user.email, fold_email(user.email), *_changing(user), user.created_at, user.updated_at),
    )


def update_user(tx: Tx, user: User) -> None:
    """Write everything of a person that can change; a known address is DuplicateError."""
    tx.run(
        "update user_account set email = ?, email_k = ?, name = ?, password_hash = ?, scopes = ?,"
        " time_zone = ?, locale = ?, is_disabled = ?, updated_at = ? where id = ?",
        (user.email, fold_email(user.email), *_changing(user), user.updated_at, user.id),
    )


def _changing(user: User) -> tuple[Any, ...]:
    scopes = json.dumps(sorted(user.scopes))
    return user.name, user.password_hash, scopes, user.time_zone, user.locale, user.is_disabled


def user_of_id(tx: Tx, user_id: int) -> User | None:
    """The person, disabled or not."""
    return _user(tx.one(f"{_USER} where id = ?", (user_id,)))


def user_of_email(tx: Tx, email: str) -> User | None:
    """The person with this address, whatever its case."""
    return _user(tx.one(f"{_USER} where email_k = ?", (fold_email(email),)))


def all_users(tx: Tx, after_id: int, limit: int) -> list[User]:
    """People in the order of their ids, behind `after_id`."""
    rows = tx.all(f"{_USER} where id > ? order by id limit ?", (after_id, limit))
    return [user for row in rows if (user := _user(row))]


def count_administrators(tx: Tx) -> int:
    """How many enabled people hold `admin` and can sign in; none of them changes until this write ends."""
    held = "select scopes from user_account where not is_disabled and password_hash is not null"
    rows = tx.all(held + " order by id" + lock_clause(tx.dialect))
    return sum("admin" in json.loads(scopes) for (scopes,) in rows)


def _user(row: Any) -> User | None:
    if row is None:
        return None
    user_id, email, name, password_hash, scopes, *rest = row
    time_zone, locale, is_disabled, created_at, updated_at = rest
    held = frozenset(json.loads(scopes))
    return User(
        user_id,
        email,
        name,
        password_hash,
        held,
        time_zone,
        locale,
        bool(is_disabled),
        created_at,
        updated_at,
    )


def insert_link(tx: Tx, link: Link, token_hash: str) -> None:
    """Keep a link by the hash of its token."""
    tx.run(
        "insert into sign_in_link (id, token_hash, purpose, user_id, created_at, expires_at)"
        " values (?, ?, ?, ?, ?, ?)",
        (link.id, token_hash, link.purpose, link.user_id, link.created_at, link.expires_at),
    )


def take_link(tx: Tx, token_hash: str) -> Link | None:
    """The link, which is gone from now on: of two takers one gets it."""
    row: Any = tx.one(
        "delete from sign_in_link where token_hash = ?"
        " returning id, purpose, user_id, created_at, expires_at",
        (token_hash,),
    )
    return None if row is None else Link(*row)


def delete_links(tx: Tx, purpose: LinkPurpose, user_id: int | None) -> None:
    """Forget the links of this purpose for this person, or for nobody in particular."""
    if user_id is None:
        tx.run("delete from sign_in_link where purpose = ? and user_id is null", (purpose,))
    else:
        tx.run("delete from sign_in_link where purpose = ? and user_id = ?", (purpose, user_id))


def insert_session(tx: Tx, secret_hash: str, user_id: int, now: int, expires_at: int) -> None:
    """Keep a session by the hash of its secret, and forget those that have ended."""
    tx.run("delete from session where user_id = ? and expires_at < ?", (user_id, now))
    tx.run(
        "insert into session (id, secret_hash, user_id, created_at, expires_at) values (?, ?, ?, ?, ?)",
        (tx.next_id(), secret_hash, user_id, now, expires_at),
    )


def session_user(tx: Tx, secret_hash: str) -> tuple[int, int] | None:
    """The user id and the expiry of a session."""
    row = tx.one("select user_id, expires_at from session where secret_hash = ?", (secret_hash,))
    return None if row is None else (row[0], row[1])


def delete_session(tx: Tx, secret_hash: str) -> int:
    """End one session; how many there were."""
    return tx.run("delete from session where secret_hash = ?", (secret_hash,))


def delete_sessions(tx: Tx, user_id: int) -> None:
    """End every session of a person."""
    tx.run("delete from session where user_id = ?", (user_id,))
