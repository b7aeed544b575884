"""`/api/runs` and the failures of flows (wire/native.md section 6)."""

from collections.abc import Sequence
from typing import Any, Literal

import msgspec

from headwater.access.actor import Actor
from headwater.db.database import Tx
from headwater.flows.failure import Failure
from headwater.flows.failures import Failures
from headwater.flows.service import Flows
from headwater.flows.store import Run
from headwater.flows.views import FailurePage, FailureView, RunPage, RunView, failure_view, run_view
from headwater.web.answer import Answer
from headwater.web.call import Call
from headwater.web.paging import Id, ListQuery, cursor_id, encode_cursor, path_id
from headwater.web.route import Route


class RunsQuery(ListQuery):
    """Which runs: newest first, of every flow or with one status."""

    status: Literal["queued", "running", "ok", "error", "cancelled"] | None = None


class FailuresQuery(ListQuery):
    """Which failures: newest first, of one status, step or run."""

    status: Literal["open", "retried", "resolved"] | None = None
    step_id: str | None = None
    run_id: Id | None = None


class InlineFlow(msgspec.Struct, forbid_unknown_fields=True):
    """A flow that is stored nowhere, with the documents that it refers to, by id."""

    flow: dict[str, Any]
    exports: dict[str, dict[str, Any]] = msgspec.field(default_factory=dict)
    imports: dict[str, dict[str, Any]] = msgspec.field(default_factory=dict)
    connections: dict[str, dict[str, Any]] = msgspec.field(default_factory=dict)


class FailureIds(msgspec.Struct, forbid_unknown_fields=True):
    """Failures by id."""

    ids: list[int]


class FailureData(msgspec.Struct, forbid_unknown_fields=True):
    """The data of the next retry."""

    data: Any


class Resolved(msgspec.Struct):
    """How many failures were open and are resolved now."""

    resolved: int


def routes(flows: Flows, failures: Failures) -> list[Route]:
    """The routes over these services."""
    run, failure = _Runs(flows), _Failures(flows, failures)
    tags: dict[str, Any] = {"scope": "flows", "tag": "Flows"}
    inline: dict[str, Any] = {"body": InlineFlow, "answer": RunView, "status": 202}
    listed: dict[str, Any] = {"query": FailuresQuery, "answer": FailurePage}
    some: dict[str, Any] = {"body": FailureIds}
    of_flow = "/api/flows/{flow}/failures"
    one = of_flow + "/{failure}"
    return [
        Route("GET", "/api/runs", run.list, "List runs", query=RunsQuery, answer=RunPage, **tags),
        Route("POST", "/api/runs", run.start, "Run a flow that is not stored", **inline, **tags),
        Route("GET", "/api/runs/{run}", run.get, "Get a run with its steps", answer=RunView, **tags),
        Route("POST", "/api/runs/{run}/cancel", run.cancel, "Cancel a run", answer=RunView, **tags),
        Route("GET", "/api/flows/{flow}/runs", run.of_flow, "List a flow's runs", query=RunsQuery, **tags),
        Route("GET", of_flow, failure.list, "List failures", **listed, **tags),
        Route("GET", one, failure.get, "Get a failure", answer=FailureView, **tags),
        Route("PATCH", one, failure.edit, "Edit a failure's data", body=FailureData, **tags),
        Route("POST", of_flow + "/retry", failure.retry, "Retry failures", status=202, **some, **tags),
        Route(
            "POST", of_flow + "/resolve", failure.resolve, "Resolve failures", answer=Resolved, **some, **tags
        ),
    ]


def accepted(run: Run) -> Answer:
    """202 with the run, and where to look at it."""
    return Answer(run_view(run), status=202, headers={"location": f"/api/runs/{run.id}"})


class _Runs:
    def __init__(self, flows: Flows) -> None:
        self._flows = flows

    async def list(self, call: Call) -> RunPage:
        return await self._page(call, [])

    async def of_flow(self, call: Call) -> RunPage:
        return await self._page(call, [("run.flow_id = ?", call.path["flow"])])

    async def start(self, call: Call) -> Any:
        document = msgspec.to_builtins(call.body)

        def work(tx: Tx) -> Answer:
            job = self._flows.start_inline(tx, call.actor, document)
            return accepted(self._flows.run_of_job(tx, call.actor, job.id))

        return await call.write(work)

    async def get(self, call: Call) -> RunView:
        return await call.read(lambda tx: self._with_steps(tx, call.actor, self._id(call)))

    async def cancel(self, call: Call) -> RunView:
        return await call.write(lambda tx: run_view(self._flows.cancel(tx, call.actor, self._id(call))))

    def _with_steps(self, tx: Tx, actor: Actor, run_id: int) -> RunView:
        return run_view(self._flows.run(tx, actor, run_id), self._flows.steps(tx, actor, run_id))

    def _id(self, call: Call) -> int:
        return path_id(call.path["run"], "run_unknown")

    async def _page(self, call: Call, conditions: Sequence[tuple[str, Any]]) -> RunPage:
        query: RunsQuery = call.query
        conditions = [*conditions, *([("job.status = ?", query.status)] if query.status else [])]
        if query.cursor:
            conditions.append(("run.id < ?", cursor_id(query.cursor)))
        found = await call.read(lambda tx: self._flows.runs(tx, call.actor, conditions, query.limit + 1))
        shown = found[: query.limit]
        more = encode_cursor([shown[-1].id]) if len(found) > query.limit else None
        return RunPage([run_view(run) for run in shown], more)


class _Failures:
    def __init__(self, flows: Flows, failures: Failures) -> None:
        self._flows = flows
        self._failures = failures

    async def list(self, call: Call) -> FailurePage:
        query: FailuresQuery = call.query
        conditions: list[tuple[str, Any]] = [("flow_id = ?", call.path["flow"])]
        given = {name: getattr(query, name) for name in ("status", "step_id", "run_id")}
        conditions += [(f"{name} = ?", value) for name, value in given.items() if value is not None]
        if query.cursor:
            conditions.append(("id < ?", cursor_id(query.cursor)))
        found: Sequence[Failure] = await call.read(
            lambda tx: self._failures.list(tx, call.actor, conditions, query.limit + 1)
        )
        shown = found[: query.limit]
        more = encode_cursor([shown[-1].id]) if len(found) > query.limit else None
        return FailurePage([failure_view(failure) for failure in shown], more)

    async def get(self, call: Call) -> FailureView:
        flow, failure = call.path["flow"], self._id(call)
        return await call.read(lambda tx: failure_view(self._failures.get(tx, call.actor, flow, failure)))

    async def edit(self, call: Call) -> FailureView:
        flow, failure, data = call.path["flow"], self._id(call), call.body.data
        return await call.write(
            lambda tx: failure_view(self._failures.edit(tx, call.actor, flow, failure, data))
        )

    async def retry(self, call: Call) -> Any:
        def work(tx: Tx) -> Answer:
            job = self._failures.retry(tx, call.actor, call.path["flow"], call.body.ids)
            return accepted(self._flows.run_of_job(tx, call.actor, job.id))

        return await call.write(work)

    async def resolve(self, call: Call) -> Resolved:
        flow, ids = call.path["flow"], call.body.ids
        return await call.write(lambda tx: Resolved(self._failures.resolve(tx, call.actor, flow, ids)))

    def _id(self, call: Call) -> int:
        return path_id(call.path["failure"], "failure_unknown")
