"""A batch of changes to records of one module: kept in memory row by row, written in a few statements."""

from collections.abc import Iterable, Mapping
from typing import Any

import msgspec

from headwater.access.actor import Actor
from headwater.db.database import Tx
from headwater.db.errors import DuplicateError
from headwater.kernel.errors import ConflictError, Fault
from headwater.records import changing, store
from headwater.records.codec import Codec
from headwater.records.journal import Entry, Journal
from headwater.records.lookup import holders, key_of
from headwater.records.model import Record

_NOTHING: Mapping[str, Any] = {}


class Batch:
    """The records of one bulk write as they will be, their changes, and who holds unique values."""

    def __init__(self, tx: Tx, actor: Actor, codec: Codec, now: int) -> None:
        """Start empty; `now` is the time of every change."""
        self._tx, self._actor, self._codec, self._now = tx, actor, codec, now
        self._records: dict[int, Record] = {}
        self._new: set[int] = set()
        self._touched: dict[int, set[str]] = {}
        self._entries: list[Entry] = []
        self._holders: dict[str, dict[Any, int]] = {}

    def load(self, ids: Iterable[int]) -> None:
        """Read the records that may be changed; they stay as they are until the commit."""
        for record in store.find_many_to_change(self._tx, self._codec, ids):
            self._records[record.id] = record

    def load_holders(self, rows: Iterable[Mapping[str, Any]]) -> None:
        """Look up who has the unique values of these rows."""
        rows = list(rows)
        for field in self._codec.module.fields:
            if field.unique:
                column = self._codec.columns[field.name]
                keys = (key_of(column, row.get(field.name)) for row in rows)
                self._holders[field.name] = holders(self._tx, self._codec, field.name, keys)

    @property
    def unique_names(self) -> Iterable[str]:
        """The unique fields whose holders are known."""
        return self._holders

    def holder(self, name: str, value: Any) -> int | None:
        """The id of the living record that has this value of a unique field."""
        return self._holders[name].get(key_of(self._codec.columns[name], value))

    def record(self, record_id: int) -> Record | None:
        """The living record as the batch has it by now."""
        found = self._records.get(record_id)
        return None if found is None or found.deleted_at is not None else found

    def unique_faults(self, record_id: int | None, values: Mapping[str, Any]) -> list[Fault]:
        """A fault for each of these values that another record has."""
        faults = []
        for name in self._holders:
            value = values.get(name)
            if value is not None and self.holder(name, value) not in (None, record_id):
                field = self._codec.columns[name].field
                faults.append(changing.not_unique(self._codec.module, field, value))
        return faults

    def create(self, values: dict[str, Any]) -> int:
        """Add a new record; its id."""
        record_id = self._tx.next_id()
        now, who = self._now, self._actor.id
        record = Record(record_id, 1, values, now, now, who, who, who)
        self._new.add(record_id)
        self._keep(record, Entry(self._tx.next_id(), "create", record, _NOTHING), values)
        return record_id

    def update(self, record: Record, given: Mapping[str, Any]) -> None:
        """Put values into a record."""
        changed = changing.changed(record, given, self._actor, self._now)
        self._release(record, given)
        self._touched.setdefault(record.id, set()).update(given)
        before = changing.before(record, given)
        self._keep(changed, Entry(self._tx.next_id(), "update", changed, before), given)

    def delete(self, record: Record) -> None:
        """Delete a record softly."""
        changed = changing.changed(record, _NOTHING, self._actor, self._now)
        changed = msgspec.structs.replace(changed, deleted_at=self._now)
        self._release(record, self._holders)
        self._touched.setdefault(record.id, set())
        self._keep(changed, Entry(self._tx.next_id(), "delete", changed, _NOTHING), _NOTHING)

    def write(self, journal: Journal) -> None:
        """Write everything: new rows, changed rows, changes; then tell of them.

        ConflictError `not_unique` when somebody else has taken a unique value meanwhile.
        """
        if not self._entries:
            return
        try:
            new = [self._records[record_id] for record_id in self._records if record_id in self._new]
            store.insert_many(self._tx, self._codec, new)
            for names, records in self._updates().items():
                store.update_many(self._tx, self._codec, records, names)
        except DuplicateError as error:
            raise ConflictError(
                "not_unique",
                "A value of the batch was taken by another record meanwhile.",
                hint="Send it again.",
            ) from error
        journal.write_many(self._tx, self._actor, self._codec, self._entries)

    def _updates(self) -> dict[tuple[str, ...], list[Record]]:
        # records with the same changed fields share one statement
        groups: dict[tuple[str, ...], list[Record]] = {}
        for record_id, names in self._touched.items():
            if record_id not in self._new:
                groups.setdefault(tuple(sorted(names)), []).append(self._records[record_id])
        return groups

    def _keep(self, record: Record, entry: Entry, values: Mapping[str, Any]) -> None:
        self._records[record.id] = record
        self._entries.append(entry)
        for name, held in self._holders.items():
            if values.get(name) is not None:
                held[key_of(self._codec.columns[name], values[name])] = record.id

    def _release(self, record: Record, names: Iterable[str]) -> None:
        for name in names:
            held, value = self._holders.get(name), record.values.get(name)
            if held and value is not None:
                held.pop(key_of(self._codec.columns[name], value), None)
