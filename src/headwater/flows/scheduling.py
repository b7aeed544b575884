"""Flows that start by the clock: one durable job waits for each schedule and starts its flow when it is due.

A job that was due while the server was down starts its flow once when the server is there again, and the next
time is counted from then: after a downtime one missed run is made up (S5).
"""

from collections.abc import Iterator, Mapping
from typing import Any

from headwater.access.actor import SYSTEM, Actor
from headwater.db.database import Tx
from headwater.db.sql import take_turn
from headwater.flows import documents_store
from headwater.flows.documents import Documents, Slice
from headwater.flows.documents_model import FlowDocument
from headwater.flows.formats.integrator.parts import objects, text
from headwater.flows.library import Document, Load
from headwater.flows.model import RunOptions
from headwater.flows.rights import rights_now, shared_rights
from headwater.flows.schedule import next_time
from headwater.flows.service import Flows
from headwater.jobs.engine import JobRun, Later
from headwater.jobs.service import Jobs
from headwater.kernel.clock import Clock
from headwater.kernel.errors import HeadwaterError

SCHEDULE_JOB_KIND = "flow.schedule"
PAGE = 500
Schedules = dict[str, str]  # by place: the id of a generator, or nothing for the flow's own


class FlowSchedules:
    """Keeps the jobs that wait in step with the documents, and does what they wait for."""

    def __init__(self, flows: Flows, jobs: Jobs, load: Load, clock: Clock) -> None:
        """Wire it to what it uses."""
        self._flows = flows
        self._jobs = jobs
        self._load = load
        self._clock = clock

    def follow(self, tx: Tx, actor: Actor, before: FlowDocument | None, after: FlowDocument | None) -> None:
        """Called inside every change of a document: what waits for a flow waits for its new schedule then.

        Runs are started with the rights that all share who saved the flow and what it uses.
        """
        changed = after or before
        if changed is None or changed.kind != "flow":
            return
        for place in schedules_of(before.body) if before else ():
            for job in self._jobs.open_of(tx, _key(changed.hex_id, place)):
                self._jobs.stop(tx, job.id)
        if after is not None:
            self._wait(tx, actor, after.hex_id, after.body)

    def ensure(self, tx: Tx, documents: Documents) -> None:
        """Enqueue what should wait and does not, at the start of the server."""
        after = ""
        while found := documents.list(tx, SYSTEM, "flow", Slice(after=after, limit=PAGE)):
            for flow in found:
                owner = documents_store.savers(tx, flow["_id"])[0]
                self._wait(tx, owner, flow["_id"], flow)
            after = found[-1]["_id"]

    async def perform(self, job_run: JobRun) -> Any:
        """The handler: start the flow if it still has this schedule, then wait for the next time."""
        return await job_run.database.write(lambda tx: self._fire(tx, job_run))

    def _fire(self, tx: Tx, job_run: JobRun) -> Any:
        flow_id, place = job_run.parameters["flow_id"], job_run.parameters["place"]
        flow = self._load(tx, "flow", flow_id)
        schedule = schedules_of(flow).get(place) if flow else None
        if flow is None or schedule is None:
            return None
        try:
            self._start(tx, self._rights(tx, flow_id), flow_id, flow, place)
        except HeadwaterError as error:
            job_run.note(tx, f"The flow was not started: {error.detail}", level="error")
        due = next_time(schedule, _zone(flow, job_run.actor), self._clock.now())
        if due is None:
            return None
        self._jobs.postpone(tx, job_run.job.id, due)
        return Later(due)

    def _rights(self, tx: Tx, flow_id: str) -> Actor:
        now = self._clock.now()
        owner, *others = (rights_now(tx, each, now) for each in documents_store.savers(tx, flow_id))
        return shared_rights(owner, others)

    def _start(self, tx: Tx, actor: Actor, flow_id: str, flow: Document, place: str) -> None:
        """Start it as the flow's policy for runs that overlap says (S5)."""
        policy = flow.get("overlap") or "queue"
        if policy != "queue" and self._flows.is_open(tx, flow_id):
            if policy == "skip":
                return
            self._flows.stop_all(tx, flow_id)
        self._flows.start(tx, actor, flow_id, RunOptions(export_ids=tuple(_places_of(flow, place))))

    def _wait(self, tx: Tx, actor: Actor, flow_id: str, flow: Document) -> None:
        schedules = schedules_of(flow)
        if schedules:
            # One turn for all flows: a start that looks after thousands must not hold as many locks.
            take_turn(tx, "flow schedules")
        for place, schedule in schedules.items():
            key = _key(flow_id, place)
            is_waiting = any(not job.is_cancel_requested for job in self._jobs.open_of(tx, key))
            due = next_time(schedule, _zone(flow, actor), self._clock.now())
            if due is not None and not is_waiting:
                parameters = {"flow_id": flow_id, "place": place, "flow": flow.get("name")}
                self._jobs.enqueue(
                    tx, SCHEDULE_JOB_KIND, parameters, run_at=due, actor=actor, exclusive_key=key
                )


def schedules_of(flow: Mapping[str, Any]) -> Schedules:
    """The schedules of a flow by place (S3); none of a disabled one."""
    if flow.get("disabled") is True:
        return {}
    found = {"": text(flow, "schedule")}
    found.update({str(each.get("_id")): text(each, "schedule") for each in objects(flow, "pageGenerators")})
    return {place: schedule for place, schedule in found.items() if schedule}


def _places_of(flow: Document, place: str) -> Iterator[str]:
    """The generators that a schedule runs: its own, or for the flow's those without one; all of them is none
    named.
    """
    generators = objects(flow, "pageGenerators")
    if place:
        yield place
    elif any(text(each, "schedule") for each in generators):
        yield from (str(each["_id"]) for each in generators if not text(each, "schedule") and each.get("_id"))


def _zone(flow: Document, actor: Actor) -> str:
    return text(flow, "timezone") or actor.time_zone


def _key(flow_id: str, place: str) -> str:
    return f"schedule:{flow_id}:{place}"
