"""The codec of a module: SQL text and conversions between records, rows and JSON, made once a revision."""

from collections.abc import Mapping, Sequence
from typing import Any

from headwater.db.database import Dialect
from headwater.kernel import clock
from headwater.kernel.json import dumps
from headwater.records.column import column_of
from headwater.records.document import record_document
from headwater.records.fields.kind import Convert
from headwater.records.model import Module, Record
from headwater.records.reading import SYSTEM_COLUMNS, Reading

_INSERT = "insert into {table} ({columns}) values ({marks})"


class Codec:
    """Everything about one revision of a module that reading and writing its rows needs."""

    def __init__(self, module: Module, dialect: Dialect) -> None:
        """Compile it; microseconds for each field."""
        self.module = module
        self.columns = {each.name: column_of(each, dialect) for each in module.fields}
        self.to_moment: Convert = int if dialect == "sqlite" else clock.to_datetime
        columns = list(self.columns.values())
        self._dialect: Dialect = dialect
        self._writers = [(each.name, each.store, each.fold) for each in columns]
        self._shows = {each.name: each.show for each in columns if each.show}
        self.insert_sql = self._insert_sql()
        reading = Reading(module.table, columns, dialect)
        self.all = reading
        self.select_sql, self.record, self.document = reading.select_sql, reading.record, reading.document

    def some(self, names: Sequence[str]) -> Reading:
        """How rows with only these fields are read."""
        return Reading(self.module.table, [self.columns[name] for name in names], self._dialect)

    def row(self, record: Record) -> list[Any]:
        """The values for `insert_sql`."""
        moment = self.to_moment
        row = [record.id, record.revision, moment(record.created_at), moment(record.updated_at)]
        row += [record.created_by, record.updated_by, record.owner, self.extra(record.extra)]
        values = record.values
        for name, store, folded in self._writers:
            value = values.get(name)
            if value is None:
                row.append(None)
                if folded is not None:
                    row.append(None)
                continue
            row.append(value if store is None else store(value))
            if folded is not None:
                row.append(folded(value))
        return row

    def extra(self, extra: Mapping[str, Any]) -> str | None:
        """What is stored of undeclared names."""
        return dumps(extra) if extra else None

    def stored(self, name: str, value: Any) -> list[Any]:
        """What goes into the columns of a field; None clears them."""
        column = self.columns[name]
        stored = [value if value is None or column.store is None else column.store(value)]
        if column.fold is not None:
            stored.append(None if value is None else column.fold(value))
        return stored

    def to_json(self, record: Record) -> dict[str, Any]:
        """The JSON form of a record (native.md section 3), of plain values."""
        system = (
            record.id,
            record.revision,
            record.created_at,
            record.updated_at,
            record.created_by,
            record.updated_by,
            record.owner,
            record.deleted_at,
        )
        return record_document(system, self.values_json(record.values), record.extra or None)

    def values_json(self, values: Mapping[str, Any]) -> dict[str, Any]:
        """The JSON forms of these values; empty ones are left out."""
        shows = self._shows
        return {
            name: shows[name](value) if name in shows else value
            for name, value in values.items()
            if value is not None
        }

    def _insert_sql(self) -> str:
        names = [each for each in SYSTEM_COLUMNS.split(", ") if each != "deleted_at"]
        for column in self.columns.values():
            names += column.names
        marks = ", ".join("?" * len(names))
        return _INSERT.format(table=self.module.table, columns=", ".join(names), marks=marks)
