"""`/api/jobs`: every background job, its log, cancel and retry (wire/native.md section 6)."""

from collections.abc import Iterator
from typing import Any, Literal

import msgspec

from headwater.jobs.model import Job, LogEvent
from headwater.jobs.service import Jobs
from headwater.kernel.clock import parse, rfc3339
from headwater.web.call import Call
from headwater.web.paging import Id, ListQuery, cursor_id, encode_cursor, path_id
from headwater.web.route import Route


class JobsQuery(ListQuery):
    """Which jobs: all of them newest first, or those of a kind, status, time or parent."""

    kind: str | None = None
    status: Literal["queued", "running", "ok", "error", "cancelled"] | None = None
    created_from: str | None = None
    created_to: str | None = None
    parent_id: Id | None = None


class JobView(msgspec.Struct):
    """A job as the API shows it; times are RFC 3339."""

    id: int
    kind: str
    status: str
    run_at: str
    attempts: int
    max_attempts: int
    parameters: Any
    timeout_seconds: float | None
    parent_id: int | None
    actor: Any
    created_at: str
    started_at: str | None
    finished_at: str | None
    is_cancel_requested: bool
    error: Any
    result: Any


class JobPage(msgspec.Struct):
    """A slice of jobs."""

    items: list[JobView]
    next_cursor: str | None


class LogQuery(ListQuery):
    """Which lines: in order, behind a cursor."""


class LogView(msgspec.Struct):
    """One line of a log."""

    id: int
    at: str
    level: str
    message: str
    data: Any


class LogPage(msgspec.Struct):
    """A slice of a log."""

    items: list[LogView]
    next_cursor: str | None


def routes(jobs: Jobs) -> list[Route]:
    """The routes over this service."""
    handlers = _Handlers(jobs)
    tags: dict[str, Any] = {"scope": "jobs", "tag": "Jobs"}
    one = "/api/jobs/{job}"
    return [
        Route("GET", "/api/jobs", handlers.list, "List jobs", query=JobsQuery, answer=JobPage, **tags),
        Route("GET", one, handlers.get, "Get a job", answer=JobView, **tags),
        Route("GET", f"{one}/log", handlers.log, "Read a job's log", query=LogQuery, answer=LogPage, **tags),
        Route("POST", f"{one}/cancel", handlers.cancel, "Cancel a job", answer=JobView, **tags),
        Route("POST", f"{one}/retry", handlers.retry, "Retry a job", answer=JobView, **tags),
    ]


class _Handlers:
    def __init__(self, jobs: Jobs) -> None:
        self._jobs = jobs

    async def list(self, call: Call) -> JobPage:
        query: JobsQuery = call.query
        conditions = list(_conditions(query))
        found = await call.read(lambda tx: self._jobs.list(tx, call.actor, conditions, query.limit + 1))
        shown = found[: query.limit]
        more = encode_cursor([shown[-1].id]) if len(found) > query.limit else None
        return JobPage([job_view(job) for job in shown], more)

    async def get(self, call: Call) -> JobView:
        return job_view(await call.read(lambda tx: self._jobs.get(tx, call.actor, job_id(call))))

    async def log(self, call: Call) -> LogPage:
        query: LogQuery = call.query
        after = cursor_id(query.cursor) if query.cursor else 0
        found = await call.read(
            lambda tx: self._jobs.log(tx, call.actor, job_id(call), after=after, limit=query.limit + 1)
        )
        shown = found[: query.limit]
        more = encode_cursor([shown[-1].id]) if len(found) > query.limit else None
        return LogPage([_log_view(event) for event in shown], more)

    async def cancel(self, call: Call) -> JobView:
        return await call.write(lambda tx: job_view(self._jobs.cancel(tx, call.actor, job_id(call))))

    async def retry(self, call: Call) -> JobView:
        return await call.write(lambda tx: job_view(self._jobs.retry(tx, call.actor, job_id(call))))


def job_view(job: Job) -> JobView:
    """A job as the API shows it; whose rights it uses, without their scopes."""
    return JobView(
        id=job.id,
        kind=job.kind,
        status=job.status,
        run_at=rfc3339(job.run_at),
        attempts=job.attempts,
        max_attempts=job.max_attempts,
        parameters=job.parameters,
        timeout_seconds=job.timeout_seconds,
        parent_id=job.parent_id,
        actor={name: job.actor.get(name) for name in ("kind", "id", "name")},
        created_at=rfc3339(job.created_at),
        started_at=_time(job.started_at),
        finished_at=_time(job.finished_at),
        is_cancel_requested=job.is_cancel_requested,
        error=job.error,
        result=job.result,
    )


def job_id(call: Call) -> int:
    """The id in the path; what is no number is no job."""
    return path_id(call.path["job"], "job_unknown")


def _conditions(query: JobsQuery) -> Iterator[tuple[str, Any]]:
    if query.kind is not None:
        yield "kind = ?", query.kind
    if query.status is not None:
        yield "status = ?", query.status
    if query.parent_id is not None:
        yield "parent_id = ?", query.parent_id
    if query.created_from is not None:
        yield "created_at >= ?", parse(query.created_from)
    if query.created_to is not None:
        yield "created_at < ?", parse(query.created_to)
    if query.cursor is not None:
        yield "id < ?", cursor_id(query.cursor)


def _time(moment: int | None) -> str | None:
    return None if moment is None else rfc3339(moment)


def _log_view(event: LogEvent) -> LogView:
    return LogView(event.id, rfc3339(event.at), event.level, event.message, event.data)
