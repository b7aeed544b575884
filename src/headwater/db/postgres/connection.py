"""Connections to PostgreSQL: which server is accepted and how values go in and out."""

from typing import Any

import psycopg
from psycopg.types.numeric import Int8Dumper
from psycopg.types.string import TextLoader

from headwater.db.database import Row
from headwater.db.postgres.errors import raise_ours
from headwater.kernel.errors import FatalError

Connection = psycopg.Connection[Row]
OLDEST_SERVER = 140000


def check_server(url: str) -> None:
    """Connect once, so that a wrong address fails at once and says why."""
    try:
        with psycopg.connect(url, connect_timeout=10) as connection:
            version = connection.info.server_version
    except psycopg.Error as error:
        raise_ours(error)
    if version < OLDEST_SERVER:
        raise FatalError(
            "postgres_too_old",
            f"The server is PostgreSQL {version // 10000}.",
            hint="Use PostgreSQL 14 or newer.",
        )


def configure(connection: psycopg.Connection[Any]) -> None:
    """Times in UTC, JSON as text, every integer a bigint: one prepared statement serves all values."""
    connection.execute("set time zone 'UTC'")
    connection.execute("set client_encoding to 'UTF8'")
    connection.adapters.register_dumper(int, Int8Dumper)
    connection.adapters.register_loader("json", TextLoader)
    connection.adapters.register_loader("jsonb", TextLoader)
