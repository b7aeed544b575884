"""Rows of imports and of what they rejected."""

from collections.abc import Iterable, Sequence
from typing import Any

import msgspec

from headwater.db.database import Row, Tx
from headwater.kernel.errors import NotFoundError
from headwater.kernel.json import dumps, loads
from headwater.records.importing.model import Checkpoint, Counts, Import, ImportOptions, RawRow, RowFault

_SELECT = """
select id, module_id, job_id, status, options, file_name, spool, actor, bytes_total, bytes_done, rows_done,
  counts, columns, error, created_at, started_at, finished_at
from record_import
"""
_INSERT = """
insert into record_import (id, module_id, job_id, status, options, file_name, spool, actor, bytes_total,
  bytes_done, rows_done, counts, columns, error, created_at, started_at, finished_at)
values (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
"""
_UPDATE = """
update record_import set job_id = ?, status = ?, options = ?, bytes_total = ?, bytes_done = ?, rows_done = ?,
  counts = ?, columns = ?, error = ?, started_at = ?, finished_at = ?
where id = ?
"""
_WANTED = """
select spool from record_import
where status in ('queued', 'running') or (status in ('uploading', 'error') and created_at >= ?)
"""
_REJECTS = """
select row_number, content, faults from import_reject where import_id = ? and row_number > ?
order by row_number limit ?
"""


def insert_import(tx: Tx, item: Import) -> None:
    """Add an import."""
    tx.run(
        _INSERT,
        (
            *(
                item.id,
                item.module_id,
                item.job_id,
                item.status,
                dumps(item.options),
                item.file_name,
                item.spool,
            ),
            *(dumps(item.actor), item.bytes_total, item.checkpoint.offset, item.checkpoint.row),
            *(dumps(item.counts), dumps(item.columns), _text(item.error)),
            *(item.created_at, item.started_at, item.finished_at),
        ),
    )


def update_import(tx: Tx, item: Import) -> None:
    """Write everything of an import that can change."""
    tx.run(
        _UPDATE,
        (
            *(item.job_id, item.status, dumps(item.options), item.bytes_total),
            *(item.checkpoint.offset, item.checkpoint.row, dumps(item.counts), dumps(item.columns)),
            *(_text(item.error), item.started_at, item.finished_at, item.id),
        ),
    )


def get_import(tx: Tx, import_id: int, lock: str = "") -> Import:
    """One import. Raises NotFoundError `import_unknown`."""
    row = tx.one(_SELECT + "where id = ?" + lock, (import_id,))
    if row is None:
        raise NotFoundError("import_unknown", f"There is no import {import_id}.")
    return _import(row)


def list_imports(tx: Tx, module_id: int | None, before_id: int | None, limit: int) -> list[Import]:
    """Imports newest first, of one module or of all, below `before_id`."""
    conditions: list[str] = []
    values: list[Any] = []
    for condition, value in (("module_id = ?", module_id), ("id < ?", before_id)):
        if value is not None:
            conditions.append(condition)
            values.append(value)
    where = f"where {' and '.join(conditions)} " if conditions else ""
    return [_import(row) for row in tx.all(_SELECT + where + "order by id desc limit ?", (*values, limit))]


def wanted_files(tx: Tx, since: int) -> set[str]:
    """The files of imports that run or wait, and of those begun after `since` that may still go on."""
    rows = tx.all(_WANTED, (since,))
    return {row[0] for row in rows}


def insert_rejects(tx: Tx, import_id: int, rejects: Iterable[tuple[RawRow, Sequence[RowFault]]]) -> None:
    """Keep rejected rows with their reasons; their content as cells, or as text when it could not be read."""
    tx.run_many(
        "insert into import_reject (import_id, row_number, content, faults) values (?, ?, ?, ?)",
        (
            (import_id, row.number, dumps(row.raw if row.cells is None else row.cells), dumps(list(faults)))
            for row, faults in rejects
        ),
    )


def list_rejects(tx: Tx, import_id: int, after_row: int, limit: int) -> list[tuple[int, Any, list[RowFault]]]:
    """Row number, content and faults of rejected rows behind `after_row`, in the order of the file."""
    return [
        (row[0], loads(row[1]), [msgspec.convert(fault, RowFault) for fault in loads(row[2])])
        for row in tx.all(_REJECTS, (import_id, after_row, limit))
    ]


def _import(row: Row) -> Import:
    values: list[Any] = [*row[:4], msgspec.convert(loads(row[4]), ImportOptions), *row[5:7], loads(row[7])]
    values += [row[8], Checkpoint(row[9], row[10]), msgspec.convert(loads(row[11]), Counts), loads(row[12])]
    values += [None if row[13] is None else loads(row[13]), *row[14:]]
    return Import(*values)


def _text(value: Any) -> str | None:
    return None if value is None else dumps(value)
