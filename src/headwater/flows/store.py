"""The `flow_run`, `flow_step` and `flow_state` tables."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from headwater.db.database import Row, Tx
from headwater.db.sql import in_ids, lock_clause
from headwater.flows.model import Plan, RunKind, StepKind
from headwater.kernel import json
from headwater.kernel.errors import RetryError

RUN_COLUMNS = (
    "run.id, run.flow_id, run.flow_name, run.kind, run.job_id, run.actor, run.options, "
    "run.created_at, run.records_read, run.records_ok, run.records_ignored, run.records_failed, run.is_read, "
    "job.status, job.started_at, job.finished_at, job.error"
)
STEP_COLUMNS = (
    "run_id, position, step_id, document_id, kind, name, "
    "success, ignored, failed, pages, cursor, is_read, state"
)


@dataclass(frozen=True, slots=True)
class Run:
    """One execution of a flow; status, times and error are its job's."""

    id: int
    flow_id: str
    flow_name: str
    kind: RunKind
    job_id: int
    actor: Mapping[str, Any]
    options: Mapping[str, Any]
    created_at: int
    records_read: int = 0
    records_ok: int = 0
    records_ignored: int = 0
    records_failed: int = 0
    is_read: bool = False
    status: str = "queued"
    started_at: int | None = None
    finished_at: int | None = None
    error: Any = None


@dataclass(frozen=True, slots=True)
class StepRow:
    """The counters of one place in a run, and where its source or sink stands."""

    run_id: int
    position: int
    step_id: str
    document_id: str
    kind: StepKind
    name: str
    success: int = 0
    ignored: int = 0
    failed: int = 0
    pages: int = 0
    cursor: Any = None
    is_read: bool = False
    state: Any = None


@dataclass(frozen=True, slots=True)
class Counts:
    """What a commit adds to the counters of a step."""

    success: int = 0
    ignored: int = 0
    failed: int = 0
    pages: int = 0


@dataclass(frozen=True, slots=True)
class Classes:
    """What a commit adds to the counters of a run: source records, each in one class."""

    read: int = 0
    ok: int = 0
    ignored: int = 0
    failed: int = 0


_UNCHANGED = object()
_OF_A_RUN = (("flow_piece", "run_id"), ("flow_batch", "run_id"), ("flow_step", "run_id"), ("flow_run", "id"))


@dataclass(frozen=True, slots=True)
class Progress:
    """What a commit changes in a step's row."""

    counts: Counts = field(default_factory=Counts)
    cursor: Any = _UNCHANGED
    is_read: bool = False
    state: Any = _UNCHANGED


def insert_run(tx: Tx, run: Run, plan: Plan, documents: str) -> None:
    """Keep a new run with its documents and a row for each of its places."""
    values = [run.id, run.flow_id, run.flow_name, run.kind, run.job_id, json.dumps(run.actor), documents]
    tx.run(
        "insert into flow_run (id, flow_id, flow_name, kind, job_id, actor, documents, options, created_at, "
        "records_read, records_ok, records_ignored, records_failed, is_read) "
        "values (?, ?, ?, ?, ?, ?, ?, ?, ?, 0, 0, 0, 0, ?)",
        [*values, json.dumps(run.options), run.created_at, False],
    )
    for step in plan.steps:
        tx.run(
            "insert into flow_step (run_id, position, step_id, document_id, kind, name, "
            "success, ignored, failed, pages, cursor, is_read, state) "
            "values (?, ?, ?, ?, ?, ?, 0, 0, 0, 0, 'null', ?, 'null')",
            (run.id, step.position, step.id, step.document_id, step.kind, step.name, False),
        )


def run_of(tx: Tx, run_id: int) -> Run | None:
    """The run, or None."""
    found = find_runs(tx, [("run.id = ?", run_id)], 1)
    return found[0] if found else None


def documents_of(tx: Tx, run_id: int) -> str:
    """The documents that a run was started with; nothing once they were forgotten."""
    found: str | None = tx.scalar("select documents from flow_run where id = ?", (run_id,))
    return found or ""


def forget_documents(tx: Tx, flow_id: str) -> None:
    """Drop the documents of the flow's earlier runs that are done: without failures nothing asks for them."""
    tx.run(
        "update flow_run set documents = '' where flow_id = ? and documents <> '' and records_failed = 0 "
        "and exists (select 1 from job where job.id = flow_run.job_id and job.status = 'ok')",
        (flow_id,),
    )


def find_runs(tx: Tx, conditions: Sequence[tuple[str, Any]], limit: int) -> list[Run]:
    """Newest first, those that meet every `(sql with one ?, value)`; `run` and `job` name the tables."""
    where = " and ".join(text for text, _ in conditions) or "1 = 1"
    rows = tx.all(
        f"select {RUN_COLUMNS} from flow_run run join job on job.id = run.job_id "  # noqa: S608 - names of our own, values are bound
        f"where {where} order by run.id desc limit ?",
        [*(value for _, value in conditions), limit],
    )
    return [_run(row) for row in rows]


