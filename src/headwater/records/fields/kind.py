"""What every field kind answers: how a value is read, stored, shown and compared."""

from collections.abc import Callable, Mapping
from typing import Any, ClassVar

from headwater.db.database import Dialect
from headwater.expr.scope import Kind as FilterKind
from headwater.records.model import Field

Convert = Callable[[Any], Any]


class Kind:
    """A field kind with one value that is stored as it is. Each kind overrides what differs.

    A conversion of None means that nothing has to be converted.
    """

    name: ClassVar[str]
    filter_kind: ClassVar[FilterKind]
    is_text: ClassVar[bool] = False
    may_be_multi: ClassVar[bool] = False
    option_names: ClassVar[frozenset[str]] = frozenset()

    def read_options(self, document: Mapping[str, Any]) -> dict[str, Any]:
        """The options out of a field's document, in their stored form. Raises BadValueError."""
        return {}

    def initial(self, field: Field) -> Any:
        """The default in JSON form; None without one."""
        return field.default

    def reader(self, field: Field) -> Convert:
        """A function from a JSON form to the value in memory, None when empty. It raises BadValueError."""
        raise NotImplementedError

    def column_type(self, field: Field, dialect: Dialect) -> str:
        """The SQL type of the column."""
        return "text"

    def to_storage(self, field: Field, dialect: Dialect) -> Convert | None:
        """From the value in memory to what is bound."""
        return None

    def from_storage(self, field: Field, dialect: Dialect) -> Convert | None:
        """From what the driver gives to the value in memory."""
        return None

    def to_json(self, field: Field) -> Convert | None:
        """From the value in memory to its JSON form."""
        return None

    def json_from_storage(self, field: Field, dialect: Dialect) -> Convert | None:
        """From what the driver gives straight to the JSON form."""
        load, show = self.from_storage(field, dialect), self.to_json(field)
        if load and show:
            return lambda stored: show(load(stored))
        return load or show

    def encodable_from_storage(self, field: Field, dialect: Dialect) -> Convert | None:
        """From what the driver gives to what the encoder writes in the JSON form."""
        return self.json_from_storage(field, dialect)

    def view_column(self, field: Field, dialect: Dialect) -> str:
        """The SQL expression that a person reads in the module's view."""
        return field.column

    def schema(self, field: Field) -> dict[str, Any]:
        """The JSON schema of the JSON form."""
        raise NotImplementedError
