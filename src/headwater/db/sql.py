"""Pieces of SQL text that differ between the two databases."""

from headwater.db.database import Dialect, Tx


def in_ids(dialect: Dialect) -> str:
    """`in (...)` over ONE parameter: the JSON text of a list of integers. An empty list matches nothing."""
    if dialect == "sqlite":
        return "in (select value from json_each(?))"
    return "in (select value::bigint from json_array_elements_text(cast(? as json)))"


def in_texts(dialect: Dialect) -> str:
    """`in (...)` over ONE parameter: the JSON text of a list of texts."""
    if dialect == "sqlite":
        return "in (select value from json_each(?))"
    return "in (select value from json_array_elements_text(cast(? as json)))"


def lock_clause(dialect: Dialect) -> str:
    """What a select of rows that will change ends with; SQLite has one writer and needs nothing."""
    return "" if dialect == "sqlite" else " for update"


def take_turn(tx: Tx, name: str) -> None:
    """Go on alone among the transactions that take a turn of this name, until this one ends.

    For what must look before it writes and has no row to lock; SQLite has one writer and needs nothing.
    """
    if tx.dialect == "postgres":
        tx.scalar("select pg_advisory_xact_lock(hashtextextended(?, 0))", (name,))


def skip_locked_clause(dialect: Dialect) -> str:
    """`lock_clause` for whoever takes any of several rows: those that others hold are passed over."""
    return "" if dialect == "sqlite" else " for update skip locked"
