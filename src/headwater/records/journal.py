"""The journal: every change goes to the log, to the subscribers and, once committed, to the live feed."""

from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple

from headwater.access.actor import Actor
from headwater.changes import store as changes
from headwater.changes.model import Change, Operation
from headwater.db.database import Tx
from headwater.kernel.events import Events
from headwater.kernel.json import dumps
from headwater.records.codec import Codec
from headwater.records.model import Record

# More signals than this for one write tell the live feed nothing more.
_SIGNALS = 50


class Entry(NamedTuple):
    """One change to write: the record after it, and what the changed fields had before."""

    id: int
    op: Operation
    record: Record
    before: Mapping[str, Any]
    extra_before: Mapping[str, Any] | None = None


class Journal:
    """Writes changes; whoever subscribed to `events` hears of them in the same transaction."""

    def __init__(self, events: Events) -> None:
        """`events` carries the changes upward."""
        self._events = events

    def write(self, tx: Tx, actor: Actor, codec: Codec, entry: Entry) -> None:
        """Log one change and tell of it."""
        changes.insert(tx, _row(actor, codec, entry))
        self.tell(tx, actor, codec, [entry])

    def write_many(self, tx: Tx, actor: Actor, codec: Codec, entries: Sequence[Entry]) -> None:
        """Log many changes of one module and tell of all of them together."""
        changes.insert_many(tx, (_row(actor, codec, each) for each in entries))
        self.tell(tx, actor, codec, entries)

    def is_heard(self, tx: Tx, codec: Codec) -> bool:
        """Whether anybody wants the changes of this module in their full form."""
        return self._events.is_heard(tx, codec.module.id)

    def tell(self, tx: Tx, actor: Actor, codec: Codec, entries: Sequence[Entry]) -> None:
        """Tell subscribers now and the live feed after the commit of changes that are in the log already."""
        if self.is_heard(tx, codec):
            self._events.publish(tx, [_change(actor, codec, each) for each in entries])
        self._signal(tx, codec, [(each.record.id, each.record.revision) for each in entries[-_SIGNALS:]])

    def _signal(self, tx: Tx, codec: Codec, changed: Sequence[tuple[int, int]]) -> None:
        handle, signal = codec.module.handle, self._events.signal

        def tell_all() -> None:
            for record_id, revision in changed:
                signal({"type": "record.changed", "id": record_id, "module": handle, "revision": revision})

        tx.after_commit(tell_all)


def _row(actor: Actor, codec: Codec, entry: Entry) -> tuple[Any, ...]:
    record = entry.record
    return (
        entry.id,
        record.updated_at,
        entry.op,
        codec.module.id,
        record.id,
        record.revision,
        actor.kind,
        actor.id,
        None if entry.op == "create" else _stored_before(codec, entry),
    )


def _stored_before(codec: Codec, entry: Entry) -> str | None:
    # by field id, so that a renamed field keeps its history; in JSON form, so that one of another kind
    # does too
    shown = codec.values_json(entry.before)
    stored = {str(codec.columns[name].field.id): shown.get(name) for name in entry.before}
    if entry.extra_before is not None:
        stored["extra"] = entry.extra_before
    return dumps(stored) if stored else None


def _change(actor: Actor, codec: Codec, entry: Entry) -> Change:
    record = entry.record
    return Change(
        entry.id,
        record.updated_at,
        entry.op,
        codec.module.id,
        record.id,
        record.revision,
        actor.kind,
        actor.id,
        entry.before,
        record.values,
    )
