"""Bool: true or false; empty is neither."""

from typing import Any

from headwater.db.database import Dialect
from headwater.records.errors import BadValueError
from headwater.records.fields.kind import Convert, Kind
from headwater.records.model import Field


class Bool(Kind):
    """A truth value."""

    name = "Bool"
    filter_kind = "bool"

    def reader(self, field: Field) -> Convert:
        """JSON true or false, nothing else."""
        return read_bool

    def column_type(self, field: Field, dialect: Dialect) -> str:
        """A boolean on both databases; SQLite keeps it as 0 and 1."""
        return "boolean"

    def from_storage(self, field: Field, dialect: Dialect) -> Convert | None:
        """From SQLite's 0 and 1."""
        return bool if dialect == "sqlite" else None

    def schema(self, field: Field) -> dict[str, Any]:
        """A boolean."""
        return {"type": "boolean"}


def read_bool(value: Any) -> bool:
    """True or false. Anything else, 0 and 1 included, raises BadValueError."""
    if value is True or value is False:
        return value
    raise BadValueError("wrong_type", "wants true or false")
