"""Pieces of SQL text that differ between the two databases."""

from headwater.db.database import Dialect


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
