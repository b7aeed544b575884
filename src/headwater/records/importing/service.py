"""The service of imports: begun by an upload, run as a job, looked at, cancelled."""

import dataclasses
from typing import Any

from headwater.access.actor import Actor
from headwater.access.permissions import may, require
from headwater.db.database import Tx
from headwater.db.sql import lock_clause
from headwater.jobs.service import Jobs, actor_document
from headwater.kernel.clock import Clock, rfc3339
from headwater.kernel.errors import ConflictError, Fault, InvalidError, NotBuiltError
from headwater.kernel.events import Events
from headwater.records.catalogue import Catalogue
from headwater.records.importing import store
from headwater.records.importing.encoding import check_encoding
from headwater.records.importing.model import FIRST_FAULTS, Checkpoint, Counts, Import, ImportOptions
from headwater.records.visibility import visible_module

JOB_KIND = "import"


class Imports:
    """What may be done with imports; each call runs in the caller's transaction."""

    def __init__(self, clock: Clock, events: Events, catalogue: Catalogue, jobs: Jobs) -> None:
        """`jobs` runs what is begun here."""
        self._clock = clock
        self._events = events
        self._catalogue = catalogue
        self._jobs = jobs

    def require_writer(self, tx: Tx, actor: Actor, module_ref: str) -> None:
        """Go on when the actor may import into the module; asked before a byte of the file is taken."""
        visible_module(tx, actor, self._catalogue, module_ref, "records:write")

    def begin(  # noqa: PLR0913  an upload with what the caller says about it
        self,
        tx: Tx,
        actor: Actor,
        module_ref: str,
        options: ImportOptions,
        spool: str,
        file_name: str,
        size: int | None,
    ) -> Import:
        """An import that waits for its upload, or for its turn when `size` bytes are all there."""
        module = visible_module(tx, actor, self._catalogue, module_ref, "records:write")
        item = Import(
            id=tx.next_id(),
            module_id=module.id,
            job_id=None,
            status="uploading",
            options=options,
            file_name=file_name[:255],
            spool=spool,
            actor=actor_document(actor),
            bytes_total=size or 0,
            checkpoint=Checkpoint(),
            counts=Counts(),
            columns={},
            error=None,
            created_at=self._clock.now(),
        )
        store.insert_import(tx, item)
        return item

    def enqueue(self, tx: Tx, actor: Actor, import_id: int, size: int) -> Import:
        """Give an import whose file is all there to the jobs; one that was given before stays as it is."""
        item = store.get_import(tx, import_id, lock_clause(tx.dialect))
        if item.status != "uploading":
            return item
        job = self._jobs.enqueue(tx, JOB_KIND, {"import": item.id}, actor=actor, needs_files=True)
        item = dataclasses.replace(item, status="queued", job_id=job.id, bytes_total=size)
        store.update_import(tx, item)
        return item

    def get(self, tx: Tx, actor: Actor, import_id: int) -> Import:
        """One import of a module that the actor may read, or may import into."""
        item = store.get_import(tx, import_id)
        handle = self.handle(tx, item)
        if not may(actor, "records:write", handle):
            require(actor, "records:read", handle)
        return self._as_it_stands(tx, item)

    def list(
        self, tx: Tx, actor: Actor, module_ref: str | None, before_id: int | None, limit: int
    ) -> list[Import]:
        """Imports newest first, of one module or of all that the actor may read."""
        if module_ref is None:
            require(actor, "records:read")
            found = store.list_imports(tx, None, before_id, limit)
        else:
            module = visible_module(tx, actor, self._catalogue, module_ref, "records:read")
            found = store.list_imports(tx, module.id, before_id, limit)
        return [self._as_it_stands(tx, each) for each in found]

    def for_upload(self, tx: Tx, actor: Actor, import_id: int) -> Import:
        """An import that still takes pieces of its file; else ConflictError `upload_complete`."""
        item = store.get_import(tx, import_id)
        require(actor, "records:write", self.handle(tx, item))
        if item.status != "uploading":
            raise ConflictError(
                "upload_complete", f"Import {import_id} has its file already; it is {item.status}."
            )
        return item

    def cancel(self, tx: Tx, actor: Actor, import_id: int) -> Import:
        """Stop an import; the rows that it committed stay. A finished one stays as it is."""
        item = store.get_import(tx, import_id, lock_clause(tx.dialect))
        require(actor, "records:write", self.handle(tx, item))
        if item.is_finished:
            return item
        if item.job_id is not None:
            self._jobs.stop(tx, item.job_id)
        return self.finish(tx, item, "cancelled", None)

    def start(self, tx: Tx, item: Import, columns: dict[str, str | None]) -> Import:
        """Note that the job has begun and which column goes where."""
        began = item.started_at or self._clock.now()
        item = dataclasses.replace(item, status="running", columns=columns, started_at=began)
        item = dataclasses.replace(item, error=None, finished_at=None)
        store.update_import(tx, item)
        self.tell(tx, item)
        return item

    def finish(self, tx: Tx, item: Import, status: Any, error: dict[str, Any] | None) -> Import:
        """Note how it ended."""
        item = dataclasses.replace(item, status=status, error=error, finished_at=self._clock.now())
        store.update_import(tx, item)
        self.tell(tx, item)
        return item

    def tell(self, tx: Tx, item: Import) -> None:
        """Tell the live feed after the commit."""
        event = {"type": "import.changed", "id": item.id, "module": self.handle(tx, item)}
        tx.after_commit(lambda: self._events.signal(event))

    def _as_it_stands(self, tx: Tx, item: Import) -> Import:
        """An import whose job was given up has ended with it; it goes on when that job is retried."""
        job = self._jobs.find(tx, item.job_id) if item.job_id and not item.is_finished else None
        if job is None or job.status not in ("error", "cancelled"):
            return item
        return dataclasses.replace(item, status=job.status, error=job.error, finished_at=job.finished_at)

    def handle(self, tx: Tx, item: Import) -> str:
        """The handle of the import's module, or its id when the module is deleted."""
        module = self._catalogue.find(tx, item.module_id)
        return module.handle if module else str(item.module_id)

    def to_json(self, tx: Tx, item: Import) -> dict[str, Any]:
        """The import as the API shows it, with its first hundred faults."""
        rejects = store.list_rejects(tx, item.id, 0, FIRST_FAULTS) if item.counts.rejected else []
        return {
            "id": item.id,
            "module": self.handle(tx, item),
            "status": item.status,
            "file_name": item.file_name,
            "options": item.options,
            "columns": item.columns,
            "rows_read": item.counts.read,
            "created": item.counts.created,
            "updated": item.counts.updated,
            "skipped": item.counts.skipped,
            "rejected": item.counts.rejected,
            "bytes_done": item.checkpoint.offset,
            "bytes_total": item.bytes_total,
            "error": item.error,
            "errors": [fault for _, _, faults in rejects for fault in faults][:FIRST_FAULTS],
            "job_id": item.job_id,
            "created_at": rfc3339(item.created_at),
            "started_at": None if item.started_at is None else rfc3339(item.started_at),
            "finished_at": None if item.finished_at is None else rfc3339(item.finished_at),
        }


def check_options(options: ImportOptions) -> None:
    """Refuse what cannot be meant (`invalid_options`), and what is not built yet (`not_built`)."""
    if options.dry_run or options.mode != "partial":
        raise NotBuiltError("not_built", "dry_run and mode all_or_nothing are not built yet.")
    check_encoding(options.encoding)
    faults = []
    if options.delimiter is not None and (len(options.delimiter) != 1 or options.delimiter in '"\r\n\0'):
        faults.append(
            Fault("options.delimiter", "invalid_delimiter", "A delimiter is one character, not a quote.")
        )
    if not options.header and not options.mapping:
        detail = "Without a header, 'mapping' names the fields of columns 1, 2, ..."
        faults.append(Fault("options.mapping", "required", detail))
    if faults:
        raise InvalidError("invalid_options", faults[0].detail, faults=faults)
