"""Puts the services of this slice together."""

from collections.abc import Mapping
from dataclasses import dataclass

from headwater.access.actor import Actor
from headwater.connectors.contract import Connector
from headwater.db.database import Tx
from headwater.flows import routes as flow_routes
from headwater.flows import run_routes, schedule_routes
from headwater.flows.documents import Documents
from headwater.flows.documents_model import FlowDocument
from headwater.flows.failures import RETRY_JOB_KIND, Failures
from headwater.flows.planner import Planner
from headwater.flows.runner import FlowRunner
from headwater.flows.scheduling import SCHEDULE_JOB_KIND, FlowSchedules
from headwater.flows.service import JOB_KIND, Flows
from headwater.jobs.engine import JobHandler
from headwater.jobs.service import Jobs
from headwater.kernel.clock import Clock
from headwater.kernel.events import Events
from headwater.kernel.secrets import SecretBox
from headwater.web.route import Route


@dataclass(frozen=True)
class FlowsSlice:
    """What other slices use of this one."""

    documents: Documents
    flows: Flows
    failures: Failures
    schedules: FlowSchedules
    handlers: Mapping[str, JobHandler]
    routes: list[Route]


def build_flows(
    clock: Clock, events: Events, box: SecretBox, jobs: Jobs, connectors: Mapping[str, Connector]
) -> FlowsSlice:
    """The services, and the handlers of their jobs by kind."""
    documents = Documents(clock, box)
    planner = Planner(documents.load, connectors, box)
    flows = Flows(jobs, planner, clock)
    failures = Failures(flows, planner, jobs, clock)
    runner = FlowRunner(flows, failures, planner, documents.load, connectors, events)

    schedules = FlowSchedules(flows, jobs, documents.load, clock)

    def forget(tx: Tx, actor: Actor, before: FlowDocument | None, after: FlowDocument | None) -> None:
        if before is not None and after is None and before.kind == "flow":
            flows.forget(tx, before.hex_id)

    documents.watch(forget)
    documents.watch(schedules.follow)
    return FlowsSlice(
        documents=documents,
        flows=flows,
        failures=failures,
        schedules=schedules,
        handlers={
            JOB_KIND: runner,
            RETRY_JOB_KIND: failures.perform_due,
            SCHEDULE_JOB_KIND: schedules.perform,
        },
        routes=[
            *flow_routes.routes(flows, documents),
            *run_routes.routes(flows, failures),
            *schedule_routes.routes(clock),
        ],
    )
