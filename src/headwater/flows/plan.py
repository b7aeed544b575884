"""From a flow document to a Plan: refuses everything that can be known to fail before a run, all at once."""

import dataclasses
from collections.abc import Mapping
from typing import Any

from headwater.connectors.contract import Connector
from headwater.flows.formats.integrator.parts import items, objects, text
from headwater.flows.model import Branch, Node, Plan, RouteMode, Router, Step, StepKind
from headwater.flows.plan_step import Document, Lookup, StepPlanner
from headwater.kernel.errors import InvalidError

_MODES: Mapping[Any, RouteMode] = {
    None: "first_matching_branch",
    "first_matching_branch": "first_matching_branch",
    "all_matching_branches": "all_matching_branches",
}
_KINDS: Mapping[Any, StepKind] = {"export": "lookup", "import": "import"}


def plan(flow: Document, lookup: Lookup, connectors: Mapping[str, Connector]) -> Plan:
    """The Plan of a flow. `lookup(kind, id)` finds exports, imports and connections, or gives None.

    InvalidError `invalid_flow` with one fault for each error: its field is a path in the flow document,
    its detail names the step and its type. Pure: nothing is connected to.
    """
    planner = _Planner(flow, lookup, connectors)
    made = planner.plan()
    faults = planner.steps.faults
    if faults:
        raise InvalidError(
            "invalid_flow",
            f"The flow cannot be run: {faults[0].detail}",
            hint="`headwater flow check` and POST /api/flows/check list every fault.",
            faults=faults,
        )
    return made


class _Planner:
    def __init__(self, flow: Document, lookup: Lookup, connectors: Mapping[str, Connector]) -> None:
        self.steps = StepPlanner(flow, lookup, connectors)
        self._flow = flow
        self._nodes: list[Node | None] = []
        self._first_position = 0
        self._routers = {text(router, "id") or "": router for router in objects(flow, "routers")}
        self._planned: dict[str, int] = {}
        self._open: set[str] = set()

    def plan(self) -> Plan:
        generators = self._generators()
        self._first_position = len(generators)
        if self._flow.get("routers") and self._flow.get("pageProcessors"):
            self.steps.fault("routers", "invalid_flow", "A flow has pageProcessors or routers, not both.")
        elif self._routers:
            first = next(iter(self._routers))
            self._router(first, "routers.0")
        else:
            self._chain(_processors(self._flow), "pageProcessors", None)
        flow = self._flow
        if flow.get("_runNextExportIds"):
            detail = "Starting single exports of other flows cannot be done yet; use _runNextFlowIds."
            self.steps.fault("_runNextExportIds", "invalid_flow", detail)
        return Plan(
            flow_id=text(flow, "_id") or "",
            name=text(flow, "name") or "",
            generators=tuple(generator for generator in generators if generator is not None),
            nodes=tuple(node for node in self._nodes if node is not None),
            is_parallel=flow.get("runPageGeneratorsInParallel") is True,
            resolves_matching_keys=flow.get("autoResolveMatchingTraceKeys") is True,
            next_flow_ids=tuple(each for each in items(flow, "_runNextFlowIds") if isinstance(each, str)),
            warnings=tuple(self.steps.warnings),
        )

    def _generators(self) -> list[Step | None]:
        places = _generators_of(self._flow)
        if not places:
            self.steps.fault("pageGenerators", "invalid_flow", "A flow needs at least one page generator.")
        return [
            self.steps.step(place, "generator", at, f"pageGenerators.{at}") for at, place in enumerate(places)
        ]

    def _chain(self, places: list[Document], field: str, follower: int | None) -> int | None:
        """Plan processors in a row; the position of the first, or the follower's when there is none."""
        start = len(self._nodes)
        self._nodes += [None] * len(places)
        for at, place in enumerate(places):
            is_last = at == len(places) - 1
            following = follower if is_last else self._position(start + at + 1)
            self._nodes[start + at] = self._processor(place, start + at, f"{field}.{at}", following)
        return self._position(start) if places else follower

    def _processor(self, place: Document, at: int, field: str, following: int | None) -> Step | None:
        kind = _KINDS.get(place.get("type") or ("import" if place.get("_importId") else "export"))
        if kind is None:
            detail = f"A processor is an export or an import; got '{place.get('type')}'."
            self.steps.fault(f"{field}.type", "invalid_field", detail)
            return None
        step = self.steps.step(place, kind, self._position(at), field)
        return step and _with_next(step, following)

    def _router(self, router_id: str, field: str) -> int | None:
        """Plan a router and what lies behind it, once; its position."""
        if router_id in self._open:
            self.steps.fault(field, "invalid_flow", f"Router '{router_id}' leads back to itself.")
            return None
        if router_id in self._planned:
            return self._planned[router_id]
        router = self._routers.get(router_id)
        if router is None:
            self.steps.fault(field, "invalid_ref", f"There is no router '{router_id}'.")
            return None
        at = len(self._nodes)
        self._nodes.append(None)
        self._planned[router_id] = position = self._position(at)
        self._open.add(router_id)
        self._nodes[at] = self._forks(router, router_id, position, field)
        self._open.remove(router_id)
        return position

    def _forks(self, router: Document, router_id: str, position: int, field: str) -> Router:
        if router.get("routeRecordsUsing") == "script":
            self.steps.fault(f"{field}.script", "invalid_flow", "Routing by script cannot be run yet.")
        mode = _MODES.get(router.get("routeRecordsTo"))
        if mode is None:
            self.steps.fault(f"{field}.routeRecordsTo", "invalid_field", "This way of routing is unknown.")
        branches = objects(router, "branches")
        if not branches:
            self.steps.fault(f"{field}.branches", "invalid_flow", f"Router '{router_id}' has no branch.")
        planned = [
            self._branch(branch, router, f"{field}.branches.{at}") for at, branch in enumerate(branches)
        ]
        return Router(position, router_id, mode or "first_matching_branch", tuple(planned))

    def _branch(self, branch: Document, router: Document, field: str) -> Branch:
        follower_id = text(branch, "nextRouterId") or text(router, "nextRouterId")
        follower = self._router(follower_id, f"{field}.nextRouterId") if follower_id else None
        given = self.steps.filter(branch, "inputFilter", field)
        first = self._chain(objects(branch, "pageProcessors"), f"{field}.pageProcessors", follower)
        return Branch(text(branch, "name") or "", given, first)

    def _position(self, at: int) -> int:
        return self._first_position + at


def _generators_of(flow: Document) -> list[Document]:
    legacy = text(flow, "_exportId")
    return objects(flow, "pageGenerators") or ([{"_exportId": legacy}] if legacy else [])


def _processors(flow: Document) -> list[Document]:
    legacy = text(flow, "_importId")
    return objects(flow, "pageProcessors") or ([{"type": "import", "_importId": legacy}] if legacy else [])


def _with_next(step: Step, following: int | None) -> Step:
    return dataclasses.replace(step, next=following)
