"""The codec of a module: the SQL text and the conversions between records, rows and JSON, made once a
revision.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from msgspec import Raw

from headwater.db.database import Dialect, Row
from headwater.expr.folding import fold
from headwater.kernel import clock
from headwater.kernel.json import dumps, loads
from headwater.records.fields import KINDS, multi
from headwater.records.fields.kind import Convert
from headwater.records.model import Field, Module, Record

# In the order of rows.
SYSTEM_COLUMNS = "id, revision, created_at, updated_at, created_by, updated_by, owner, deleted_at, extra"
SYSTEM_COUNT = 9
System = tuple[Any, ...]
_INSERT = "insert into {table} ({columns}) values ({marks})"
_SELECT = "select {columns} from {table} t"


@dataclass(frozen=True, slots=True)
class Column:
    """One field with its conversions; None means as it is."""

    field: Field
    name: str
    store: Convert | None
    load: Convert | None
    show: Convert | None
    show_stored: Convert | None
    fold: Convert | None

    @property
    def show_plain(self) -> Convert | None:
        """From what the driver gives to a JSON form of plain values, which `show_stored` does not promise."""
        return self.load if self.field.multi else self.show_stored


class Codec:
    """Everything about one revision of a module that reading and writing its rows needs."""

    def __init__(self, module: Module, dialect: Dialect) -> None:
        """Compile it; microseconds for each field."""
        self.module = module
        self.columns = {each.name: column_of(each, dialect) for each in module.fields}
        self.to_moment: Convert = _as_it_is if dialect == "sqlite" else clock.to_datetime
        self._moment = None if dialect == "sqlite" else clock.from_datetime
        columns = list(self.columns.values())
        self._loaders = [(each.name, each.load) for each in columns]
        self._showers = [(each.name, each.show_stored) for each in columns]
        self._writers = [(each.name, each.store, each.fold) for each in columns]
        self._shows = {each.name: each.show for each in columns if each.show}
        self.stored_columns = [name for each in columns for name in column_names(each)]
        self.insert_sql = self._insert_sql()
        self.select_sql = self.select(columns)

    def select(self, columns: Iterable[Column]) -> str:
        """The select, as far as the table `t`, of the system columns and these fields."""
        names = ", ".join([SYSTEM_COLUMNS, *(each.field.column for each in columns)])
        return _SELECT.format(columns=names, table=self.module.table)

    def row(self, record: Record) -> list[Any]:
        """The values for `insert_sql`."""
        moment = self.to_moment
        row = [record.id, record.revision, moment(record.created_at), moment(record.updated_at)]
        row += [record.created_by, record.updated_by, record.owner]
        row.append(self.extra(record.extra))
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

    def assignments(self, values: Mapping[str, Any]) -> tuple[list[str], list[Any]]:
        """Columns and what goes into them, for an update of these values; None clears."""
        names: list[str] = []
        stored: list[Any] = []
        for name, value in values.items():
            column = self.columns[name]
            names.append(column.field.column)
            stored.append(value if value is None or column.store is None else column.store(value))
            if column.fold is not None:
                names.append(column.field.folded_column)
                stored.append(None if value is None else column.fold(value))
        return names, stored

    def record(self, row: Row) -> Record:
        """The record of a row of `select_sql`."""
        values = {
            name: stored if load is None else load(stored)
            for (name, load), stored in zip(self._loaders, row[SYSTEM_COUNT:], strict=True)
            if stored is not None
        }
        record_id, revision, created_at, updated_at, created_by, updated_by, owner, deleted_at = self._system(
            row
        )
        extra = loads(row[8]) if row[8] else {}
        return Record(
            record_id,
            revision,
            values,
            created_at,
            updated_at,
            created_by,
            updated_by,
            owner,
            deleted_at,
            extra,
        )

    def document(self, row: Row) -> dict[str, Any]:
        """The JSON form of a row of `select_sql`, made without the record between them; only to be
        encoded.
        """
        return self.partial_document(row, self._showers)

    def partial_document(self, row: Row, showers: Sequence[tuple[str, Convert | None]]) -> dict[str, Any]:
        """`document` of a row that holds only these fields behind the system columns."""
        values = {
            name: stored if show is None else show(stored)
            for (name, show), stored in zip(showers, row[SYSTEM_COUNT:], strict=True)
            if stored is not None
        }
        extra = row[8]
        return _document(self._system(row), values, Raw(extra.encode()) if extra else None)

    def to_json(self, record: Record) -> dict[str, Any]:
        """The JSON form of a record (native.md section 3)."""
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
        return _document(system, self.values_json(record.values), record.extra or None)

    def values_json(self, values: Mapping[str, Any]) -> dict[str, Any]:
        """The JSON forms of these values; empty ones are left out."""
        shows = self._shows
        return {
            name: shows[name](value) if name in shows else value
            for name, value in values.items()
            if value is not None
        }

    def _system(self, row: Row) -> System:
        if self._moment is None:
            return row[:8]
        moment, deleted_at = self._moment, row[7]
        return (row[0], row[1], moment(row[2]), moment(row[3]), *row[4:7], deleted_at and moment(deleted_at))

    def _insert_sql(self) -> str:
        names = [each for each in SYSTEM_COLUMNS.split(", ") if each != "deleted_at"] + self.stored_columns
        marks = ", ".join("?" * len(names))
        return _INSERT.format(table=self.module.table, columns=", ".join(names), marks=marks)


def column_names(column: Column) -> list[str]:
    """The stored columns of a field: its own, and the folded twin of a text."""
    return [column.field.column, column.field.folded_column] if column.fold else [column.field.column]


def column_of(field: Field, dialect: Dialect) -> Column:
    """The conversions of one field, for one database."""
    kind = KINDS[field.kind]
    if field.multi:
        return Column(
            field,
            field.name,
            multi.to_storage,
            multi.from_storage,
            None,
            multi.json_from_storage,
            multi.fold_list,
        )
    return Column(
        field,
        field.name,
        kind.to_storage(field, dialect),
        kind.from_storage(field, dialect),
        kind.to_json(field),
        kind.json_from_storage(field, dialect),
        fold if kind.is_text else None,
    )


def _document(system: System, values: dict[str, Any], extra: Any) -> dict[str, Any]:
    record_id, revision, created_at, updated_at, created_by, updated_by, owner, deleted_at = system
    document = {
        "id": record_id,
        "revision": revision,
        "values": values,
        "created_at": clock.rfc3339(created_at),
        "updated_at": clock.rfc3339(updated_at),
        "created_by": created_by,
        "updated_by": updated_by,
        "owner": owner,
    }
    if deleted_at is not None:
        document["deleted_at"] = clock.rfc3339(deleted_at)
    if extra is not None:
        document["extra"] = extra
    return document


def _as_it_is(value: Any) -> Any:
    return value
