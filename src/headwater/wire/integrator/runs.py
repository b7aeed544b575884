"""The handlers of runs: start a flow, list its jobs, look at one, cancel one (R1 to R3, J1 to J6)."""

from collections.abc import Mapping, Sequence
from typing import Any

from headwater.db.database import Tx
from headwater.flows.documents import Documents
from headwater.flows.documents_relations import flows_of
from headwater.flows.model import RunOptions
from headwater.flows.run_listing import places_of_runs
from headwater.flows.service import Flows
from headwater.flows.store import Run
from headwater.kernel.clock import parse
from headwater.kernel.errors import Fault, InvalidError, NotFoundError
from headwater.web.call import Call
from headwater.wire.integrator.documents import named, optional_body
from headwater.wire.integrator.errors import bad_parameters, malformed_id
from headwater.wire.integrator.job_filter import check, job_test, run_conditions
from headwater.wire.integrator.jobs import Job, family, job_hex, read_job_hex
from headwater.wire.integrator.listing import whole_number

MAX_JOBS = 1_001
MAX_LATEST = 100


class Runs:
    """The handlers, over the services of flows and documents."""

    def __init__(self, flows: Flows, documents: Documents) -> None:
        """Take the services."""
        self._flows = flows
        self._documents = documents

    async def start(self, call: Call) -> Any:
        """R1: the id of the job."""
        options = _options(await optional_body(call))

        def work(tx: Tx, hex_id: str) -> Any:
            self._documents.get(tx, call.actor, "flow", hex_id)
            return {"_jobId": job_hex(self._flows.start(tx, call.actor, hex_id, options).id)}

        return await call.write(named(call, work))

    async def list(self, call: Call) -> Any:
        """J4: newest first, at most 1001."""
        parameters = call.query
        check(parameters)
        conditions, test = run_conditions(parameters), job_test(parameters)

        def work(tx: Tx) -> list[Job]:
            integration = parameters.get("_integrationId")
            scoped = flows_of(tx, call.actor, integration) if integration else None
            found: list[Job] = []
            last: tuple[str, Any] | None = None
            while len(found) < MAX_JOBS:
                runs = self._flows.runs(tx, call.actor, [*conditions, *([last] if last else [])], MAX_JOBS)
                mine = [run for run in runs if scoped is None or run.flow_id in scoped]
                found += [job for job in _families(tx, mine) if test(job)]
                if len(runs) < MAX_JOBS:
                    break
                last = ("run.id < ?", runs[-1].id)
            return found[:MAX_JOBS]

        return await call.scan(work)

    async def latest(self, call: Call) -> Any:
        """The newest jobs of a flow, one a run."""
        limit = whole_number(call.query, "limit", 10, 1, MAX_LATEST)

        def work(tx: Tx, hex_id: str) -> list[Job]:
            self._documents.get(tx, call.actor, "flow", hex_id)
            runs = self._flows.runs(tx, call.actor, [("run.flow_id = ?", hex_id)], limit)
            return [job for job in _families(tx, runs) if "_flowJobId" not in job]

        return await call.read(named(call, work))

    async def get(self, call: Call) -> Any:
        """One job."""
        return await call.read(lambda tx: self._job(tx, call))

    async def family(self, call: Call) -> Any:
        """A job of a run with those of its places under `children`."""

        def work(tx: Tx) -> Job:
            parent, *children = _families(tx, [self._run(tx, call)])
            return {**parent, "children": children}

        return await call.read(work)

    async def cancel(self, call: Call) -> Any:
        """J3: stop a run; a finished one stays as it is; the job of a place cannot be stopped alone."""

        def work(tx: Tx) -> None:
            if "_flowJobId" in self._job(tx, call):
                detail = "Only flow jobs can be canceled."
                raise InvalidError("update_not_allowed", detail)
            self._flows.cancel(tx, call.actor, self._run(tx, call).id)

        return await call.write(work)

    def _run(self, tx: Tx, call: Call) -> Run:
        known = read_job_hex(call.path["id"])
        try:
            return self._flows.run_of_job(tx, call.actor, known[0] if known else -1)
        except NotFoundError as error:
            raise malformed_id(_unknown(), call.path["id"]) from error

    def _job(self, tx: Tx, call: Call) -> Job:
        jobs = _families(tx, [self._run(tx, call)])
        for job in jobs:
            if job["_id"] == call.path["id"]:
                return job
        raise _unknown()


def _families(tx: Tx, runs: Sequence[Run]) -> list[Job]:
    places = places_of_runs(tx, [run.id for run in runs])
    return [job for run in runs for job in family(run, places[run.id])]


def _unknown() -> NotFoundError:
    return NotFoundError("job_unknown", "Job not found for the given id.")


def _options(body: Any) -> RunOptions:
    """R1, R2: `_exportIds`, `startDate`, `endDate`."""
    if body is None:
        return RunOptions()
    if not isinstance(body, Mapping):
        raise bad_parameters("The body wants an object.")
    faults: list[Fault] = []
    export_ids = body.get("_exportIds") or []
    if not isinstance(export_ids, list) or not all(isinstance(each, str) for each in export_ids):
        faults.append(Fault("_exportIds", "invalid_field", "_exportIds wants an array of export ids."))
    bounds = [_moment(body.get(name), name, faults) for name in ("startDate", "endDate")]
    if faults:
        raise InvalidError("invalid_field", faults[0].detail, faults=faults)
    return RunOptions(export_ids=tuple(export_ids), start_at=bounds[0], end_at=bounds[1])


def _moment(value: Any, name: str, faults: list[Fault]) -> int | None:
    if value is None or value == "":
        return None
    try:
        return parse(value if isinstance(value, str) else "")
    except InvalidError:
        faults.append(Fault(name, "invalid_field", f"{name} wants a time in ISO 8601 with a zone."))
        return None
