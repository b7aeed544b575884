"""The one SQLAlchemy MetaData of every system table; it describes the schema and never queries it."""

from typing import Any

from sqlalchemy import MetaData, text

metadata = MetaData()


def where(condition: str) -> dict[str, Any]:
    """The keywords that make an `Index` partial on both databases."""
    return {"sqlite_where": text(condition), "postgresql_where": text(condition)}
