"""Flows: start, look at, retry and resolve; every run is a job, and one run of a flow goes on at a time."""

from collections.abc import Callable, Sequence
from typing import Any

from headwater.access.actor import Actor
from headwater.access.permissions import require
from headwater.db.database import Tx
from headwater.db.sql import take_turn
from headwater.flows import store
from headwater.flows.library import Document, Library
from headwater.flows.model import Plan, RunOptions
from headwater.flows.planner import Faults, Planner
from headwater.flows.store import Run, StepRow
from headwater.jobs.model import Job
from headwater.jobs.service import Jobs, actor_document
from headwater.kernel.clock import Clock
from headwater.kernel.errors import NotFoundError

JOB_KIND = "flow"
PLAIN = RunOptions()


class Flows:
    """Runs of flows; the handler of their jobs is `runner.FlowRunner`."""

    def __init__(self, jobs: Jobs, planner: Planner, clock: Clock) -> None:
        """Wire it to what it uses."""
        self._jobs = jobs
        self._planner = planner
        self._clock = clock

    def start(self, tx: Tx, actor: Actor, flow_id: str, options: RunOptions = PLAIN) -> Job:
        """Run a stored flow as soon as no other run of it goes on; the waiting job, when one waits already.

        NotFoundError `flow_unknown`; InvalidError `invalid_flow` with one fault for each error (R3).
        """
        require(actor, "flows")
        made, library = self._planner.stored(tx, actor, flow_id, options)
        return self._waiting(tx, flow_id, options) or self._enqueue(tx, actor, made, library, options)

    def start_inline(self, tx: Tx, actor: Actor, document: Document, options: RunOptions = PLAIN) -> Job:
        """Run `{"flow", "exports", "imports", "connections"}` that is stored nowhere."""
        require(actor, "flows")
        made, library = self._planner.inline(tx, actor, document, options)
        return self._enqueue(tx, actor, made, library, options)

    def check(self, tx: Tx, actor: Actor, document: Document) -> Faults:
        """Every fault and warning of an inline document, without running it."""
        require(actor, "flows")
        return self._planner.check_inline(tx, actor, document)

    def check_stored(self, tx: Tx, actor: Actor, flow_id: str) -> Faults:
        """Every fault and warning of a stored flow."""
        require(actor, "flows")
        return self._planner.check_stored(tx, actor, flow_id)

    def runs(self, tx: Tx, actor: Actor, conditions: Sequence[tuple[str, Any]], limit: int) -> Sequence[Run]:
        """Runs newest first that meet every `(sql with one ?, value)`; tables are named run and job."""
        require(actor, "flows")
        return store.find_runs(tx, conditions, limit)

    def latest_runs(self, tx: Tx, actor: Actor, flow_ids: Sequence[str]) -> dict[str, Run]:
        """The newest run of each flow that has one, by flow."""
        require(actor, "flows")
        return store.latest_runs(tx, flow_ids)

    def run(self, tx: Tx, actor: Actor, run_id: int) -> Run:
        """One run; NotFoundError `run_unknown`."""
        require(actor, "flows")
        return _known(store.run_of(tx, run_id), run_id)

    def run_of_job(self, tx: Tx, actor: Actor, job_id: int) -> Run:
        """The run that a job performs; NotFoundError `run_unknown`."""
        require(actor, "flows")
        found = store.find_runs(tx, [("run.job_id = ?", job_id)], 1)
        return _known(found[0] if found else None, job_id)

    def known_run(self, tx: Tx, run_id: int) -> Run:
        """`run` for the engine, which has no actor."""
        return _known(store.run_of(tx, run_id), run_id)

    def steps(self, tx: Tx, actor: Actor, run_id: int) -> Sequence[StepRow]:
        """The counters of each place of a run, by position."""
        require(actor, "flows")
        return store.steps_of(tx, run_id)

    def cancel(self, tx: Tx, actor: Actor, run_id: int) -> Run:
        """Stop a run within a second; a finished one stays as it is."""
        self._jobs.stop(tx, self.run(tx, actor, run_id).job_id)
        return self.run(tx, actor, run_id)

    def is_open(self, tx: Tx, flow_id: str) -> bool:
        """Whether a run of the flow waits or goes on."""
        return bool(self._jobs.open_of(tx, exclusive_key(flow_id)))

    def stop_all(self, tx: Tx, flow_id: str) -> None:
        """Stop every run of the flow that waits or goes on."""
        for job in self._jobs.open_of(tx, exclusive_key(flow_id)):
            self._jobs.stop(tx, job.id)

    def forget(self, tx: Tx, flow_id: str) -> None:
        """Called when a flow is deleted: stop its runs, drop what it remembers and its failures."""
        self.stop_all(tx, flow_id)
        store.delete_state(tx, flow_id)
        tx.run("delete from flow_failure where flow_id = ?", (flow_id,))

    def enqueue_retry(
        self, tx: Tx, actor: Actor, made: Plan, library: Library, fill: Callable[[int], None]
    ) -> Job:
        """Start a run of kind retry; `fill(run_id)` puts the pieces into it, in the same transaction."""
        job = self._enqueue(tx, actor, made, library, RunOptions(kind="retry"))
        fill(job.parameters["run_id"])
        return job

    def _enqueue(self, tx: Tx, actor: Actor, made: Plan, library: Library, options: RunOptions) -> Job:
        run_id = tx.next_id()
        job = self._jobs.enqueue(
            tx,
            JOB_KIND,
            {
                "run_id": run_id,
                "flow_id": made.flow_id,
                "flow": made.name,
                "options": options_document(options),
            },
            actor=actor,
            exclusive_key=exclusive_key(made.flow_id),
        )
        run = Run(
            id=run_id,
            flow_id=made.flow_id,
            flow_name=made.name,
            kind=options.kind,
            job_id=job.id,
            actor=actor_document(actor),
            options=options_document(options),
            created_at=self._clock.now(),
        )
        store.insert_run(tx, run, made, self._planner.dump(library))
        return job

    def _waiting(self, tx: Tx, flow_id: str, options: RunOptions) -> Job | None:
        """The same run that waits already: of a flow in progress at most one does (S5)."""
        take_turn(tx, exclusive_key(flow_id))
        wanted = options_document(options)
        for job in self._jobs.open_of(tx, exclusive_key(flow_id)):
            if job.status == "queued" and job.attempts == 0 and job.parameters.get("options") == wanted:
                return job
        return None


def exclusive_key(flow_id: str) -> str:
    """What the jobs of a flow share, so that one of them runs at a time."""
    return f"flow:{flow_id}"


def options_of(run: Run) -> RunOptions:
    """The options of a run."""
    known = dict(run.options)
    return RunOptions(**{**known, "export_ids": tuple(known["export_ids"])})


def options_document(options: RunOptions) -> dict[str, Any]:
    """The options as a run and its job keep them."""
    values = {name: getattr(options, name) for name in RunOptions.__slots__}
    return {**values, "export_ids": list(options.export_ids)}


def _known(run: Run | None, number: int) -> Run:
    if run is None:
        raise NotFoundError("run_unknown", f"There is no run {number}.", hint="Runs are kept 30 days.")
    return run
