"""What came of one attempt of a job, and where it goes from there."""

import asyncio
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from headwater.jobs.engine import Later
from headwater.jobs.model import Job, Level, Status, error_document, next_attempt_at
from headwater.kernel import log
from headwater.kernel.errors import HeadwaterError


@dataclass(frozen=True, slots=True)
class Outcome:
    """The state that follows an attempt, the columns to set, and a line for the log."""

    status: Status
    values: Mapping[str, Any] = field(default_factory=dict)
    message: str = ""
    level: Level = "info"


def outcome_of(
    job: Job, handler: asyncio.Task[object], now: int, *, is_late: bool, is_stopping: bool
) -> Outcome:
    """Read a finished handler task. The kind of an error decides, never its text."""
    if handler.cancelled():
        return _of_cancelled(job, now, is_late=is_late, is_stopping=is_stopping)
    error = handler.exception()
    if error is None:
        result = handler.result()
        if isinstance(result, Later):
            return Outcome("queued", {"run_at": result.run_at, "attempts": 0})
        return Outcome("ok", {"finished_at": now, "result": result})
    again_at = next_attempt_at(job, error, now)
    if again_at is not None:
        document = error_document(error)
        message = f"Again later: {document['detail']}"
        return Outcome("queued", {"run_at": again_at, "error": document}, message, "warning")
    return _failed(job, error, now)


def _of_cancelled(job: Job, now: int, *, is_late: bool, is_stopping: bool) -> Outcome:
    if is_late:
        detail = f"The job ran longer than its {job.timeout_seconds:g} seconds."
        return Outcome(
            "error", {"finished_at": now, "error": {"code": "job_timeout", "detail": detail}}, detail, "error"
        )
    if is_stopping:
        # The server stops; that says nothing about the job, so the attempt does not count.
        return Outcome("queued", {"attempts": job.attempts - 1})
    return Outcome("cancelled", {"finished_at": now}, "Cancelled.")


def _failed(job: Job, error: BaseException, now: int) -> Outcome:
    document = error_document(error)
    if not isinstance(error, HeadwaterError):
        log.error("job_failed", job_id=job.id, kind=job.kind, error=error)
    return Outcome("error", {"finished_at": now, "error": document}, document["detail"], "error")
