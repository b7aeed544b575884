"""`/api/flows`: list, read, check and run flows of every form (wire/native.md section 6)."""

from collections.abc import Mapping, Sequence
from typing import Any

import msgspec

from headwater.db.database import Tx
from headwater.flows.documents import Documents, Slice
from headwater.flows.model import RunOptions
from headwater.flows.run_routes import InlineFlow, accepted
from headwater.flows.service import Flows
from headwater.flows.views import FlowPage, FlowView, flow_view
from headwater.kernel.clock import parse
from headwater.kernel.errors import Fault, NotFoundError
from headwater.web.answer import Answer
from headwater.web.call import Call
from headwater.web.decoding import decode
from headwater.web.paging import ListQuery, decode_cursor, encode_cursor, invalid_cursor
from headwater.web.route import Route


class FlowsQuery(ListQuery):
    """Flows in the order of their ids."""


class RunRequest(msgspec.Struct, forbid_unknown_fields=True):
    """How this run differs from the plain one."""

    export_ids: list[str] = msgspec.field(default_factory=list)
    start_at: str | None = None
    end_at: str | None = None


class FaultView(msgspec.Struct):
    """One fault or warning."""

    field: str
    code: str
    detail: str


class CheckView(msgspec.Struct):
    """Whether a flow can be run, and everything that is wrong or odd."""

    is_runnable: bool
    errors: list[FaultView]
    warnings: list[FaultView]


def routes(flows: Flows, documents: Documents) -> list[Route]:
    """The routes over these services."""
    handlers = _Handlers(flows, documents)
    tags: dict[str, Any] = {"scope": "flows", "tag": "Flows"}
    one = "/api/flows/{flow}"
    return [
        Route("GET", "/api/flows", handlers.list, "List flows", query=FlowsQuery, answer=FlowPage, **tags),
        Route("GET", one, handlers.get, "Get a flow", answer=FlowView, **tags),
        Route("GET", one + "/document", handlers.document, "Get a flow's document", **tags),
        Route("POST", one + "/run", handlers.run, "Run a flow", status=202, **tags),
        Route("POST", one + "/check", handlers.check_stored, "Check a flow", answer=CheckView, **tags),
        Route(
            "POST",
            "/api/flows/check",
            handlers.check,
            "Check a flow that is not stored",
            body=InlineFlow,
            answer=CheckView,
            **tags,
        ),
    ]


class _Handlers:
    def __init__(self, flows: Flows, documents: Documents) -> None:
        self._flows = flows
        self._documents = documents

    async def list(self, call: Call) -> FlowPage:
        query: FlowsQuery = call.query
        after = _cursor_text(query.cursor) if query.cursor else ""

        def work(tx: Tx) -> FlowPage:
            part = Slice(after=after, limit=query.limit + 1)
            found = self._documents.list(tx, call.actor, "flow", part)
            shown = found[: query.limit]
            more = encode_cursor([shown[-1]["_id"]]) if len(found) > query.limit else None
            return FlowPage([*self._views(tx, call, shown)], more)

        return await call.read(work)

    async def get(self, call: Call) -> FlowView:
        return await call.read(lambda tx: self._views(tx, call, [self._document(tx, call)])[0])

    async def document(self, call: Call) -> Any:
        return await call.read(lambda tx: self._document(tx, call))

    async def run(self, call: Call) -> Any:
        request: RunRequest = decode(await call.raw_body() or b"{}", RunRequest)
        options = RunOptions(
            export_ids=tuple(request.export_ids),
            start_at=parse(request.start_at) if request.start_at else None,
            end_at=parse(request.end_at) if request.end_at else None,
        )

        def work(tx: Tx) -> Answer:
            job = self._flows.start(tx, call.actor, call.path["flow"], options)
            return accepted(self._flows.run_of_job(tx, call.actor, job.id))

        return await call.write(work)

    async def check(self, call: Call) -> CheckView:
        document = msgspec.to_builtins(call.body)
        return await call.write(lambda tx: _check_view(*self._flows.check(tx, call.actor, document)))

    async def check_stored(self, call: Call) -> CheckView:
        flow = call.path["flow"]
        return await call.write(lambda tx: _check_view(*self._flows.check_stored(tx, call.actor, flow)))

    def _document(self, tx: Tx, call: Call) -> Mapping[str, Any]:
        try:
            return self._documents.get(tx, call.actor, "flow", call.path["flow"])
        except NotFoundError as error:
            raise NotFoundError("flow_unknown", f"There is no flow '{call.path['flow'][:40]}'.") from error

    def _views(self, tx: Tx, call: Call, documents: Sequence[Mapping[str, Any]]) -> Sequence[FlowView]:
        runs = self._flows.latest_runs(tx, call.actor, [each["_id"] for each in documents])
        return [flow_view(each, runs.get(each["_id"])) for each in documents]


def _check_view(errors: Sequence[Fault], warnings: Sequence[Fault]) -> CheckView:
    return CheckView(not errors, *([FaultView(*each) for each in part] for part in (errors, warnings)))


def _cursor_text(cursor: str) -> str:
    values = decode_cursor(cursor)
    if len(values) != 1 or not isinstance(values[0], str):
        raise invalid_cursor()
    return values[0]
