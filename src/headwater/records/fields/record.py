"""Record: a reference to one record of another module, or of the same."""

from collections.abc import Mapping
from typing import Any, ClassVar

from headwater.db.database import Dialect
from headwater.records.errors import BadValueError
from headwater.records.fields.kind import Convert, Kind
from headwater.records.model import Field


class Record(Kind):
    """The id of a record of module `module`; that it exists is checked in the transaction of the write."""

    name = "Record"
    filter_kind = "reference"
    option_names: ClassVar[frozenset[str]] = frozenset({"module"})

    def read_options(self, document: Mapping[str, Any]) -> dict[str, Any]:
        """`module`: a handle or an id; the service turns it into the id."""
        module = document.get("module")
        if not isinstance(module, str | int) or isinstance(module, bool) or not module:
            raise BadValueError("required", "wants the module that it refers to", option="module")
        return {"module": module}

    def reader(self, field: Field) -> Convert:
        """An id above 0, as a number or its digits."""
        return read_id

    def column_type(self, field: Field, dialect: Dialect) -> str:
        """An id."""
        return "integer" if dialect == "sqlite" else "bigint"

    def schema(self, field: Field) -> dict[str, Any]:
        """An integer."""
        return {"type": "integer", "description": "id of the referred record"}


def read_id(value: Any) -> int | None:
    """A record id from a number or its digits; blank text is empty. Anything else raises BadValueError."""
    if type(value) is str:
        if not value:
            return None
        value = int(value) if value.isascii() and value.isdigit() and len(value) <= 16 else value
    if type(value) is int and 0 < value <= 2**53:
        return value
    raise BadValueError("wrong_type", "wants the id of a record")
