"""The service of records: permission, rules, one transaction with the change in it."""

from collections.abc import Mapping, Sequence
from typing import Any

import msgspec

from headwater.access.actor import Actor
from headwater.access.permissions import may, require
from headwater.db.database import Tx
from headwater.db.errors import DuplicateError
from headwater.kernel.clock import Clock
from headwater.kernel.errors import ConflictError, Fault, PreconditionError
from headwater.records import changing, store
from headwater.records.batch import Batch
from headwater.records.bulk import BulkWrite, Operation
from headwater.records.catalogue import Catalogue
from headwater.records.codec import Codec
from headwater.records.compiled import Compiled, CompiledModules
from headwater.records.finder import Finder
from headwater.records.form import invalid_record
from headwater.records.journal import Entry, Journal
from headwater.records.model import Module, Record
from headwater.records.outcome import Outcome
from headwater.records.query import Aggregate, Query
from headwater.records.references import References
from headwater.records.visibility import refuse_module, unknown_record
from headwater.web.paging import Page

Groups = Sequence[dict[str, Any]]
Ref = Module | str | int
_NOTHING: Mapping[str, Any] = {}


class Records:
    """The service of records. `module` is a Module, a handle or an id; values are in JSON forms."""

    def __init__(
        self,
        clock: Clock,
        catalogue: Catalogue,
        compiled: CompiledModules,
        references: References,
        journal: Journal,
        finder: Finder,
    ) -> None:
        """Wire it to what it uses."""
        self._finder = finder
        self._clock = clock
        self._catalogue = catalogue
        self._compiled = compiled
        self._references = references
        self._journal = journal

    def create(
        self,
        tx: Tx,
        actor: Actor,
        module: Ref,
        values: Mapping[str, Any],
        *,
        extra: Mapping[str, Any] | None = None,
    ) -> Record:
        """A new record; `extra` is kept beside its values. InvalidError `invalid_record` has every fault."""
        module, (form, codec) = self._open(tx, actor, module, "records:write")
        read = form.read_new(values)
        if module.references and (faults := self._references.faults(tx, module, read)):
            raise invalid_record(module.handle, faults)
        record_id, change_id = tx.next_ids(2)
        now, who = self._clock.now(), actor.id
        record = Record(record_id, 1, read, now, now, who, who, who, None, dict(extra) if extra else {})
        try:
            store.insert(tx, codec, record)
        except DuplicateError as error:
            raise _refused(module, error, read) from error
        self._journal.write(tx, actor, codec, Entry(change_id, "create", record, _NOTHING))
        return record

    def get(self, tx: Tx, actor: Actor, module: Ref, record_id: int) -> Record:
        """The record; NotFoundError `record_unknown` when it is not there, or deleted."""
        module, (_, codec) = self._open(tx, actor, module, "records:read")
        return _living(store.find(tx, codec, record_id), module, record_id)

    def document(self, tx: Tx, actor: Actor, module: Ref, record_id: int) -> dict[str, Any]:
        """`get` in its JSON form, which is for encoding only: straight from the row, in half the time."""
        module, (_, codec) = self._open(tx, actor, module, "records:read")
        row = store.row(tx, codec, record_id)
        if row is None or row[7] is not None:
            raise unknown_record(module, record_id)
        return codec.document(row)

    def update(  # noqa: PLR0913  two of them are only ever given by name
        self,
        tx: Tx,
        actor: Actor,
        module: Ref,
        record_id: int,
        values: Mapping[str, Any],
        *,
        if_revision: int | None = None,
        extra: Mapping[str, Any] | None = None,
    ) -> Record:
        """The record with these values put in; None clears one. What changes nothing leaves the
        revision as it is.

        InvalidError `invalid_record` tells every bad field; PreconditionError `revision_mismatch` carries the
        record as it is.
        """
        module, (form, codec) = self._open(tx, actor, module, "records:write")
        current = _living(store.find_to_change(tx, codec, record_id), module, record_id)
        _match(current, if_revision, codec)
        given = changing.differing(current, form.read_changed(values))
        self._check(tx, module, current, given)
        merged = changing.merged_extra(current, extra)
        if not given and merged == current.extra:
            return current
        record = changing.changed(current, given, actor, self._clock.now())
        record = msgspec.structs.replace(record, extra=merged)
        self._store(tx, module, codec, record, given)
        extra_before = current.extra if merged != current.extra else None
        entry = Entry(tx.next_id(), "update", record, changing.before(current, given), extra_before)
        self._journal.write(tx, actor, codec, entry)
        return record

    def delete(
        self, tx: Tx, actor: Actor, module: Ref, record_id: int, *, if_revision: int | None = None
    ) -> Record:
        """Delete a record softly: it can be restored. The record as it is afterwards."""
        module, (_, codec) = self._open(tx, actor, module, "records:write")
        current = _living(store.find_to_change(tx, codec, record_id), module, record_id)
        _match(current, if_revision, codec)
        now = self._clock.now()
        record = msgspec.structs.replace(changing.changed(current, _NOTHING, actor, now), deleted_at=now)
        store.update(tx, codec, record, ())
        self._journal.write(tx, actor, codec, Entry(tx.next_id(), "delete", record, _NOTHING))
        return record

    def erase(
        self, tx: Tx, actor: Actor, module: Ref, record_id: int, *, if_revision: int | None = None
    ) -> None:
        """Delete a record for good, deleted softly before or not. Only for administrators."""
        module, (_, codec) = self._open(tx, actor, module, "records:write")
        require(actor, "admin")
        current = store.find_to_change(tx, codec, record_id)
        if current is None:
            raise unknown_record(module, record_id)
        _match(current, if_revision, codec)
        record = changing.changed(current, _NOTHING, actor, self._clock.now())
        store.erase(tx, codec, record_id)
        self._journal.write(tx, actor, codec, Entry(tx.next_id(), "delete", record, _NOTHING))

    def restore(self, tx: Tx, actor: Actor, module: Ref, record_id: int) -> Record:
        """Bring a deleted record back; one that is not deleted stays as it is.

        ConflictError `not_unique` when another record has meanwhile taken a unique value.
        """
        module, (_, codec) = self._open(tx, actor, module, "records:write")
        current = store.find_to_change(tx, codec, record_id)
        if current is None:
            raise unknown_record(module, record_id)
        if current.deleted_at is None:
            return current
        record = changing.changed(current, _NOTHING, actor, self._clock.now())
        record = msgspec.structs.replace(record, deleted_at=None)
        try:
            store.update(tx, codec, record, ())
        except DuplicateError as error:
            raise _collision(module, error, record) from error
        self._journal.write(tx, actor, codec, Entry(tx.next_id(), "restore", record, _NOTHING))
        return record

    def list(self, tx: Tx, actor: Actor, module: Ref, query: Query) -> Page[Record]:
        """One page of the records that a query is about."""
        return self._finder.records(tx, actor, module, query)

    def count(self, tx: Tx, actor: Actor, module: Ref, filter: Any = None) -> int:
        """How many living records pass a filter: a native document or an `expr` Filter."""
        return self._finder.count(tx, actor, module, filter)

    def aggregate(self, tx: Tx, actor: Actor, module: Ref, ask: Aggregate) -> Groups:
        """`[{"key": [...], "values": {...}}]`: figures over groups of records."""
        return self._finder.aggregate(tx, actor, module, ask)

    def history(
        self,
        tx: Tx,
        actor: Actor,
        module: Ref,
        record_id: int,
        *,
        limit: int = 50,
        cursor: str | None = None,
    ) -> Page[dict[str, Any]]:
        """Changes of a record, newest first, with the values before and after each (native.md section 3)."""
        return self._finder.history(tx, actor, module, record_id, limit=limit, cursor=cursor)

    def write_many(
        self,
        tx: Tx,
        actor: Actor,
        module: Ref,
        operation: Operation,
        rows: Sequence[Mapping[str, Any]],
        key: str | None = None,
    ) -> Sequence[Outcome]:
        """Write many rows, each with its change; the outcome of each, in order. A bad row fails alone.

        A row has values in JSON forms by name; `id` in it, or the unique field `key`, says which record it is
        about, and `revision` which revision that record must have. An upsert makes what is not there.
        """
        module, compiled = self._open(tx, actor, module, "records:write")
        batch = Batch(tx, actor, compiled.codec, self._clock.now())
        outcomes = BulkWrite(tx, compiled, batch, self._references).run(operation, rows, key or "id")
        batch.write(self._journal)
        return outcomes

    def to_json(self, module: Module, record: Record) -> dict[str, Any]:
        """The JSON form of a record (native.md section 3)."""
        return self._compiled.shown(module).to_json(record)

    def values_json(self, module: Module, values: Mapping[str, Any]) -> dict[str, Any]:
        """The JSON forms of values in memory; empty ones are left out."""
        return self._compiled.shown(module).values_json(values)

    def compiled(self, tx: Tx, module: Ref) -> Compiled:
        """The form and codec of a module, for writers of many records."""
        found = module if isinstance(module, Module) else self._catalogue.get(tx, module)
        return self._compiled.of(found, tx.dialect)

    def _open(self, tx: Tx, actor: Actor, ref: Ref, scope: str) -> tuple[Module, Compiled]:
        module = ref if isinstance(ref, Module) else self._catalogue.get(tx, ref)
        if not may(actor, scope, module.handle):
            refuse_module(actor, module, scope, ref)
        return module, self._compiled.of(module, tx.dialect)

    def _check(self, tx: Tx, module: Module, current: Record, given: Mapping[str, Any]) -> None:
        faults = changing.transition_faults(module, current, given)
        faults += self._references.faults(tx, module, given)
        if faults:
            raise invalid_record(module.handle, faults)

    def _store(self, tx: Tx, module: Module, codec: Codec, record: Record, given: Mapping[str, Any]) -> None:
        try:
            store.update(tx, codec, record, tuple(given))
        except DuplicateError as error:
            raise _refused(module, error, given) from error


def _living(record: Record | None, module: Module, record_id: int) -> Record:
    if record is None or record.deleted_at is not None:
        raise unknown_record(module, record_id)
    return record


def _match(record: Record, if_revision: int | None, codec: Codec) -> None:
    if if_revision is None or if_revision == record.revision:
        return
    raise PreconditionError(
        "revision_mismatch",
        f"Record {record.id} is at revision {record.revision}, not {if_revision}.",
        hint="Look at the current document, merge, and send its revision in If-Match.",
        document=codec.to_json(record),
        headers={"etag": f'"{record.revision}"'},
    )


def _refused(module: Module, error: DuplicateError, values: Mapping[str, Any]) -> Exception:
    fault = changing.duplicate_fault(module, error, values)
    return error if fault is None else invalid_record(module.handle, [fault])


def _collision(module: Module, error: DuplicateError, record: Record) -> Exception:
    fault: Fault | None = changing.duplicate_fault(module, error, record.values)
    if fault is None:
        return error
    return ConflictError(
        "not_unique",
        f"Record {record.id} cannot be restored: {fault.detail}",
        faults=[fault],
        hint="Change the other record, then restore this one.",
    )
