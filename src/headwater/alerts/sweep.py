"""The sweep: queues records that came to match without a write of their own (Q21, Q21b)."""

from collections.abc import Sequence
from functools import partial

from headwater.alerts import queue_store, store
from headwater.alerts.evaluate import signal_alert
from headwater.alerts.model import Entry
from headwater.alerts.watches import Watch, Watches
from headwater.db.database import Database, Tx
from headwater.db.sql import in_ids
from headwater.expr import sql
from headwater.kernel.clock import Clock
from headwater.kernel.events import Events
from headwater.kernel.json import dumps

BATCH = 1000
_FRESH = """
select t.id from {table} t
where t.id > ? and t.deleted_at is null and ({standing}){unless}
order by t.id limit ?
"""
_UNLESS = " and not exists (select 1 from {table} k where k.alert_id = ? and k.record_id = t.id)"
_STALE = """
select m.record_id from alert_match m
where m.alert_id = ? and m.record_id > ? and not exists (
    select 1 from {table} t where t.id = m.record_id and t.deleted_at is null and ({standing}))
order by m.record_id limit ?
"""
_BASELINE = """
insert into alert_match (alert_id, record_id)
select cast(? as bigint), t.id from {table} t where t.deleted_at is null and ({standing})
on conflict do nothing
"""
_ORPHANS = "delete from {table} where alert_id not in (select id from alert)"