def latest_runs(tx: Tx, flow_ids: Sequence[str]) -> dict[str, Run]:
    """The newest run of each flow that has one, by flow."""
    each = "json_each(?)" if tx.dialect == "sqlite" else "json_array_elements_text(cast(? as json))"
    newest = f"run.id in (select (select max(id) from flow_run where flow_id = value) from {each})"  # noqa: S608 - names of our own, values are bound
    return {run.flow_id: run for run in find_runs(tx, [(newest, json.dumps(flow_ids))], len(flow_ids))}


def steps_of(tx: Tx, run_id: int) -> list[StepRow]:
    """The rows of a run's places, by position."""
    rows = tx.all(
        f"select {STEP_COLUMNS} from flow_step where run_id = ? order by position",  # noqa: S608 - names of our own, values are bound
        (run_id,),
    )
    return [_step(row) for row in rows]


def step_of(tx: Tx, run_id: int, position: int) -> StepRow:
    """The row of one place."""
    row = tx.one(
        f"select {STEP_COLUMNS} from flow_step where run_id = ? and position = ?",  # noqa: S608 - names of our own, values are bound
        (run_id, position),
    )
    if row is None:
        raise LookupError(f"run {run_id} has no place {position}")
    return _step(row)


def move_step(tx: Tx, run_id: int, position: int, progress: Progress) -> None:
    """Add to a place's counters and set where it stands."""
    counts = progress.counts
    sets = ["success = success + ?", "ignored = ignored + ?", "failed = failed + ?", "pages = pages + ?"]
    values: list[Any] = [counts.success, counts.ignored, counts.failed, counts.pages]
    if progress.cursor is not _UNCHANGED:
        sets += ["cursor = ?", "is_read = ?"]
        values += [json.dumps(progress.cursor), progress.is_read]
    if progress.state is not _UNCHANGED:
        sets.append("state = ?")
        values.append(json.dumps(progress.state))
    sql = f"update flow_step set {', '.join(sets)} where run_id = ? and position = ?"  # noqa: S608 - names of our own, values are bound
    tx.run(sql, [*values, run_id, position])


def require_cursor(tx: Tx, run_id: int, position: int, cursor: Any) -> None:
    """Go on only from this cursor: RetryError `run_overtaken` when another attempt has read behind it."""
    lock = lock_clause(tx.dialect)
    sql = f"select cursor from flow_step where run_id = ? and position = ?{lock}"  # noqa: S608 - names of our own, values are bound
    if tx.scalar(sql, (run_id, position)) != json.dumps(cursor):
        raise overtaken()


def overtaken() -> RetryError:
    """The error for an attempt whose work was done by another one."""
    return RetryError("run_overtaken", "Another attempt of this run was still at work.")


def count_records(tx: Tx, run_id: int, classes: Classes) -> None:
    """Add to a run's own counters."""
    if classes == Classes():
        return
    tx.run(
        "update flow_run set records_read = records_read + ?, records_ok = records_ok + ?, "
        "records_ignored = records_ignored + ?, records_failed = records_failed + ? where id = ?",
        (classes.read, classes.ok, classes.ignored, classes.failed, run_id),
    )


def mark_read(tx: Tx, run_id: int) -> None:
    """Say that every source has been read to its end."""
    tx.run("update flow_run set is_read = ? where id = ?", (True, run_id))


def prune(tx: Tx, before: int) -> None:
    """Drop the runs made before a time whose jobs are gone, with all that belongs to them."""
    rows = tx.all(
        "select id from flow_run where created_at < ? and not exists "
        "(select 1 from job where job.id = flow_run.job_id) order by id limit 100",
        (before,),
    )
    ids = json.dumps([row[0] for row in rows])
    for table, column in _OF_A_RUN:
        tx.run(f"delete from {table} where {column} {in_ids(tx.dialect)}", (ids,))  # noqa: S608 - names of our own, values are bound


def last_export_at(tx: Tx, flow_id: str, step_id: str) -> int | None:
    """The date of the last run that succeeded as a whole, for one generator's place."""
    found: int | None = tx.scalar(
        "select last_export_at from flow_state where flow_id = ? and step_id = ?", (flow_id, step_id)
    )
    return found


def set_last_export_at(tx: Tx, flow_id: str, step_id: str, moment: int) -> None:
    """Move that date."""
    tx.run(
        "insert into flow_state (flow_id, step_id, last_export_at) values (?, ?, ?) "
        "on conflict (flow_id, step_id) do update set last_export_at = excluded.last_export_at",
        (flow_id, step_id, moment),
    )


def delete_state(tx: Tx, flow_id: str) -> None:
    """Forget what a flow remembers between runs."""
    tx.run("delete from flow_state where flow_id = ?", (flow_id,))


def _run(row: Row) -> Run:
    values = list(row)
    values[5], values[6] = json.loads(values[5]), json.loads(values[6])
    values[12], values[16] = bool(values[12]), json.loads(values[16])
    return Run(*values)


def _step(row: Row) -> StepRow:
    values = list(row)
    values[10], values[11], values[12] = json.loads(values[10]), bool(values[11]), json.loads(values[12])
    return StepRow(*values)
