"""The routes of the CRM dialect, relative to /crm (wire/crm.md section 4)."""

from dataclasses import replace
from typing import Any

from headwater import __version__
from headwater.kernel.errors import NotBuiltError
from headwater.records.building import RecordsSlice
from headwater.web.call import Call
from headwater.web.route import Route
from headwater.wire.crm.body import read_body
from headwater.wire.crm.chart_question import read_parameters
from headwater.wire.crm.charts import CrmCharts
from headwater.wire.crm.content import actor_document
from headwater.wire.crm.content_form import read_items
from headwater.wire.crm.content_list import read_list
from headwater.wire.crm.contents import CrmContents
from headwater.wire.crm.envelope import OK, path_id, response
from headwater.wire.crm.field_types import field_type, field_types
from headwater.wire.crm.modules import CrmModules, read_module

MODULE = "/module/{moduleID}"
CONTENT = "/module/{moduleID}/content/{contentID}"
# Only the lists of these answer with a slash at the end as well as without.
_LISTS = frozenset({"/field", "/module", "/page", "/workflow", "/job"})
_NOT_BUILT = {
    "Pages": (
        "GET /page",
        "POST /page",
        "GET /page/tree",
        "GET /page/{pageID}",
        "POST /page/{pageID}",
        "DELETE /page/{pageID}",
        "POST /page/{selfID}/reorder",
    ),
    "Workflows": (
        "GET /workflow",
        "POST /workflow",
        "GET /workflow/{workflowID}",
        "POST /workflow/{workflowID}",
        "DELETE /workflow/{workflowID}",
    ),
    "Jobs": (
        "GET /job",
        "POST /job",
        "GET /job/{jobID}",
        "POST /job/{jobID}",
        "DELETE /job/{jobID}",
        "GET /job/{jobID}/logs",
    ),
}


def routes(records: RecordsSlice) -> list[Route]:
    """The routes of this dialect; pages, workflows and jobs answer that they are not built yet."""
    modules = _Modules(CrmModules(records.modules, records.catalogue))
    contents = _Contents(CrmContents(records.records, records.finder, records.catalogue))
    charts = _Charts(CrmCharts(records.finder, records.catalogue))
    table = [
        Route("GET", "/version", _version, "Read the version", is_open=True),
        Route("GET", "/auth/check", _check, "Check the session"),
        Route("GET", "/field", _field_types, "List the field types"),
        Route("GET", "/field/{typeID}", _field_type, "Read a field type"),
        Route("GET", "/module", modules.list, "List modules"),
        Route("POST", "/module", modules.create, "Create a module"),
        Route("GET", MODULE, modules.get, "Read a module"),
        Route("POST", MODULE, modules.update, "Update a module"),
        Route("DELETE", MODULE, modules.delete, "Delete a module"),
        Route("GET", f"{MODULE}/chart", charts.get, "Read a chart"),
        Route("GET", f"{MODULE}/content", contents.list, "List contents"),
        Route("POST", f"{MODULE}/content", contents.create, "Create a content"),
        Route("GET", CONTENT, contents.get, "Read a content"),
        Route("POST", CONTENT, contents.update, "Update a content"),
        Route("DELETE", CONTENT, contents.delete, "Delete a content"),
        *_not_built(),
    ]
    return [*table, *(_slashed(each) for each in table if each.path in _LISTS)]


class _Modules:
    def __init__(self, modules: CrmModules) -> None:
        self._modules = modules

    async def list(self, call: Call) -> Any:
        query = call.query.get("query", "")
        return response(await call.read(lambda tx: self._modules.list(tx, call.actor, query)))

    async def create(self, call: Call) -> Any:
        form = read_module(await read_body(call))
        return await call.write(lambda tx: response(self._modules.create(tx, call.actor, form)))

    async def get(self, call: Call) -> Any:
        module_id = path_id(call, "moduleID")
        return response(await call.read(lambda tx: self._modules.get(tx, call.actor, module_id)))

    async def update(self, call: Call) -> Any:
        module_id, form = path_id(call, "moduleID"), read_module(await read_body(call))
        return await call.write(lambda tx: response(self._modules.update(tx, call.actor, module_id, form)))

    async def delete(self, call: Call) -> Any:
        module_id = path_id(call, "moduleID")
        await call.write(lambda tx: self._modules.delete(tx, call.actor, module_id))
        return OK


class _Contents:
    def __init__(self, contents: CrmContents) -> None:
        self._contents = contents

    async def list(self, call: Call) -> Any:
        module_id, query = path_id(call, "moduleID"), read_list(call.query)
        return response(await call.scan(lambda tx: self._contents.list(tx, call.actor, module_id, query)))

    async def create(self, call: Call) -> Any:
        module_id, items = path_id(call, "moduleID"), read_items((await read_body(call)).get("fields"))
        return await call.write(lambda tx: response(self._contents.create(tx, call.actor, module_id, items)))

    async def get(self, call: Call) -> Any:
        ids = _content_ids(call)
        return response(await call.read(lambda tx: self._contents.get(tx, call.actor, *ids)))

    async def update(self, call: Call) -> Any:
        ids, items = _content_ids(call), read_items((await read_body(call)).get("fields"))
        return await call.write(lambda tx: response(self._contents.update(tx, call.actor, *ids, items)))

    async def delete(self, call: Call) -> Any:
        ids = _content_ids(call)
        await call.write(lambda tx: self._contents.delete(tx, call.actor, *ids))
        return OK


class _Charts:
    def __init__(self, charts: CrmCharts) -> None:
        self._charts = charts

    async def get(self, call: Call) -> Any:
        module_id, asked = path_id(call, "moduleID"), read_parameters(call.query)
        return response(await call.scan(lambda tx: self._charts.get(tx, call.actor, module_id, asked)))


async def _version(call: Call) -> Any:
    return response({"version": __version__})


async def _check(call: Call) -> Any:
    return response({"user": await call.read(lambda tx: actor_document(tx, call.actor))})


async def _field_types(call: Call) -> Any:
    return response(field_types(has_others=call.query.get("all") == "1"))


async def _field_type(call: Call) -> Any:
    return response(field_type(call.path["typeID"]))


async def _refuse(call: Call) -> Any:
    what = call.route_path.split("/")[1].capitalize()
    raise NotBuiltError("crm_not_built", f"{what}s are not built yet")


def _content_ids(call: Call) -> tuple[int, int]:
    return path_id(call, "moduleID"), path_id(call, "contentID")


def _not_built() -> list[Route]:
    found = []
    for what, lines in _NOT_BUILT.items():
        for line in lines:
            method, path = line.split()
            found.append(Route(method, path, _refuse, f"{what}: not built yet"))
    return found


def _slashed(route: Route) -> Route:
    return replace(route, path=f"{route.path}/")
