"""Rows of records, one at a time and many."""

from collections.abc import Iterable, Sequence
from typing import Any

from headwater.db.database import Row, Tx
from headwater.db.sql import in_ids, lock_clause
from headwater.kernel.json import dumps
from headwater.records.codec import Codec
from headwater.records.model import Record

_UPDATE = "update {table} set {assignments} where id = ?"
# The system columns that a change moves.
_MOVING = ("revision", "updated_at", "updated_by", "deleted_at", "extra")
_DELETE = "delete from {table} where id = ?"


def insert(tx: Tx, codec: Codec, record: Record) -> None:
    """Add a record. DuplicateError when a unique field has its value in another one."""
    tx.run(codec.insert_sql, codec.row(record))


def row(tx: Tx, codec: Codec, record_id: int) -> Row | None:
    """The row of a record, deleted or not."""
    return tx.one(codec.select_sql + " where t.id = ?", (record_id,))


def find(tx: Tx, codec: Codec, record_id: int) -> Record | None:
    """The record, deleted or not."""
    found = row(tx, codec, record_id)
    return None if found is None else codec.record(found)


def find_to_change(tx: Tx, codec: Codec, record_id: int) -> Record | None:
    """The record as it will stay until this transaction changes it or ends."""
    found = tx.one(codec.select_sql + " where t.id = ?" + lock_clause(tx.dialect), (record_id,))
    return None if found is None else codec.record(found)


def insert_many(tx: Tx, codec: Codec, records: Iterable[Record]) -> None:
    """Add many records. DuplicateError as in `insert`."""
    tx.run_many(codec.insert_sql, [codec.row(each) for each in records])


def find_many_to_change(tx: Tx, codec: Codec, ids: Iterable[int]) -> list[Record]:
    """The records of these ids that are there, deleted or not, as in `find_to_change`.

    They are locked by rising id, so that two writers of the same records do not wait for each other in a
    ring.
    """
    sql = f"{codec.select_sql} where t.id {in_ids(tx.dialect)} order by t.id{lock_clause(tx.dialect)}"
    return [codec.record(row) for row in tx.all(sql, (dumps(sorted(set(ids))),))]


def update(tx: Tx, codec: Codec, record: Record, names: Sequence[str]) -> None:
    """Store the fields `names` and the system values of a changed record. DuplicateError as in `insert`."""
    tx.run(_update_sql(codec, names), _update_values(codec, record, names))


def update_many(tx: Tx, codec: Codec, records: Iterable[Record], names: Sequence[str]) -> None:
    """`update` for many records with the same changed fields."""
    tx.run_many(_update_sql(codec, names), [_update_values(codec, each, names) for each in records])


def erase(tx: Tx, codec: Codec, record_id: int) -> None:
    """Delete the row for good."""
    tx.run(_DELETE.format(table=codec.module.table), (record_id,))


def _update_sql(codec: Codec, names: Sequence[str]) -> str:
    columns = [column for name in names for column in codec.columns[name].names]
    assignments = ", ".join(f"{column} = ?" for column in [*_MOVING, *columns])
    return _UPDATE.format(table=codec.module.table, assignments=assignments)


def _update_values(codec: Codec, record: Record, names: Sequence[str]) -> list[Any]:
    moment, values = codec.to_moment, record.values
    row = [record.revision, moment(record.updated_at), record.updated_by]
    row.append(None if record.deleted_at is None else moment(record.deleted_at))
    row.append(codec.extra(record.extra))
    for name in names:
        row += codec.stored(name, values.get(name))
    row.append(record.id)
    return row
