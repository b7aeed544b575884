"""The job that imports a file: read, cast, commit with the checkpoint, batch after batch."""

import asyncio
import contextlib
import dataclasses
from collections.abc import Iterable, Iterator
from itertools import islice
from typing import Any, BinaryIO

from headwater.db.database import Tx
from headwater.db.ddl import refresh_statistics
from headwater.db.errors import DuplicateError
from headwater.db.sql import lock_clause
from headwater.jobs.engine import JobRun
from headwater.jobs.model import error_document
from headwater.kernel.clock import Clock
from headwater.kernel.disk import is_full
from headwater.kernel.errors import (
    HeadwaterError,
    InvalidError,
    RetryError,
    StorageFullError,
    UnavailableError,
)
from headwater.records.building import RecordsSlice
from headwater.records.importing import store
from headwater.records.importing.ahead import one_ahead
from headwater.records.importing.batch import Batch, BatchReader
from headwater.records.importing.columns import ColumnPlan, plan_columns, with_late_fields
from headwater.records.importing.csv_rows import CsvRows, find_delimiter
from headwater.records.importing.encoding import as_utf8, find_format
from headwater.records.importing.jsonl_rows import JsonlRows
from headwater.records.importing.model import Checkpoint, Import, ImportOptions, RawRow, added
from headwater.records.importing.service import Imports
from headwater.records.importing.spool import Spool
from headwater.records.importing.work import Work
from headwater.records.importing.writing import BatchWriter
from headwater.records.model import Module

# One commit of this many rows takes 20 to 40 ms; other writers get their turn between two.
BATCH_ROWS = 2_000
# Rows may hold megabytes; so much of the file is in memory at once, whatever its rows are like.
BATCH_BYTES = 8 * 1024 * 1024
# Columns of JSON lines are those of the first rows, since every line may name others.
JSON_ROWS_FOR_COLUMNS = 1_000


class ImportRunner:
    """Runs imports. A batch, its rejected rows and the checkpoint are one commit: no row is doubled."""

    def __init__(
        self,
        clock: Clock,
        slice_: RecordsSlice,
        imports: Imports,
        writer: BatchWriter,
        spool: Spool,
    ) -> None:
        """Take the parts."""
        self._clock = clock
        self._catalogue = slice_.catalogue
        self._records = slice_.records
        self._held_indexes = slice_.held_indexes
        self._imports = imports
        self._writer = writer
        self._spool = spool

    async def handle(self, run: JobRun) -> Any:
        """The job handler: does the work in a thread, so that requests are served meanwhile."""
        return await asyncio.to_thread(self.run, run)

    def run(self, run: JobRun) -> dict[str, Any] | None:
        """Import until the file ends or somebody cancels; what the caller did wrong ends it with an error."""
        import_id = int(run.parameters["import"])
        item = run.database.read_now(lambda tx: store.get_import(tx, import_id))
        if item.status in ("ok", "cancelled"):
            return dataclasses.asdict(item.counts)
        try:
            self._import(run, item)
        except (StorageFullError, RetryError):
            raise
        except OSError as error:
            if not is_full(error):
                raise
            hint = "Make room; the import goes on by itself."
            raise StorageFullError("storage_full", "The disk has no room for a copy.", hint=hint) from error
        except HeadwaterError as error:
            document = error_document(error)
            run.database.write_now(lambda tx: self._finish(tx, import_id, "error", document))
            raise
        if run.is_cancelled():
            self._let_go(run, item)
            return None
        done = run.database.write_now(lambda tx: self._finish(tx, import_id, "ok", None))
        self._spool.remove(item.spool)
        return dataclasses.asdict(done.counts)

    def _let_go(self, run: JobRun, item: Import) -> None:
        """Remove the file when the import was cancelled, and not only the server is stopping."""
        if self._is_cancelled(run, item):
            self._spool.remove(item.spool)

    def _is_cancelled(self, run: JobRun, item: Import) -> bool:
        return run.database.read_now(lambda tx: store.get_import(tx, item.id)).status == "cancelled"

    def _import(self, run: JobRun, item: Import) -> None:
        options = item.options
        file_format = options.format or find_format(item.file_name, "")
        path = as_utf8(self._spool.path(item.spool), options.encoding)
        with path.open("rb", buffering=256 * 1024) as file:
            module, reader, plan = self._prepare(run, item, file, is_csv=file_format == "csv")
            columns = {name: plan.field_name(name) for name in plan.names}
            run.database.write_now(lambda tx: self._start(tx, item, module, columns))
            rows = _rows(file, options, item.checkpoint, is_csv=file_format == "csv")
            batches = _batches(rows, item.checkpoint.offset)
            try:
                self._commit_all(run, item, module, ((reader.read(each), _last(each)) for each in batches))
            finally:
                self._make_indexes(run, item)
        with contextlib.suppress(UnavailableError):  # somebody else is at the table: nothing is lost
            run.database.write_now(lambda tx: refresh_statistics(tx, module.table))

    def _prepare(
        self, run: JobRun, item: Import, file: BinaryIO, *, is_csv: bool
    ) -> tuple[Module, BatchReader, ColumnPlan]:
        names = _csv_columns(file, item.options) if is_csv else _json_columns(file)

        def work(tx: Tx) -> tuple[Module, BatchReader, ColumnPlan]:
            module = self._catalogue.get(tx, item.module_id)
            plan = plan_columns(module, names, item.options)
            if not (is_csv or item.options.mapping):
                plan = with_late_fields(plan, module)
            codec = self._records.compiled(tx, module).codec
            reader = BatchReader(codec, plan, item.options.references, is_csv=is_csv, dialect=tx.dialect)
            return module, reader, plan

        return run.database.read_now(work)

    def _start(self, tx: Tx, item: Import, module: Module, columns: dict[str, str | None]) -> None:
        self._imports.start(tx, store.get_import(tx, item.id), columns)
        self._held_indexes.hold(tx, module, item.bytes_total)

    def _make_indexes(self, run: JobRun, item: Import) -> None:
        """However the rows ended; only a server that stops leaves the indexes to its next start."""
        if not run.is_cancelled() or self._is_cancelled(run, item):
            self._held_indexes.make(run.database, item.module_id)

    def _commit_all(
        self, run: JobRun, item: Import, module: Module, batches: Iterator[tuple[Batch, Checkpoint]]
    ) -> None:
        with contextlib.closing(one_ahead(batches)) as ahead:
            for batch, end in ahead:
                if run.is_cancelled():
                    return
                self._commit(run, item.id, module, item.options, batch, end)

    def _commit(
        self,
        run: JobRun,
        import_id: int,
        module: Module,
        options: ImportOptions,
        batch: Batch,
        end: Checkpoint,
    ) -> None:
        def work(tx: Tx) -> None:
            item = store.get_import(tx, import_id, lock_clause(tx.dialect))
            if item.is_finished or item.checkpoint.offset >= end.offset:
                return  # cancelled meanwhile, or committed by an attempt that another process took over
            self._same_revision(tx, module)
            written = self._writer.write(tx, run.actor, module, options, Work(batch, self._clock.now()))
            store.insert_rejects(tx, import_id, written.rejected)
            item = dataclasses.replace(item, checkpoint=end, counts=added(item.counts, written.counts))
            store.update_import(tx, item)
            self._imports.tell(tx, item)

        try:
            run.database.write_now(work)
        except DuplicateError:
            # on PostgreSQL another writer committed the same unique value: the next look sees it
            run.database.write_now(work)

    def _same_revision(self, tx: Tx, module: Module) -> None:
        if self._catalogue.get(tx, module.id).revision != module.revision:
            raise RetryError("module_changed", f"Module '{module.handle}' was changed during the import.")

    def _finish(self, tx: Tx, import_id: int, status: str, error: dict[str, Any] | None) -> Import:
        item = store.get_import(tx, import_id, lock_clause(tx.dialect))
        return item if item.is_finished else self._imports.finish(tx, item, status, error)


