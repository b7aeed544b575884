"""Flows, runs and failures as the API shows them."""

from collections.abc import Mapping, Sequence
from typing import Any

import msgspec

from headwater.flows.failure import Failure
from headwater.flows.store import Run, StepRow
from headwater.kernel.clock import rfc3339


class RecordCounts(msgspec.Struct):
    """Distinct source records, each in one class."""

    read: int
    ok: int
    ignored: int
    failed: int


class StepView(msgspec.Struct):
    """The counters of one place of a run."""

    position: int
    id: str
    document_id: str
    kind: str
    name: str
    success: int
    ignored: int
    failed: int
    pages: int
    is_read: bool


class RunView(msgspec.Struct):
    """One execution of a flow; `steps` only where one run is asked for."""

    id: int
    flow_id: str
    flow_name: str
    kind: str
    status: str
    job_id: int
    created_at: str
    started_at: str | None
    finished_at: str | None
    records: RecordCounts
    error: Any
    actor: Any
    steps: list[StepView] | None = None


class FailureView(msgspec.Struct):
    """One record that a step could not handle."""

    id: int
    flow_id: str
    run_id: int
    step_id: str
    document_id: str
    status: str
    at: str
    stage: str
    source: str
    code: str
    message: str
    kind: str
    trace_key: str
    data: Any
    has_data: bool
    attempts: int
    next_retry_at: str | None
    resolved_at: str | None
    resolved_by: str
    tags: list[Any]
    assigned_to: str


class FlowView(msgspec.Struct):
    """A flow in a list."""

    id: str
    name: str
    format: str
    disabled: bool
    schedule: str | None
    time_zone: str | None
    last_run: RunView | None


class RunPage(msgspec.Struct):
    """A slice of runs."""

    items: list[RunView]
    next_cursor: str | None


class FailurePage(msgspec.Struct):
    """A slice of failures."""

    items: list[FailureView]
    next_cursor: str | None


class FlowPage(msgspec.Struct):
    """A slice of flows."""

    items: list[FlowView]
    next_cursor: str | None


def run_view(run: Run, steps: Sequence[StepRow] | None = None) -> RunView:
    """A run, with its places when they are given."""
    return RunView(
        id=run.id,
        flow_id=run.flow_id,
        flow_name=run.flow_name,
        kind=run.kind,
        status=run.status,
        job_id=run.job_id,
        created_at=rfc3339(run.created_at),
        started_at=_time(run.started_at),
        finished_at=_time(run.finished_at),
        records=RecordCounts(run.records_read, run.records_ok, run.records_ignored, run.records_failed),
        error=run.error,
        actor={name: run.actor.get(name) for name in ("kind", "id", "name")},
        steps=None if steps is None else [_step_view(step) for step in steps],
    )


def failure_view(failure: Failure) -> FailureView:
    """A failure."""
    return FailureView(
        id=failure.id,
        flow_id=failure.flow_id,
        run_id=failure.run_id,
        step_id=failure.step_id,
        document_id=failure.document_id,
        status=failure.status,
        at=rfc3339(failure.at),
        stage=failure.stage,
        source=failure.source,
        code=failure.code,
        message=failure.message,
        kind=failure.kind,
        trace_key=failure.trace_key,
        data=failure.data,
        has_data=failure.has_data,
        attempts=failure.attempts,
        next_retry_at=_time(failure.next_retry_at),
        resolved_at=_time(failure.resolved_at),
        resolved_by=failure.resolved_by,
        tags=list(failure.tags),
        assigned_to=failure.assigned_to,
    )


def flow_view(document: Mapping[str, Any], last_run: Run | None) -> FlowView:
    """A flow of the integrator form."""
    return FlowView(
        id=document["_id"],
        name=str(document.get("name") or ""),
        format="integrator",
        disabled=document.get("disabled") is True,
        schedule=document.get("schedule") or None,
        time_zone=document.get("timezone") or None,
        last_run=run_view(last_run) if last_run else None,
    )


def _step_view(step: StepRow) -> StepView:
    return StepView(
        step.position,
        step.step_id,
        step.document_id,
        step.kind,
        step.name,
        step.success,
        step.ignored,
        step.failed,
        step.pages,
        step.is_read,
    )


def _time(moment: int | None) -> str | None:
    return None if moment is None else rfc3339(moment)
