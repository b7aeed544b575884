"""A Job: one durable unit of work, its states, and the pure rules of moving between them."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Literal

from headwater.kernel.clock import SECOND
from headwater.kernel.errors import (
    ConflictError,
    HeadwaterError,
    RetryError,
    StorageFullError,
    UnavailableError,
)

Status = Literal["queued", "running", "ok", "error", "cancelled"]
Level = Literal["info", "warning", "error"]

#   queued --claim--> running --finish--> ok | error
#     |  ^              |  |
#     |  +--later-------+  +--cancel--> cancelled
#     +--cancel--> cancelled            (error, cancelled) --retry--> queued
TRANSITIONS: Mapping[Status, frozenset[Status]] = {
    "queued": frozenset({"running", "cancelled"}),
    "running": frozenset({"ok", "error", "cancelled", "queued"}),
    "ok": frozenset(),
    "error": frozenset({"queued"}),
    "cancelled": frozenset({"queued"}),
}
FINISHED: frozenset[Status] = frozenset({"ok", "error", "cancelled"})

DEFAULT_MAX_ATTEMPTS = 5
# A job that takes the whole process down would do so at every start; after this many claims it is given up.
MAX_CLAIMS = 20
FIRST_WAIT_SECONDS = 2.0
LONGEST_WAIT_SECONDS = 3600.0


@dataclass(frozen=True, slots=True)
class Job:
    """One durable unit of work. Times are microseconds; `parameters` and `result` are JSON values.

    `place` is the folder of files that it needs, None when it runs anywhere.
    """

    id: int
    kind: str
    status: Status
    run_at: int
    attempts: int = 0
    max_attempts: int = DEFAULT_MAX_ATTEMPTS
    parameters: Mapping[str, Any] = field(default_factory=dict)
    timeout_seconds: float | None = None
    exclusive_key: str | None = None
    parent_id: int | None = None
    actor: Mapping[str, Any] = field(default_factory=dict)
    created_at: int = 0
    started_at: int | None = None
    finished_at: int | None = None
    is_cancel_requested: bool = False
    worker: str | None = None
    lease_until: int | None = None
    error: Mapping[str, Any] | None = None
    result: Any = None
    place: str | None = None

    @property
    def is_finished(self) -> bool:
        """Nothing more happens to it by itself."""
        return self.status in FINISHED


@dataclass(frozen=True, slots=True)
class LogEvent:
    """One line of a job's append-only log."""

    id: int
    job_id: int
    at: int
    level: Level
    message: str
    data: Mapping[str, Any]


def may_become(job: Job, status: Status) -> bool:
    """Whether the picture above has this step."""
    return status in TRANSITIONS[job.status]


def require_step(job: Job, status: Status) -> None:
    """Refuse a step that the picture above does not have with ConflictError `job_state`."""
    if not may_become(job, status):
        raise ConflictError(
            "job_state",
            f"Job {job.id} is {job.status}; it cannot become {status}.",
            hint="Only jobs that ended with error or cancelled can be retried, only open ones cancelled.",
        )


def is_ready(job: Job, now: int) -> bool:
    """Whether it may be claimed. Work for "at once" stays ready when the clock is set back."""
    return job.status == "queued" and (job.run_at <= now or job.run_at <= job.created_at)


def is_passing(error: BaseException) -> bool:
    """Whether to try again: what says so itself, a full disk, a database that is away."""
    return isinstance(error, RetryError | StorageFullError | UnavailableError)


def wait_seconds(attempts: int, error: BaseException) -> float:
    """How long to wait after the n-th failed attempt: 2, 8, 32 ... up to an hour, or as asked."""
    # Past ten doublings the limit is reached; a larger power would only overflow.
    growing = FIRST_WAIT_SECONDS * 4.0 ** min(attempts - 1, 10)
    asked = error.retry_after_seconds if isinstance(error, RetryError) else None
    return min(max(growing, asked or 0.0), LONGEST_WAIT_SECONDS)


def next_attempt_at(job: Job, error: BaseException, now: int) -> int | None:
    """When to try again; None when it would be in vain or the attempts are used up."""
    if not is_passing(error) or job.attempts >= job.max_attempts:
        return None
    return now + int(wait_seconds(job.attempts, error) * SECOND)


def error_document(error: BaseException) -> dict[str, Any]:
    """What the job keeps of an error. Of a foreign exception only the kind: its text may hold secrets."""
    if isinstance(error, HeadwaterError):
        document: dict[str, Any] = {"code": error.code, "detail": error.detail}
        if error.faults:
            document["errors"] = [fault._asdict() for fault in error.faults]
        return document
    return {"code": "internal", "detail": f"The job stopped with an unexpected {type(error).__name__}."}
