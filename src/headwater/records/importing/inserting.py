"""New rows of a batch into the module's table and the change log: two statements for all of them."""

from collections.abc import Iterator, Sequence
from itertools import compress, repeat
from typing import Any

from headwater.access.actor import Actor
from headwater.changes import store as changes
from headwater.db.database import Tx
from headwater.records.codec import Codec
from headwater.records.importing.keys import folded_twins
from headwater.records.importing.work import Work
from headwater.records.journal import Entry, Journal


def insert_rows(tx: Tx, actor: Actor, codec: Codec, journal: Journal, work: Work, fresh: list[int]) -> None:
    """Insert the rows at these positions, each with its change; whoever hears of the module hears of them."""
    if not fresh:
        return
    count = len(fresh)
    ids = tx.next_ids(2 * count)
    record_ids, change_ids = ids[:count], ids[count:]
    moment = codec.to_moment(work.now)
    system = [record_ids, *map(repeat, (1, moment, moment, actor.id, actor.id, actor.id))]
    columns = _columns(codec, work, fresh)
    rows = zip(*system, repeat(None), *_with_twins(codec, columns), strict=False)
    tx.run_many(codec.insert_sql, rows)
    pairs = zip(change_ids, record_ids, strict=True)
    rest = (1, actor.kind, actor.id, None)
    about = (work.now, "create", codec.module.id)
    changes.insert_many(tx, [(change_id, *about, record_id, *rest) for change_id, record_id in pairs])
    entries: list[Entry] = []
    if journal.is_heard(tx, codec):
        # a row that is read has deleted_at and extra, and no folded twins
        read = zip(*system, repeat(None), repeat(None), *columns, strict=False)
        records = map(codec.record, read)
        entries = [
            Entry(number, "create", each, {}) for number, each in zip(change_ids, records, strict=True)
        ]
    journal.tell(tx, actor, codec, entries)


def _columns(codec: Codec, work: Work, fresh: list[int]) -> list[Sequence[Any]]:
    """Stored values of each field of the module, in its order, for the rows at these positions."""
    selectors = None
    if len(fresh) < len(work.batch.rows):
        chosen = set(fresh)
        selectors = [index in chosen for index in range(len(work.batch.rows))]
    columns: list[Sequence[Any]] = []
    for name in codec.columns:
        values = work.columns.get(name)
        if values is None:
            columns.append([work.constants[name]] * len(fresh))
        else:
            columns.append(values if selectors is None else list(compress(values, selectors)))
    return columns


def _with_twins(codec: Codec, columns: list[Sequence[Any]]) -> Iterator[Sequence[Any]]:
    for column, values in zip(codec.columns.values(), columns, strict=True):
        yield values
        if column.fold is not None:
            yield folded_twins(column, values)
