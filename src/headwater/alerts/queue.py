"""Queues as consumers use them: poll, finish, release, take (wire/fluxx.md sections 7 and 8)."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from headwater.access.actor import Actor
from headwater.access.permissions import require
from headwater.alerts import queue_store, snapshot, store
from headwater.alerts.errors import invalid_release, unknown_alert, unknown_poll_job, unknown_queue
from headwater.alerts.evaluate import signal_alert
from headwater.alerts.model import MAX_BATCH, REMEMBERED_DAYS, Alert, Entry
from headwater.alerts.queue_store import PollJob
from headwater.alerts.readers import require_reader
from headwater.alerts.snapshot import Item, Snapshot, SnapshotReader
from headwater.alerts.watches import Watch, Watches
from headwater.db.database import Tx
from headwater.kernel.clock import DAY, SECOND, Clock
from headwater.kernel.events import Events
from headwater.kernel.ids import new_uuid


@dataclass(frozen=True, slots=True)
class Polled:
    """What a consumer holds now: the job and its records; no job when nothing waits."""

    job_uuid: str | None
    snapshot: Snapshot | None


@dataclass(frozen=True, slots=True)
class Finished:
    """How many records were cleared, and how many wait again because the consumer gave them back."""

    cleared: int
    released: int = 0


class Queues:
    """The service of queues. What changes a queue locks its alert: two consumers never get two jobs (Q2)."""

    def __init__(self, clock: Clock, watches: Watches, reader: SnapshotReader, events: Events) -> None:
        """`reader` reads the extra fields when a job is made."""
        self._clock = clock
        self._watches = watches
        self._reader = reader
        self._events = events

    def alert_of_queue(self, tx: Tx, queue_uuid: str) -> Alert:
        """The locked alert with this queue; NotFoundError `queue_unknown`, also for what is no UUID (Q7)."""
        alert = store.find_queue_to_change(tx, queue_uuid) if "\0" not in queue_uuid else None
        if alert is None:
            raise unknown_queue()
        return alert

    def alert_of_id(self, tx: Tx, alert_id: int) -> Alert:
        """The locked alert; NotFoundError `alert_unknown`."""
        alert = store.find_to_change(tx, alert_id)
        if alert is None:
            raise unknown_alert(alert_id)
        return alert

    def known_queue(self, tx: Tx, queue_uuid: str) -> Alert:
        """The alert with this queue, not locked; NotFoundError `queue_unknown`."""
        alert = store.find_queue(tx, queue_uuid) if "\0" not in queue_uuid else None
        if alert is None:
            raise unknown_queue()
        return alert

    def known_alert(self, tx: Tx, alert_id: int) -> Alert:
        """The alert, not locked; NotFoundError `alert_unknown`."""
        alert = store.find(tx, alert_id)
        if alert is None:
            raise unknown_alert(alert_id)
        return alert

    def poll(self, tx: Tx, actor: Actor, alert: Alert, limit: int = MAX_BATCH) -> Polled:
        """The open job, exactly as it was served before; otherwise a new one of the first waiting records.

        The limit counts for a new job only. The alert is locked only when there is something to take: a lock
        is a write on PostgreSQL, which waits for the disk, and most polls find nothing new.
        """
        self._require(tx, actor, self._watch(tx, alert))
        if not queue_store.has_waiting(tx, alert.id, self._clock.now()):
            return Polled(None, None)
        held = self._held(tx, alert)
        if held is None:
            watch = self._watch(tx, self.alert_of_id(tx, alert.id))
            # another consumer may have been quicker
            held = self._held(tx, alert) or self._open(tx, watch, min(limit, MAX_BATCH))
        return held

    def check(self, tx: Tx, actor: Actor, queue_uuid: str) -> None:
        """Go on when the actor may drain this queue, as a poll of it would; for reads, which lock nothing."""
        self._require(tx, actor, self._watch(tx, self.known_queue(tx, queue_uuid)))

    def has_waiting(self, tx: Tx, actor: Actor, alert_id: int) -> bool:
        """Whether a poll would get something; refused as the poll would be."""
        self._require(tx, actor, self._watch(tx, self.known_alert(tx, alert_id)))
        return queue_store.has_waiting(tx, alert_id, self._clock.now())

    def finish(
        self,
        tx: Tx,
        actor: Actor,
        alert: Alert,
        job_uuid: str,
        released: Mapping[int, float] | None = None,
    ) -> Finished:
        """Clear a job. Again is harmless for 30 days and answers the same number (Q6).

        `released` are records of the job that the consumer could not handle, with the seconds after which
        they may come again. A job that is not this queue's is NotFoundError `poll_job_unknown` (Q8).
        """
        self._require(tx, actor, self._watch(tx, alert))
        now = self._clock.now()
        job = queue_store.find_job(tx, alert.id, job_uuid) if "\0" not in job_uuid else None
        if job is None or (job.finished_at or now) < now - REMEMBERED_DAYS * DAY:
            raise unknown_poll_job()
        if job.finished_at is not None or job.snapshot is None:
            return Finished(job.record_count)
        given_back = self._given_back(job, released or {}, now)
        queue_store.put_back(tx, alert.id, given_back)
        cleared = job.record_count - len(given_back)
        queue_store.finish_job(tx, job_uuid, now, cleared)
        queue_store.forget_jobs(tx, alert.id, now - REMEMBERED_DAYS * DAY)
        store.note_finished(tx, alert.id, now, job.last_queued_at)
        signal_alert(tx, self._events, alert.id)
        return Finished(cleared, len(given_back))

    def release(self, tx: Tx, actor: Actor, alert: Alert) -> int:
        """Take the open job from its consumer: its records wait again and its UUID is forgotten (Q14).

        How many records it had, 0 without a job. Only for administrators.
        """
        require(actor, "admin")
        job = queue_store.open_job(tx, alert.id)
        if job is None or job.snapshot is None:
            return 0
        items = snapshot.decode(job.snapshot).items
        queue_store.put_back(tx, alert.id, [(_entry(item), 0) for item in items])
        queue_store.delete_job(tx, job.id)
        signal_alert(tx, self._events, alert.id)
        return len(items)

    def take(self, tx: Tx, alert_id: int, limit: int) -> list[Item]:
        """Take waiting records for good, in order, with all their values and the extra fields; opens no job.

        For flows, which store what they took in the same transaction.
        """
        alert = self.alert_of_id(tx, alert_id)
        watch = self._watch(tx, alert)
        entries = queue_store.take(tx, alert_id, self._clock.now(), limit)
        if not entries:
            return []
        store.note_finished(tx, alert_id, self._clock.now(), max(entry.queued_at for entry in entries))
        signal_alert(tx, self._events, alert_id)
        names = dict.fromkeys([field.name for field in watch.module.fields] + list(watch.alert.extra_fields))
        return self._reader.read(tx, watch.scope, entries, names).items

    def _held(self, tx: Tx, alert: Alert) -> Polled | None:
        job = queue_store.open_job(tx, alert.id)
        if job is None or job.snapshot is None:
            return None
        return Polled(job.id, snapshot.decode(job.snapshot))

    def _open(self, tx: Tx, watch: Watch, limit: int) -> Polled:
        now, alert = self._clock.now(), watch.alert
        entries = queue_store.take(tx, alert.id, now, limit)
        if not entries:
            return Polled(None, None)
        told = self._reader.read(tx, watch.scope, entries, alert.extra_fields)
        latest = max(entry.queued_at for entry in entries)
        job = PollJob(new_uuid(), now, None, len(entries), latest, snapshot.encode(told))
        queue_store.insert_job(tx, alert.id, job)
        signal_alert(tx, self._events, alert.id)
        return Polled(job.id, told)

    def _given_back(
        self, job: PollJob, released: Mapping[int, float], now: int
    ) -> Sequence[tuple[Entry, int]]:
        items = (
            {item.record_id: item for item in snapshot.decode(job.snapshot or b"").items} if released else {}
        )
        unknown = [record_id for record_id in released if record_id not in items]
        if unknown:
            raise invalid_release(unknown)
        return [
            (_entry(items[record_id]), now + int(seconds * SECOND) if seconds else 0)
            for record_id, seconds in released.items()
        ]

    def _watch(self, tx: Tx, alert: Alert) -> Watch:
        watch = self._watches.of(tx, alert)
        if watch is None:
            raise unknown_queue()
        return watch

    def _require(self, tx: Tx, actor: Actor, watch: Watch) -> None:
        require(actor, "alerts", watch.module.handle)
        require_reader(tx, actor, watch.module.handle)


def _entry(item: Item) -> Entry:
    return Entry(item.record_id, item.position, item.queued_at, item.operation)
