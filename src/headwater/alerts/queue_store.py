"""Rows of queues: waiting entries, poll jobs, burnt and matching records."""

from collections.abc import Iterable, Mapping, Sequence
from operator import itemgetter
from typing import Any, NamedTuple

from headwater.alerts.model import Entry, Totals
from headwater.db.database import Dialect, Tx
from headwater.db.sql import in_ids
from headwater.kernel.json import dumps

_PUT = """
insert into queue_entry (alert_id, record_id, position, queued_at, operation, available_at)
values (?, ?, ?, ?, ?, ?)
on conflict (alert_id, record_id) do update
set queued_at = excluded.queued_at, operation = excluded.operation, available_at = excluded.available_at
"""
# A released record that changed meanwhile waits as the newer change says.
_PUT_BACK = """
insert into queue_entry (alert_id, record_id, position, queued_at, operation, available_at)
values (?, ?, ?, ?, ?, ?)
on conflict (alert_id, record_id) do nothing
"""
_TAKE = """
delete from queue_entry where alert_id = ? and record_id in (
    select record_id from queue_entry where alert_id = ? and available_at <= ? order by position limit ?)
returning record_id, position, queued_at, operation
"""
_TOTALS = """
select alert_id, count(*), max(queued_at) from queue_entry where alert_id {in_ids} group by alert_id
"""
_OPEN_TOTALS = """
select alert_id, record_count, last_queued_at from poll_job where alert_id {in_ids} and finished_at is null
"""
_IDS: dict[Dialect, str] = {
    "sqlite": "value from json_each(?)",
    "postgres": "cast(value as bigint) from json_array_elements_text(cast(? as json))",
}
# SQLite wants a `where` in front of `on conflict`.
_REMEMBER = "insert into {table} (alert_id, record_id) select ?, {ids} where true on conflict do nothing"
# One statement, one moment: between two of them another consumer could turn entries into a job.
_HAS_WAITING = """
select 1 from poll_job where alert_id = ? and finished_at is null
union all
select 1 from queue_entry where alert_id = ? and available_at <= ?
limit 1
"""
_OPEN_JOB = "select id, opened_at, finished_at, record_count, last_queued_at, snapshot from poll_job"


class PollJob(NamedTuple):
    """The batch that a consumer holds; `snapshot` is what it was told, and is dropped when it is finished."""

    id: str
    opened_at: int
    finished_at: int | None
    record_count: int
    last_queued_at: int
    snapshot: bytes | None


def put(tx: Tx, alert_id: int, entries: Iterable[Entry]) -> None:
    """Have records wait; one that waits already keeps its place and gets the new time and operation."""
    tx.run_many(_PUT, [(alert_id, *entry, 0) for entry in entries])


def put_back(tx: Tx, alert_id: int, entries: Iterable[tuple[Entry, int]]) -> None:
    """Have records of a job wait again, each not before a moment; those that wait already stay."""
    tx.run_many(_PUT_BACK, [(alert_id, *entry, available_at) for entry, available_at in entries])


def take(tx: Tx, alert_id: int, now: int, limit: int) -> list[Entry]:
    """Take the first records out of the queue, in the order of their places."""
    rows = tx.all(_TAKE, (alert_id, alert_id, now, limit))
    return sorted(map(Entry._make, rows), key=itemgetter(1))


def remove(tx: Tx, alert_id: int, record_ids: Sequence[int]) -> int:
    """Take these records out of the waiting entries; how many waited."""
    sql = f"delete from queue_entry where alert_id = ? and record_id {in_ids(tx.dialect)}"  # noqa: S608 - names of our own, values are bound
    return tx.run(sql, (alert_id, dumps(record_ids)))


def has_waiting(tx: Tx, alert_id: int, now: int) -> bool:
    """Whether a poll would get something: an open job, or an entry that may be taken."""
    return tx.one(_HAS_WAITING, (alert_id, alert_id, now)) is not None


def totals(tx: Tx, alert_ids: Sequence[int]) -> Mapping[int, Totals]:
    """The figures of alerts; those with nothing waiting and no open job are left out."""
    ids, among = dumps(alert_ids), in_ids(tx.dialect)
    found = {
        alert_id: Totals(queued, 0, latest)
        for alert_id, queued, latest in tx.all(_TOTALS.format(in_ids=among), (ids,))
    }
    for alert_id, count, latest in tx.all(_OPEN_TOTALS.format(in_ids=among), (ids,)):
        waiting = found.get(alert_id, Totals())
        found[alert_id] = Totals(waiting.queued, count, max(latest, waiting.last_queued_at or 0))
    return found


def open_job(tx: Tx, alert_id: int) -> PollJob | None:
    """The job that the queue's consumer holds."""
    return _job(tx.one(f"{_OPEN_JOB} where alert_id = ? and finished_at is null", (alert_id,)))


def find_job(tx: Tx, alert_id: int, job_uuid: str) -> PollJob | None:
    """A job of this queue, open or finished."""
    return _job(tx.one(f"{_OPEN_JOB} where id = ? and alert_id = ?", (job_uuid, alert_id)))


def insert_job(tx: Tx, alert_id: int, job: PollJob) -> None:
    """Open a job. A unique index keeps a queue from having two."""
    tx.run(
        "insert into poll_job (id, alert_id, opened_at, finished_at, record_count, last_queued_at, snapshot)"
        " values (?, ?, ?, ?, ?, ?, ?)",
        (job.id, alert_id, *job[1:]),
    )


def finish_job(tx: Tx, job_uuid: str, now: int, cleared: int) -> None:
    """Mark a job finished; the number that it cleared is kept, its records are not."""
    sql = "update poll_job set finished_at = ?, record_count = ?, snapshot = null where id = ?"
    tx.run(sql, (now, cleared, job_uuid))


def delete_job(tx: Tx, job_uuid: str) -> None:
    """Forget a job."""
    tx.run("delete from poll_job where id = ?", (job_uuid,))


def forget_jobs(tx: Tx, alert_id: int, before: int) -> None:
    """Forget the jobs of a queue that were finished before a moment."""
    tx.run("delete from poll_job where alert_id = ? and finished_at < ?", (alert_id, before))


def burn(tx: Tx, alert_id: int, record_ids: Sequence[int]) -> set[int]:
    """Mark records as queued once for ever; those of them that were not before."""
    sql = _REMEMBER.format(table="alert_burnt", ids=_IDS[tx.dialect])
    rows = tx.all(f"{sql} returning record_id", (alert_id, dumps(record_ids)))
    return {row[0] for row in rows}


def note_matching(tx: Tx, alert_id: int, record_ids: Sequence[int]) -> None:
    """Remember that these records passed at the last evaluation."""
    tx.run(_REMEMBER.format(table="alert_match", ids=_IDS[tx.dialect]), (alert_id, dumps(record_ids)))


def forget_matching(tx: Tx, alert_id: int, record_ids: Sequence[int]) -> None:
    """Remember that these records did not pass at the last evaluation."""
    sql = f"delete from alert_match where alert_id = ? and record_id {in_ids(tx.dialect)}"  # noqa: S608 - names of our own, values are bound
    tx.run(sql, (alert_id, dumps(record_ids)))


def _job(row: Any) -> PollJob | None:
    return None if row is None else PollJob(*row)
