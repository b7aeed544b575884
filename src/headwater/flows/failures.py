"""Failures: look at them, edit, retry, resolve, assign and tag; those that pass are retried by themselves."""

from collections.abc import Iterable, Mapping, Sequence
from itertools import groupby
from typing import Any

from headwater.access.actor import Actor
from headwater.access.permissions import require
from headwater.db.database import Tx
from headwater.db.sql import take_turn
from headwater.flows import checkpoint, failure_store, store
from headwater.flows.batch import Records, StoredBatch, pack
from headwater.flows.failure import Failure
from headwater.flows.model import Plan
from headwater.flows.planner import Planner
from headwater.flows.rights import rights_now
from headwater.flows.service import Flows
from headwater.flows.store import Classes
from headwater.jobs.engine import JobRun
from headwater.jobs.model import Job
from headwater.jobs.service import Jobs
from headwater.kernel.clock import Clock
from headwater.kernel.errors import ConflictError, Fault, InvalidError, NotFoundError

RETRY_JOB_KIND = "flow.retry"
RECORDS_PER_BATCH = 500
MOST_AT_ONCE = 10_000


class Failures:
    """The records that steps could not handle."""

    def __init__(self, flows: Flows, planner: Planner, jobs: Jobs, clock: Clock) -> None:
        """Wire it to what it uses."""
        self._flows = flows
        self._planner = planner
        self._jobs = jobs
        self._clock = clock

    def list(
        self, tx: Tx, actor: Actor, conditions: Sequence[tuple[str, Any]], limit: int
    ) -> Sequence[Failure]:
        """Failures newest first that meet every `(sql with one ?, value)`."""
        require(actor, "flows")
        return failure_store.find(tx, conditions, limit)

    def get(self, tx: Tx, actor: Actor, flow_id: str, failure_id: int) -> Failure:
        """One failure; NotFoundError `failure_unknown`."""
        require(actor, "flows")
        found = failure_store.of_ids(tx, flow_id, [failure_id])
        if not found:
            raise NotFoundError("failure_unknown", f"There is no failure {failure_id} of this flow.")
        return found[0]

    def counts(self, tx: Tx, actor: Actor, flow_id: str) -> Sequence[tuple[str, str, int, int]]:
        """Open failures by place: step id, document id, how many, when the last one happened."""
        require(actor, "flows")
        return failure_store.counts(tx, flow_id)

    def resolve(self, tx: Tx, actor: Actor, flow_id: str, ids: Iterable[int]) -> int:
        """Close open failures for good; their data goes too. Unknown ids are ignored. How many."""
        require(actor, "flows")
        known = [failure.id for failure in failure_store.of_ids(tx, flow_id, ids)]
        return failure_store.close(tx, known, "resolved", self._clock.now(), actor.name)

    def edit(self, tx: Tx, actor: Actor, flow_id: str, failure_id: int, data: Any) -> Failure:
        """Replace the data of the next retry. ConflictError `failure_closed` when it is open no more."""
        failure = self.get(tx, actor, flow_id, failure_id)
        _require_retriable([failure])
        failure_store.set_values(tx, failure_id, data=data, revision=failure.revision + 1)
        return self.get(tx, actor, flow_id, failure_id)

    def assign(self, tx: Tx, actor: Actor, flow_id: str, ids: Iterable[int], email: str) -> None:
        """Say who looks after them."""
        require(actor, "flows")
        for failure in failure_store.of_ids(tx, flow_id, ids):
            failure_store.set_values(tx, failure.id, assigned_to=email)

    def tag(self, tx: Tx, actor: Actor, flow_id: str, ids: Iterable[int], tags: Sequence[Any]) -> None:
        """Give them these tags and no others."""
        require(actor, "flows")
        for failure in failure_store.of_ids(tx, flow_id, ids):
            failure_store.set_values(tx, failure.id, tags=list(tags))

    def retry(self, tx: Tx, actor: Actor, flow_id: str, ids: Iterable[int]) -> Job:
        """Send the stored or edited data through the failed step again and on through the later ones (F1).

        InvalidError `nothing_to_retry` when none is known; ConflictError `failure_closed` naming those that
        are resolved or have no data left.
        """
        require(actor, "flows")
        failures = failure_store.of_ids(tx, flow_id, list(ids)[:MOST_AT_ONCE])
        if not failures:
            raise InvalidError("nothing_to_retry", "None of these failures is known.")
        _require_retriable(failures)
        return self._retry(tx, actor, failures)

    def schedule_retry(self, tx: Tx, actor: Actor, flow_id: str) -> None:
        """Enqueue the next retry of what fails in passing (F2), when there is any and none waits yet."""
        key = f"retry:{flow_id}"
        take_turn(tx, key)
        due = failure_store.next_due(tx, flow_id)
        if due is not None and not any(job.status == "queued" for job in self._jobs.open_of(tx, key)):
            parameters = {"flow_id": flow_id}
            self._jobs.enqueue(tx, RETRY_JOB_KIND, parameters, run_at=due, actor=actor, exclusive_key=key)

    async def perform_due(self, job_run: JobRun) -> Any:
        """The handler of retry jobs: starts a run for what is due, and enqueues the next."""
        flow_id, actor = job_run.parameters["flow_id"], job_run.actor
        return await job_run.database.write(
            lambda tx: self._retry_due(tx, rights_now(tx, actor, self._clock.now()), flow_id)
        )

    def _retry_due(self, tx: Tx, actor: Actor, flow_id: str) -> dict[str, Any]:
        now = self._clock.now()
        due = failure_store.find(
            tx, [("flow_id = ?", flow_id), ("status = 'open' and next_retry_at <= ?", now)], MOST_AT_ONCE
        )
        failures = [failure for failure in reversed(due) if failure.has_data]
        job = self._retry(tx, actor, failures) if failures else None
        self.schedule_retry(tx, actor, flow_id)
        return {"retried": len(failures), "job_id": job.id if job else None}

    def _retry(self, tx: Tx, actor: Actor, failures: Sequence[Failure]) -> Job:
        run = self._flows.known_run(tx, failures[-1].run_id)
        made, library = self._planner.for_retry(tx, run)
        positions = _positions(made, failures)
        job = self._flows.enqueue_retry(
            tx, actor, made, library, lambda run_id: _fill(tx, run_id, failures, positions)
        )
        ids = [failure.id for failure in failures]
        failure_store.close(tx, ids, "retried", self._clock.now(), actor.name)
        return job


