"""The handler of flow jobs: plans a run again from its documents, opens its steps, executes and closes it."""

from collections.abc import Mapping
from typing import Any

from headwater.connectors.contract import Connector
from headwater.db.database import Tx
from headwater.flows import failure_store, store
from headwater.flows.failures import Failures
from headwater.flows.ledger import Ledger
from headwater.flows.library import Library, Load
from headwater.flows.model import Plan, Step
from headwater.flows.opening import Opener
from headwater.flows.planner import Planner
from headwater.flows.run import Execution
from headwater.flows.service import Flows, options_of
from headwater.flows.store import Run
from headwater.jobs.engine import JobRun
from headwater.jobs.service import KEEP_SECONDS
from headwater.kernel.clock import SECOND, parse, rfc3339
from headwater.kernel.errors import HeadwaterError
from headwater.kernel.events import Events


class FlowRunner:
    """Called by the job engine for each attempt of a run."""

    def __init__(
        self,
        flows: Flows,
        failures: Failures,
        planner: Planner,
        load: Load,
        connectors: Mapping[str, Connector],
        events: Events,
    ) -> None:
        """Wire it to what it uses."""
        self._flows = flows
        self._failures = failures
        self._planner = planner
        self._load = load
        self._connectors = connectors
        self._events = events

    async def __call__(self, job_run: JobRun) -> Any:
        """Do what is left of the run; what it returns are the run's counters."""
        database, run_id = job_run.database, job_run.parameters["run_id"]
        run, made, library, contexts = await database.read(lambda tx: self._prepared(tx, run_id))
        connections = await database.read(lambda tx: self._connections(tx, made, library))
        ledger = Ledger(run, made, self._events, job_run.clock)
        opener = Opener(run, job_run.actor, self._connectors, connections.get, contexts)
        opened = opener.open(made, _read_from(made, run), ledger.key_prefix)
        await Execution(ledger, opened, database).execute()
        return await database.write(lambda tx: self._close(tx, run, made, job_run))

    def _prepared(self, tx: Tx, run_id: int) -> tuple[Run, Plan, Library, dict[int, dict[str, Any]]]:
        run = self._flows.known_run(tx, run_id)
        made, library = self._planner.of_run(tx, run)
        contexts = {step.position: _context(tx, run, step) for step in made.steps}
        return run, made, library, contexts

    def _connections(self, tx: Tx, made: Plan, library: Library) -> dict[str, Mapping[str, Any]]:
        find = library.lookup(tx, self._load)
        ids = {step.connection_id for step in made.steps if step.connection_id}
        found = {each: find("connection", each) for each in ids}
        return {each: document for each, document in found.items() if document is not None}

    def _close(self, tx: Tx, run: Run, made: Plan, job_run: JobRun) -> dict[str, int]:
        options = options_of(run)
        if (
            options.kind == "run"
            and not options.is_test
            and options.start_at is None
            and options.end_at is None
        ):
            for step in _read_from(made, run):
                store.set_last_export_at(tx, run.flow_id, step.id, run.created_at)
        for step in made.steps:
            failure_store.drop_old_data(tx, run.flow_id, step.id)
        self._failures.schedule_retry(tx, job_run.actor, run.flow_id)
        if options.kind == "run":
            self._start_next(tx, made, job_run)
        store.prune(tx, job_run.clock.now() - KEEP_SECONDS * SECOND)
        store.forget_documents(tx, run.flow_id)
        ended = self._flows.known_run(tx, run.id)
        return {
            "read": ended.records_read,
            "ok": ended.records_ok,
            "ignored": ended.records_ignored,
            "failed": ended.records_failed,
        }

    def _start_next(self, tx: Tx, made: Plan, job_run: JobRun) -> None:
        for flow_id in made.next_flow_ids:
            try:
                self._flows.start(tx, job_run.actor, flow_id)
            except HeadwaterError as error:
                job_run.note(tx, f"Flow {flow_id} was not started: {error.detail}", level="warning")


def _read_from(made: Plan, run: Run) -> tuple[Step, ...]:
    """The generators that this run reads: none for a retry, some when it was limited (R2)."""
    options = options_of(run)
    if options.kind == "retry":
        return ()
    limits = options.export_ids
    return tuple(step for step in made.generators if not limits or {step.document_id, step.id} & {*limits})


def _context(tx: Tx, run: Run, step: Step) -> dict[str, Any]:
    options = options_of(run)
    names: dict[str, Any] = {
        "currentExportDateTime": rfc3339(options.end_at or run.created_at),
        "job": {"_id": str(run.job_id)},
        "testMode": options.is_test,
        "is_retry": run.kind == "retry",
    }
    if step.kind == "generator":
        since = _since(tx, run, step)
        names["lastExportDateTime"] = rfc3339(since) if since is not None else None
        names["delta"] = (
            {"since": since, "until": options.end_at, **step.delta} if step.export_type == "delta" else None
        )
    return names


def _since(tx: Tx, run: Run, step: Step) -> int | None:
    """From when a delta export reads: the stored date minus its lag, or as the run or the document says."""
    options = options_of(run)
    if options.start_at is not None:
        return options.start_at
    stored = store.last_export_at(tx, run.flow_id, step.id)
    if stored is None:
        start = step.delta.get("startDate")
        return parse(start) if isinstance(start, str) and start else None
    lag = step.delta.get("lagOffset")
    return stored - int(lag * SECOND / 1000) if isinstance(lag, int | float) else stored
