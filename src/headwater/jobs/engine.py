"""What runs jobs: the engine protocol, the handlers it calls, and what a handler holds while it works."""

import asyncio
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from typing import Any, Protocol

from headwater.access.actor import Actor
from headwater.db.database import Database, Tx
from headwater.jobs.model import Job, Level
from headwater.jobs.service import Jobs, actor_of
from headwater.kernel.clock import Clock


class JobRun:
    """One attempt of one job, as its handler sees it."""

    def __init__(self, job: Job, database: Database, jobs: Jobs, clock: Clock) -> None:
        """Made by the engine for each attempt."""
        self.job = job
        self.database = database
        self.clock = clock
        self._jobs = jobs
        self._is_cancelled = False

    @property
    def parameters(self) -> Mapping[str, Any]:
        """What the job was enqueued with."""
        return self.job.parameters

    @property
    def actor(self) -> Actor:
        """Whose rights the job uses."""
        return actor_of(self.job)

    def is_cancelled(self) -> bool:
        """Whether to stop: somebody asked, or the server stops. Safe to ask from a worker thread."""
        return self._is_cancelled

    def raise_if_cancelled(self) -> None:
        """Stop here when somebody wants it: for loops that never await."""
        if self._is_cancelled:
            raise asyncio.CancelledError

    def mark_cancelled(self) -> None:
        """Called by the engine just before it cancels the handler."""
        self._is_cancelled = True

    def note(self, tx: Tx, message: str, *, level: Level = "info", **data: Any) -> None:
        """Add a line to the job's log within a transaction."""
        self._jobs.append_log(tx, self.job.id, message, level=level, data=data)

    async def log(self, message: str, *, level: Level = "info", **data: Any) -> None:
        """Add a line to the job's log; no secrets in it."""
        await self.database.write(
            lambda tx: self._jobs.append_log(tx, self.job.id, message, level=level, data=data)
        )


@dataclass(frozen=True, slots=True)
class Later:
    """What a handler returns whose job is not done but waits for its next time (microseconds)."""

    run_at: int


# A handler may be called again for the same job after a crash or a RetryError: it goes on from what it
# committed. What it returns is the job's result, a JSON value.
JobHandler = Callable[[JobRun], Awaitable[Any]]


class JobEngine(Protocol):
    """Delivers each ready job to the handler of its kind, at least once."""

    async def start(self) -> None:
        """Take over what a dead process left, then run what is ready."""
        ...

    async def stop(self) -> None:
        """Stop the handlers; their jobs go back to the queue and their attempt does not count."""
        ...

    def wake(self) -> None:
        """Look for work and for cancel requests now; callable from any thread."""
        ...
