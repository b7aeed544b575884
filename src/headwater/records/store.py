"""Rows of records: one at a time."""

from collections.abc import Sequence
from typing import Any

from headwater.db.database import Row, Tx
from headwater.db.sql import lock_clause
from headwater.records.codec import Codec
from headwater.records.model import Record

_UPDATE = "update {table} set {assignments} where id = ?"
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


def update(tx: Tx, codec: Codec, record: Record, names: Sequence[str]) -> None:
    """Store the fields `names` and the system values of a changed record. DuplicateError as in `insert`."""
    columns, stored = codec.assignments({name: record.values.get(name) for name in names})
    system, values = system_assignments(codec, record)
    sql = _UPDATE.format(
        table=codec.module.table, assignments=", ".join(f"{each} = ?" for each in [*system, *columns])
    )
    tx.run(sql, [*values, *stored, record.id])


def system_assignments(codec: Codec, record: Record) -> tuple[list[str], list[Any]]:
    """The system columns that a change moves, with their stored values."""
    deleted_at = None if record.deleted_at is None else codec.to_moment(record.deleted_at)
    columns = ["revision", "updated_at", "updated_by", "deleted_at", "extra"]
    extra = codec.extra(record.extra)
    return columns, [
        record.revision,
        codec.to_moment(record.updated_at),
        record.updated_by,
        deleted_at,
        extra,
    ]


def erase(tx: Tx, codec: Codec, record_id: int) -> None:
    """Delete the row for good."""
    tx.run(_DELETE.format(table=codec.module.table), (record_id,))
