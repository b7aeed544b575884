"""Jobs: enqueue, look at, cancel and retry them; every change is told after its commit."""

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from headwater.access.actor import SYSTEM, Actor
from headwater.access.permissions import require
from headwater.db.database import Tx
from headwater.jobs import store
from headwater.jobs.model import DEFAULT_MAX_ATTEMPTS, Job, Level, LogEvent, Status, require_step
from headwater.kernel.clock import SECOND, Clock
from headwater.kernel.errors import NotFoundError
from headwater.kernel.events import Events

KEEP_SECONDS = 30 * 86_400
LONGEST_LOG_MESSAGE = 4_000


class Jobs:
    """What there is to do. Work is enqueued in the transaction that caused it, begun after its commit."""

    def __init__(self, clock: Clock, events: Events, place: str | None = None) -> None:
        """Nobody is woken until an engine asks for it. `place` names the files of this process where others
        share its database.
        """
        self.place = place
        self._clock = clock
        self._events = events
        self._wakers: list[Callable[[], None]] = []

    def on_news(self, wake: Callable[[], None]) -> None:
        """Have `wake()` called after a commit that enqueued or cancelled work, on the committing thread."""
        self._wakers.append(wake)

    def enqueue(  # noqa: PLR0913  these are the properties of a job, all named by the caller
        self,
        tx: Tx,
        kind: str,
        parameters: Mapping[str, Any],
        *,
        run_at: int | None = None,
        parent_id: int | None = None,
        timeout_seconds: float | None = None,
        actor: Actor | None = None,
        exclusive_key: str | None = None,
        max_attempts: int = DEFAULT_MAX_ATTEMPTS,
        needs_files: bool = False,
    ) -> Job:
        """Keep a job that runs at once, or from `run_at` (microseconds) on, with the rights of `actor`.

        Of the jobs that share an `exclusive_key` one runs at a time. One that `needs_files` runs only in
        processes that have the folder of files of this one. The caller has checked permission.
        """
        now = self._clock.now()
        job = Job(
            id=tx.next_id(),
            kind=kind,
            status="queued",
            run_at=now if run_at is None else run_at,
            max_attempts=max_attempts,
            place=self.place if needs_files else None,
            parameters=dict(parameters),
            timeout_seconds=timeout_seconds,
            exclusive_key=exclusive_key,
            parent_id=parent_id,
            actor=actor_document(actor or SYSTEM),
            created_at=now,
        )
        store.insert(tx, job)
        self.tell(tx, job.id)
        return job

    def get(self, tx: Tx, actor: Actor, job_id: int) -> Job:
        """The job; NotFoundError `job_unknown`."""
        require(actor, "jobs")
        return self._get(tx, job_id)

    def find(self, tx: Tx, job_id: int) -> Job | None:
        """The job for the slice that owns it and has checked permission itself; None when it is long gone."""
        return store.get(tx, job_id)

    def list(self, tx: Tx, actor: Actor, conditions: Sequence[tuple[str, Any]], limit: int) -> Sequence[Job]:
        """Jobs newest first that meet every `(sql with one ?, value)`; routes build the conditions."""
        require(actor, "jobs")
        return store.find(tx, conditions, limit)

    def log(
        self, tx: Tx, actor: Actor, job_id: int, *, after: int = 0, limit: int = 1000
    ) -> Sequence[LogEvent]:
        """Lines of its log in order, behind the line `after`."""
        require(actor, "jobs")
        self._get(tx, job_id)
        return store.log(tx, job_id, after, limit)

    def cancel(self, tx: Tx, actor: Actor, job_id: int) -> Job:
        """Stop it: at once when it waits, within a second when it runs; a finished job stays as it is."""
        require(actor, "jobs")
        return self.stop(tx, job_id)

    def stop(self, tx: Tx, job_id: int) -> Job:
        """`cancel` for the slice that owns the job and has checked permission itself."""
        job = self._get_to_change(tx, job_id)
        if job.status == "queued":
            now = self._clock.now()
            store.update(tx, job_id, status="cancelled", is_cancel_requested=True, finished_at=now)
        elif job.status == "running":
            store.update(tx, job_id, is_cancel_requested=True)
        else:
            return job
        self.tell(tx, job_id)
        return self._get(tx, job_id)

    def postpone(self, tx: Tx, job_id: int, run_at: int) -> None:
        """Move a running job's time, so that after a crash it is not done again for the time that is past."""
        store.update(tx, job_id, run_at=run_at)

    def retry(self, tx: Tx, actor: Actor, job_id: int) -> Job:
        """Queue a job again that ended with error or cancelled; otherwise ConflictError `job_state`."""
        require(actor, "jobs")
        job = self._get_to_change(tx, job_id)
        require_step(job, "queued")
        now = self._clock.now()
        fresh: dict[str, Any] = {"status": "queued", "run_at": min(now, job.created_at), "attempts": 0}
        store.update(
            tx, job_id, **fresh, is_cancel_requested=False, finished_at=None, error=None, result=None
        )
        self.tell(tx, job_id)
        return self._get(tx, job_id)

    def append_log(
        self,
        tx: Tx,
        job_id: int,
        message: str,
        *,
        level: Level = "info",
        data: Mapping[str, Any] | None = None,
    ) -> None:
        """Add a line to the job's log; no secrets in it."""
        event = LogEvent(
            tx.next_id(), job_id, self._clock.now(), level, message[:LONGEST_LOG_MESSAGE], data or {}
        )
        store.append_log(tx, event)

    def open_of(self, tx: Tx, exclusive_key: str) -> Sequence[Job]:
        """The jobs of a key that wait or run, oldest first."""
        return store.open_of(tx, exclusive_key)

    def prune(self, tx: Tx) -> int:
        """Drop jobs that finished 30 days ago, at most 500 in one go; how many went."""
        return store.prune(tx, self._clock.now() - KEEP_SECONDS * SECOND, 500)

    def set_status(self, tx: Tx, job: Job, status: Status, **values: Any) -> None:
        """Move a job along the picture in `model`, and tell it; for engines."""
        require_step(job, status)
        store.update(tx, job.id, status=status, **values)
        self.tell(tx, job.id)

    def _get(self, tx: Tx, job_id: int) -> Job:
        return _known(store.get(tx, job_id), job_id)

    def _get_to_change(self, tx: Tx, job_id: int) -> Job:
        return _known(store.get_to_change(tx, job_id), job_id)

    def tell(self, tx: Tx, job_id: int) -> None:
        """Say after the commit that the job changed, and wake the engines."""
        tx.after_commit(lambda: self._events.signal({"type": "job.changed", "id": job_id}))
        for wake in self._wakers:
            tx.after_commit(wake)


def _known(job: Job | None, job_id: int) -> Job:
    if job is None:
        raise NotFoundError(
            "job_unknown", f"There is no job {job_id}.", hint="Finished jobs are kept 30 days."
        )
    return job


def actor_document(actor: Actor) -> dict[str, Any]:
    """What is kept of an actor whose rights are used later."""
    return {
        "kind": actor.kind,
        "id": actor.id,
        "name": actor.name,
        "scopes": sorted(actor.scopes),
        "time_zone": actor.time_zone,
        "token_id": actor.token_id,
    }


def actor_of(job: Job) -> Actor:
    """The actor whose rights the job uses."""
    return kept_actor(job.actor)


def kept_actor(document: Mapping[str, Any]) -> Actor:
    """The actor of an `actor_document`."""
    return Actor(
        kind=document["kind"],
        id=document["id"],
        name=document["name"],
        scopes=frozenset(document["scopes"]),
        time_zone=document["time_zone"],
        token_id=document.get("token_id"),
    )
