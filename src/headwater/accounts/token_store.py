"""SQL of tokens: API tokens, JWTs, OAuth clients and the bearers they got."""

from typing import Any

from headwater.accounts.model import Token
from headwater.db.database import Tx
from headwater.kernel import json

_TOKEN = (
    "select id, kind, name, client_id, parent_id, scopes, user_id, created_at, expires_at, revoked_at"
    " from api_token"
)
_INSERT = (
    "insert into api_token (id, kind, name, secret_hash, client_id, parent_id, scopes, user_id, created_at,"
    " expires_at, revoked_at) values (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)"
)


def insert_token(tx: Tx, token: Token, secret_hash: str) -> None:
    """Keep a token by the hash of its secret."""
    tx.run(
        _INSERT,
        (
            token.id,
            token.kind,
            token.name,
            secret_hash,
            token.client_id,
            token.parent_id,
            json.dumps(sorted(token.scopes)),
            token.user_id,
            token.created_at,
            token.expires_at,
            token.revoked_at,
        ),
    )


def token_of_secret(tx: Tx, secret_hash: str) -> Token | None:
    """The token with this secret, live or not."""
    return _token(tx.one(f"{_TOKEN} where secret_hash = ?", (secret_hash,)))


def client_of_id(tx: Tx, client_id: str, secret_hash: str) -> Token | None:
    """The OAuth client with this id and secret, live or not."""
    return _token(tx.one(f"{_TOKEN} where client_id = ? and secret_hash = ?", (client_id, secret_hash)))


def token_of_id(tx: Tx, token_id: int) -> Token | None:
    """The token, live or not."""
    return _token(tx.one(f"{_TOKEN} where id = ?", (token_id,)))


def live_tokens(tx: Tx, user_id: int | None, after_id: int, limit: int) -> list[Token]:
    """Tokens, JWTs and clients that are not revoked, of one person or of everybody, behind an id."""
    mine = "" if user_id is None else " and user_id = ?"
    values = (after_id,) if user_id is None else (after_id, user_id)
    rows = tx.all(
        f"{_TOKEN} where id > ?{mine} and kind <> 'bearer' and revoked_at is null order by id limit ?",
        (*values, limit),
    )
    return [token for row in rows if (token := _token(row))]


def revoke(tx: Tx, token_id: int, now: int) -> None:
    """End a token, and the bearers of a client with it."""
    tx.run("update api_token set revoked_at = ? where id = ? and revoked_at is null", (now, token_id))
    tx.run("delete from api_token where parent_id = ?", (token_id,))


def delete_ended_bearers(tx: Tx, client: int, now: int) -> None:
    """Forget the bearers of a client that have ended."""
    tx.run("delete from api_token where parent_id = ? and expires_at < ?", (client, now))


def _token(row: Any) -> Token | None:
    if row is None:
        return None
    token_id, kind, name, client_id, parent_id, scopes, *rest = row
    return Token(token_id, kind, name, client_id, parent_id, frozenset(json.loads(scopes)), *rest)