def _rows(file: BinaryIO, options: ImportOptions, start: Checkpoint, *, is_csv: bool) -> Iterator[RawRow]:
    if not is_csv:
        return iter(JsonlRows(file, start))
    rows = iter(CsvRows(file, _delimiter(file, options), start))
    if options.header and start.offset == 0:
        next(rows, None)
    return rows


def _csv_columns(file: BinaryIO, options: ImportOptions) -> list[str]:
    first = next(iter(CsvRows(file, _delimiter(file, options), Checkpoint())), None)
    if first is None or first.fault is not None:
        why = "is empty" if first is None else f"has a first row that cannot be read: {first.fault}"
        raise InvalidError("header_missing", f"The file {why}.", hint="The first row names the columns.")
    if not options.header:
        return [str(number) for number in range(1, len(first.cells) + 1)]
    return [cell.strip() for cell in first.cells]


def _delimiter(file: BinaryIO, options: ImportOptions) -> str:
    if options.delimiter:
        return options.delimiter
    file.seek(0)
    return find_delimiter(file.readline(1024 * 1024).decode(errors="replace"))


def _json_columns(file: BinaryIO) -> list[str]:
    names: dict[str, None] = {}
    for row in islice(JsonlRows(file, Checkpoint()), JSON_ROWS_FOR_COLUMNS):
        names.update(dict.fromkeys(row.cells or ()))
    if not names:
        raise InvalidError("header_missing", "The file has no JSON object in its first lines.")
    return list(names)


def _batches(rows: Iterable[RawRow], start: int) -> Iterator[list[RawRow]]:
    batch: list[RawRow] = []
    for row in rows:
        batch.append(row)
        if len(batch) == BATCH_ROWS or row.end - start >= BATCH_BYTES:
            yield batch
            batch, start = [], row.end
    if batch:
        yield batch


def _last(rows: list[RawRow]) -> Checkpoint:
    return Checkpoint(rows[-1].end, rows[-1].number)
