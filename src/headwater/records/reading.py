"""Reading rows of a module: the select of some fields, and what its rows become."""

from collections.abc import Iterable
from typing import Any

from msgspec import Raw

from headwater.db.database import Dialect, Row
from headwater.kernel.clock import from_datetime, to_datetime
from headwater.kernel.json import loads
from headwater.records.column import Column
from headwater.records.document import System, record_document
from headwater.records.model import Record

# In the order of rows.
SYSTEM_COLUMNS = "id, revision, created_at, updated_at, created_by, updated_by, owner, deleted_at, extra"
_SYSTEM_COUNT = 9
_SELECT = "select {columns} from {table} t"


class Reading:
    """The select of the system columns and some fields; columns behind these in a row are passed over."""

    def __init__(self, table: str, columns: Iterable[Column], dialect: Dialect) -> None:
        """Compile it; microseconds for each field."""
        columns = list(columns)
        self._table = table
        self._names = ", ".join([SYSTEM_COLUMNS, *(each.field.column for each in columns)])
        places = list(enumerate(columns, _SYSTEM_COUNT))
        self._loaders = [(place, each.name, each.load) for place, each in places]
        self._showers = [(place, each.name, each.encodable) for place, each in places]
        self._moment = None if dialect == "sqlite" else from_datetime
        self.width = _SYSTEM_COUNT + len(columns)
        self.select_sql = self.select()

    def select(self, more: Iterable[str] = ()) -> str:
        """The select as far as the table `t`, with more expressions behind the columns."""
        return _SELECT.format(columns=", ".join([self._names, *more]), table=self._table)

    def record(self, row: Row) -> Record:
        """The record of a row."""
        values = {
            name: row[place] if load is None else load(row[place])
            for place, name, load in self._loaders
            if row[place] is not None
        }
        number, revision, created, updated, created_by, updated_by, owner, deleted = self._system(row)
        extra = loads(row[8]) if row[8] else {}
        return Record(
            number, revision, values, created, updated, created_by, updated_by, owner, deleted, extra
        )

    def document(self, row: Row) -> dict[str, Any]:
        """The JSON form of a row, made without the record between them; only to be encoded."""
        values = {
            name: row[place] if show is None else show(row[place])
            for place, name, show in self._showers
            if row[place] is not None
        }
        extra = row[8]
        shown_extra = Raw(extra.encode()) if extra else None
        return record_document(self._system(row), values, shown_extra, to_datetime)

    def _system(self, row: Row) -> System:
        moment = self._moment
        if moment is None:
            return row[:8]
        deleted_at = None if row[7] is None else moment(row[7])
        return (row[0], row[1], moment(row[2]), moment(row[3]), *row[4:7], deleted_at)
