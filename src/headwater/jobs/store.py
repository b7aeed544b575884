"""The `job` and `job_log` tables."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from headwater.db.database import Row, Tx
from headwater.db.sql import in_ids, in_texts, lock_clause, skip_locked_clause
from headwater.jobs.model import Job, Level, LogEvent
from headwater.kernel import json

COLUMNS = (
    "id, kind, status, run_at, attempts, max_attempts, parameters, timeout_seconds, exclusive_key, "
    "parent_id, actor, created_at, started_at, finished_at, is_cancel_requested, worker, lease_until, "
    "error, result, place"
)
_JSON_FIELDS = ("parameters", "actor", "error", "result")
_NAMES = COLUMNS.split(", ")


def insert(tx: Tx, job: Job) -> None:
    """Keep a new job."""
    marks = ", ".join("?" * len(_NAMES))
    # Only our own column names are pasted into the text.
    tx.run(f"insert into job ({COLUMNS}) values ({marks})", [_to_column(job, name) for name in _NAMES])  # noqa: S608 - names of our own, values are bound


def get(tx: Tx, job_id: int) -> Job | None:
    """The job, or None."""
    row = tx.one(f"select {COLUMNS} from job where id = ?", (job_id,))  # noqa: S608 - names of our own, values are bound
    return _job(row) if row else None


def get_to_change(tx: Tx, job_id: int) -> Job | None:
    """The job as it stays until this transaction ends, or None."""
    lock = lock_clause(tx.dialect)
    row = tx.one(f"select {COLUMNS} from job where id = ?{lock}", (job_id,))  # noqa: S608 - names of our own, values are bound
    return _job(row) if row else None


def update(tx: Tx, job_id: int, **values: Any) -> None:
    """Set columns of a job; JSON columns take values."""
    assignments = ", ".join(f"{name} = ?" for name in values)
    parameters = [json.dumps(value) if name in _JSON_FIELDS else value for name, value in values.items()]
    tx.run(f"update job set {assignments} where id = ?", [*parameters, job_id])  # noqa: S608 - names of our own, values are bound


def is_any_ready(tx: Tx, kinds: Sequence[str], place: str | None, now: int) -> bool:
    """Whether `ready` would find a job; for reads."""
    return _ready(tx, kinds, place, now, lock="") is not None


def ready(tx: Tx, kinds: Sequence[str], place: str | None, now: int) -> Job | None:
    """The job that has been ready longest, of a kind in `kinds`, with no running job of its exclusive key.

    It is one that may run anywhere or at `place`; one that another process is about to take is passed over.
    """
    return _ready(tx, kinds, place, now, lock=skip_locked_clause(tx.dialect))


def _ready(tx: Tx, kinds: Sequence[str], place: str | None, now: int, *, lock: str) -> Job | None:
    row = tx.one(
        f"select {COLUMNS} from job where status = 'queued' and (run_at <= ? or run_at <= created_at) "  # noqa: S608 - names of our own, values are bound
        f"and kind {in_texts(tx.dialect)} and (place is null or place = ?) "
        f"and (exclusive_key is null or not exists (select 1 from job other "
        f"where other.exclusive_key = job.exclusive_key and other.status = 'running')) "
        f"order by run_at, id limit 1{lock}",
        (now, json.dumps(list(kinds)), place),
    )
    return _job(row) if row else None


def hold(tx: Tx, job_id: int, values: Mapping[str, Any]) -> bool:
    """Make a queued job running; False when another process was quicker."""
    assignments = ", ".join(f"{name} = ?" for name in values)
    sql = f"update job set status = 'running', {assignments} where id = ? and status = 'queued'"  # noqa: S608 - names of our own, values are bound
    return tx.run(sql, [*values.values(), job_id]) == 1


def next_run_at(tx: Tx, kinds: Sequence[str], now: int) -> int | None:
    """When the next job that waits for its time becomes ready."""
    due: int | None = tx.scalar(
        f"select min(run_at) from job where status = 'queued' and run_at > ? and kind {in_texts(tx.dialect)}",  # noqa: S608 - names of our own, values are bound
        (now, json.dumps(list(kinds))),
    )
    return due


def running_to_change(tx: Tx) -> list[Job]:
    """Every job that somebody holds, but those that another process changes just now."""
    lock = skip_locked_clause(tx.dialect)
    rows = tx.all(f"select {COLUMNS} from job where status = 'running' order by id{lock}")  # noqa: S608 - names of our own, values are bound
    return [_job(row) for row in rows]


def cancel_requests(tx: Tx, job_ids: Iterable[int]) -> list[int]:
    """Which of these jobs somebody wants stopped."""
    rows = tx.all(
        f"select id from job where is_cancel_requested and id {in_ids(tx.dialect)}",  # noqa: S608 - names of our own, values are bound
        (json.dumps(list(job_ids)),),
    )
    return [row[0] for row in rows]


def renew(tx: Tx, worker: str, lease_until: int) -> set[int]:
    """Say that a process still holds its jobs; their ids."""
    rows = tx.all(
        "update job set lease_until = ? where worker = ? and status = 'running' returning id",
        (lease_until, worker),
    )
    return {row[0] for row in rows}


def find(tx: Tx, conditions: Sequence[tuple[str, Any]], limit: int) -> list[Job]:
    """Newest first, those that meet every `(sql with one ?, value)`; the texts are our own."""
    where = " and ".join(text for text, _ in conditions) or "1 = 1"
    rows = tx.all(
        f"select {COLUMNS} from job where {where} order by id desc limit ?",  # noqa: S608 - names of our own, values are bound
        [*(value for _, value in conditions), limit],
    )
    return [_job(row) for row in rows]


def open_of(tx: Tx, exclusive_key: str) -> list[Job]:
    """The jobs of a key that wait or run, oldest first."""
    rows = tx.all(
        f"select {COLUMNS} from job where exclusive_key = ? and status in ('queued', 'running') "  # noqa: S608 - names of our own, values are bound
        "order by id",
        (exclusive_key,),
    )
    return [_job(row) for row in rows]


def append_log(tx: Tx, event: LogEvent) -> None:
    """Add a line; lines are never changed."""
    tx.run(
        "insert into job_log (id, job_id, at, level, message, data) values (?, ?, ?, ?, ?, ?)",
        (event.id, event.job_id, event.at, event.level, event.message, json.dumps(event.data)),
    )


def log(tx: Tx, job_id: int, after: int, limit: int) -> list[LogEvent]:
    """Lines in order, behind the line `after`."""
    rows = tx.all(
        "select id, job_id, at, level, message, data from job_log "
        "where job_id = ? and id > ? order by id limit ?",
        (job_id, after, limit),
    )
    return [_log_event(row) for row in rows]


def prune(tx: Tx, before: int, limit: int) -> int:
    """Drop up to `limit` jobs that finished before a time, with their logs; how many went."""
    rows = tx.all(
        "select id from job where finished_at is not null and finished_at < ? order by id limit ?",
        (before, limit),
    )
    ids = json.dumps([row[0] for row in rows])
    tx.run(f"delete from job_log where job_id {in_ids(tx.dialect)}", (ids,))  # noqa: S608 - names of our own, values are bound
    tx.run(f"delete from job where id {in_ids(tx.dialect)}", (ids,))  # noqa: S608 - names of our own, values are bound
    return len(rows)


def _to_column(job: Job, name: str) -> Any:
    value = getattr(job, name)
    return json.dumps(value) if name in _JSON_FIELDS else value


def _job(row: Row) -> Job:
    values = dict(zip(_NAMES, row, strict=True))
    for name in _JSON_FIELDS:
        values[name] = json.loads(values[name])
    values["is_cancel_requested"] = bool(values["is_cancel_requested"])
    return Job(**values)


def _log_event(row: Row) -> LogEvent:
    level: Level = row[3]
    return LogEvent(row[0], row[1], row[2], level, row[4], json.loads(row[5]))