class Sweeper:
    """Finds in reads, writes in short transactions, so that large modules hold nobody up."""

    def __init__(self, clock: Clock, watches: Watches, events: Events) -> None:
        """`clock` gives the timestamp of what the sweep queues."""
        self._clock = clock
        self._watches = watches
        self._events = events

    async def run(self, database: Database) -> int:
        """Sweep every alert that needs it; how many records were queued."""
        await database.write(self._drop_orphans)
        queued = 0
        for alert_id in await database.read(self.swept):
            queued += await self.sweep_alert(database, alert_id)
        return queued

    async def sweep_alert(self, database: Database, alert_id: int) -> int:
        """Sweep one alert, batch by batch; how many records were queued."""
        queued, after = 0, 0
        while True:
            stale = await database.scan(partial(self.find_stale, alert_id=alert_id, after=after))
            if not stale:
                break
            await database.write(partial(queue_store.forget_matching, alert_id=alert_id, record_ids=stale))
            after = stale[-1]
        after = 0
        while True:
            found = await database.scan(partial(self.find, alert_id=alert_id, after=after))
            if not found:
                return queued
            queued += await database.write(partial(self.queue, alert_id=alert_id, record_ids=found))
            after = found[-1]

    def sweep(self, tx: Tx) -> int:
        """The whole sweep in one transaction; how many records were queued."""
        self._drop_orphans(tx)
        return sum(self.sweep_in(tx, alert_id) for alert_id in self.swept(tx))

    def sweep_in(self, tx: Tx, alert_id: int, most: int | None = None) -> int:
        """Sweep one alert in this transaction, at most about `most` records; how many were queued."""
        while stale := self.find_stale(tx, alert_id, 0):
            queue_store.forget_matching(tx, alert_id, stale)
        queued, after = 0, 0
        while (most is None or queued < most) and (found := self.find(tx, alert_id, after)):
            queued += self.queue(tx, alert_id, found)
            after = found[-1]
        return queued

    def swept(self, tx: Tx) -> list[int]:
        """Ids of the alerts that need sweeping."""
        return [
            watch.alert.id
            for watches in self._watches.of_modules(tx).values()
            for watch in watches
            if watch.is_swept
        ]

    def find(self, tx: Tx, alert_id: int, after: int) -> list[int]:
        """Records behind an id that pass now and did not at the last evaluation, by id; a batch of them."""
        watch = self._watch(tx, alert_id)
        return [] if watch is None else self._fresh(tx, watch, after, None)

    def find_stale(self, tx: Tx, alert_id: int, after: int) -> list[int]:
        """Records behind an id that passed at the last evaluation and do not now; a batch of them."""
        watch = self._watch(tx, alert_id)
        if watch is None or not watch.is_tracked:
            return []
        standing, parameters = self._standing(tx, watch)
        text = _STALE.format(table=watch.module.table, standing=standing)
        return [row[0] for row in tx.all(text, (alert_id, after, *parameters, BATCH))]

    def queue(self, tx: Tx, alert_id: int, record_ids: Sequence[int]) -> int:
        """Queue those of the records for which `find` still holds; how many."""
        watch = self._watch(tx, alert_id)
        fresh = [] if watch is None else self._fresh(tx, watch, 0, record_ids)
        if watch is None or not fresh:
            return 0
        if watch.is_tracked:
            queue_store.note_matching(tx, alert_id, fresh)
        return self.put(tx, watch, fresh, "sweep")

    def put(self, tx: Tx, watch: Watch, record_ids: Sequence[int], operation: str) -> int:
        """Have records wait, timestamped now; a one-time alert only those that it never queued. How many."""
        alert_id = watch.alert.id
        if watch.alert.is_one_time:
            burnt = queue_store.burn(tx, alert_id, record_ids)
            record_ids = [record_id for record_id in record_ids if record_id in burnt]
        if not record_ids:
            return 0
        now, positions = self._clock.now(), tx.next_ids(len(record_ids))
        entries = [
            Entry(key, place, now, operation) for key, place in zip(record_ids, positions, strict=True)
        ]
        queue_store.put(tx, alert_id, entries)
        signal_alert(tx, self._events, alert_id)
        return len(entries)

    def standing_batch(self, tx: Tx, watch: Watch, after: int) -> list[int]:
        """Records behind an id that pass now, whatever happened to them before; a batch of them."""
        standing, parameters = self._standing(tx, watch)
        text = _FRESH.format(table=watch.module.table, standing=standing, unless="")
        return [row[0] for row in tx.all(text, (after, *parameters, BATCH))]

    def count(self, tx: Tx, watch: Watch) -> int:
        """How many records pass now."""
        standing, parameters = self._standing(tx, watch)
        table = watch.module.table
        text = f"select count(*) from {table} t where t.deleted_at is null and ({standing})"  # noqa: S608 - names of our own, values are bound
        return int(tx.scalar(text, parameters))

    def set_baseline(self, tx: Tx, watch: Watch) -> None:
        """Take what passes now as what passed at the last evaluation: only later matches are news."""
        alert_id = watch.alert.id
        tx.run("delete from alert_match where alert_id = ?", (alert_id,))
        if watch.is_tracked:
            standing, parameters = self._standing(tx, watch)
            text = _BASELINE.format(table=watch.module.table, standing=standing)
            tx.run(text, (alert_id, *parameters))

    def _fresh(self, tx: Tx, watch: Watch, after: int, among: Sequence[int] | None) -> list[int]:
        standing, parameters = self._standing(tx, watch)
        unless = ""
        if watch.alert.is_one_time:
            unless += _UNLESS.format(table="alert_burnt")
            parameters.append(watch.alert.id)
        if watch.is_tracked:
            unless += _UNLESS.format(table="alert_match")
            parameters.append(watch.alert.id)
        if among is not None:
            unless += f" and t.id {in_ids(tx.dialect)}"
            parameters.append(dumps(list(among)))
        text = _FRESH.format(table=watch.module.table, standing=standing, unless=unless)
        return [row[0] for row in tx.all(text, (after, *parameters, BATCH))]

    def _standing(self, tx: Tx, watch: Watch) -> tuple[str, list[object]]:
        return sql.compile(watch.standing, watch.scope, tx.dialect, self._watches.calendar)

    def _watch(self, tx: Tx, alert_id: int) -> Watch | None:
        alert = store.find(tx, alert_id)
        watch = self._watches.of(tx, alert) if alert else None
        return watch if watch is not None and watch.is_swept else None

    def _drop_orphans(self, tx: Tx) -> None:
        # A write that began before an alert was deleted may still have queued for it; SQLite has one writer.
        if tx.dialect == "sqlite":
            return
        for table in ("queue_entry", "alert_burnt", "alert_match"):
            tx.run(_ORPHANS.format(table=table))
