"""Tables of people, sessions, links and tokens, and of the kept answers of Idempotency-Keys."""

from sqlalchemy import BigInteger, Boolean, Column, Index, Table, Text

from headwater.db.schema.metadata import metadata

user_account = Table(
    "user_account",
    metadata,
    Column("id", BigInteger, primary_key=True, autoincrement=False),
    Column("email", Text, nullable=False),
    Column("email_k", Text, nullable=False),
    Column("name", Text, nullable=False),
    Column("password_hash", Text),
    Column("scopes", Text, nullable=False),
    Column("time_zone", Text, nullable=False),
    Column("locale", Text, nullable=False),
    Column("is_disabled", Boolean, nullable=False),
    Column("created_at", BigInteger, nullable=False),
    Column("updated_at", BigInteger, nullable=False),
    Index("user_account_email", "email_k", unique=True),
)

sign_in_link = Table(
    "sign_in_link",
    metadata,
    Column("id", BigInteger, primary_key=True, autoincrement=False),
    Column("token_hash", Text, nullable=False),
    Column("purpose", Text, nullable=False),
    Column("user_id", BigInteger),
    Column("created_at", BigInteger, nullable=False),
    Column("expires_at", BigInteger, nullable=False),
    Index("sign_in_link_token", "token_hash", unique=True),
)

session = Table(
    "session",
    metadata,
    Column("id", BigInteger, primary_key=True, autoincrement=False),
    Column("secret_hash", Text, nullable=False),
    Column("user_id", BigInteger, nullable=False),
    Column("created_at", BigInteger, nullable=False),
    Column("expires_at", BigInteger, nullable=False),
    Index("session_secret", "secret_hash", unique=True),
    Index("session_of_user", "user_id"),
)

api_token = Table(
    "api_token",
    metadata,
    Column("id", BigInteger, primary_key=True, autoincrement=False),
    Column("kind", Text, nullable=False),
    Column("name", Text, nullable=False),
    Column("secret_hash", Text, nullable=False),
    Column("client_id", Text),
    Column("parent_id", BigInteger),
    Column("scopes", Text, nullable=False),
    Column("user_id", BigInteger, nullable=False),
    Column("created_at", BigInteger, nullable=False),
    Column("expires_at", BigInteger),
    Column("revoked_at", BigInteger),
    Index("api_token_secret", "secret_hash", unique=True),
    Index("api_token_client", "client_id", unique=True),
    Index("api_token_parent", "parent_id", "expires_at"),
)

idempotency = Table(
    "idempotency",
    metadata,
    Column("caller", Text, primary_key=True),
    Column("idempotency_key", Text, primary_key=True),
    Column("target", Text, nullable=False),
    Column("body_hash", Text, nullable=False),
    Column("status", BigInteger),
    Column("headers", Text),
    Column("answer", Text),
    Column("expires_at", BigInteger, nullable=False),
    Index("idempotency_expiry", "expires_at"),
)
