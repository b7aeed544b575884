"""One field in storage: its columns and its conversions between memory, rows and JSON."""

from dataclasses import dataclass

from headwater.db.database import Dialect
from headwater.expr.folding import fold
from headwater.records.fields import KINDS, multi
from headwater.records.fields.kind import Convert
from headwater.records.model import Field


@dataclass(frozen=True, slots=True)
class Column:
    """The conversions of one field; None means as it is.

    `store` and `load` go between memory and the driver, `show` from memory to JSON, `fold` from memory to the
    folded twin. `show_stored` goes from the driver to JSON, arrays to what is only to be encoded; `encodable`
    goes from the driver to what is only to be encoded, whatever it is.
    """

    field: Field
    name: str
    store: Convert | None
    load: Convert | None
    show: Convert | None
    show_stored: Convert | None
    encodable: Convert | None
    fold: Convert | None

    @property
    def show_plain(self) -> Convert | None:
        """From what the driver gives to a JSON form of plain values, which `show_stored` does not promise."""
        return self.load if self.field.multi else self.show_stored

    @property
    def names(self) -> list[str]:
        """The stored columns: its own, and the folded twin of a text."""
        return [self.field.column, self.field.folded_column] if self.fold else [self.field.column]


def column_of(field: Field, dialect: Dialect) -> Column:
    """The conversions of one field, for one database."""
    kind = KINDS[field.kind]
    if field.multi:
        show = multi.json_from_storage
        return Column(
            field, field.name, multi.to_storage, multi.from_storage, None, show, show, multi.fold_list
        )
    return Column(
        field,
        field.name,
        kind.to_storage(field, dialect),
        kind.from_storage(field, dialect),
        kind.to_json(field),
        kind.json_from_storage(field, dialect),
        kind.encodable_from_storage(field, dialect),
        fold if kind.is_text else None,
    )