def _require_retriable(failures: Sequence[Failure]) -> None:
    closed = [failure for failure in failures if failure.status != "open" or not failure.has_data]
    if closed:
        raise ConflictError(
            "failure_closed",
            f"Failure {closed[0].id} is {closed[0].status} and cannot be retried.",
            hint="Only open failures whose data is still kept can be edited and retried.",
        )


def _positions(made: Plan, failures: Sequence[Failure]) -> Mapping[str, int]:
    """Where each failed step stands now; a step that is gone is InvalidError `step_gone`."""
    known = {step.id: step.position for step in made.steps}
    gone = sorted({failure.step_id for failure in failures} - set(known))
    if gone or not made.nodes:
        detail = "The step at which the record failed is no longer part of the flow."
        raise InvalidError("step_gone", detail, faults=[Fault(each, "step_gone", detail) for each in gone])
    # What a generator could not read begins at the first step.
    first = made.nodes[0].position
    return {step_id: max(position, first) for step_id, position in known.items()}


def _fill(tx: Tx, run_id: int, failures: Sequence[Failure], positions: Mapping[str, int]) -> None:
    """Put the records of these failures in front of their steps, as the batches of a new run."""
    by_position = sorted(failures, key=lambda failure: (positions[failure.step_id], failure.id))
    for position, group in groupby(by_position, key=lambda failure: positions[failure.step_id]):
        waiting = list(group)
        for start in range(0, len(waiting), RECORDS_PER_BATCH):
            some = waiting[start : start + RECORDS_PER_BATCH]
            records = Records(range(len(some)), [failure.data for failure in some])
            batch = StoredBatch(
                id=tx.next_id(),
                generator=0,
                first_page=0,
                keys=[_key(failure) for failure in some],
                attempts=[failure.attempts for failure in some],
            )
            checkpoint.store_batch(tx, run_id, batch, position, records, pack(records))
    store.count_records(tx, run_id, Classes(read=len(failures)))


def _key(failure: Failure) -> str:
    # An edited record is another request: the other system must not answer it from its memory.
    key = failure.record_key or f"failure-{failure.id}"
    return f"{key}-e{failure.revision}" if failure.revision else key
