"""The routes of the integrator dialect, relative to /integrator/v1 (wire contract integrator.md section
2).
"""

from typing import Any

from headwater.flows.documents import Documents
from headwater.flows.documents_clone import Clones
from headwater.flows.documents_model import KINDS
from headwater.flows.service import Flows
from headwater.web.call import Call
from headwater.web.route import Route
from headwater.wire.integrator import pending
from headwater.wire.integrator.documents import Resource
from headwater.wire.integrator.runs import Runs


def routes(documents: Documents, flows: Flows) -> list[Route]:
    """The route table; what is not built yet answers 501 `not_implemented`."""
    clones, runs = Clones(documents), Runs(flows, documents)
    found = [Route("GET", "/tokenInfo", _token_info, "Whose token this is, and its scope", tag="Token")]
    for kind in KINDS:
        found += _resource_routes(Resource(kind, documents, clones))
    return found + _run_routes(runs) + pending.routes()


def _run_routes(runs: Runs) -> list[Route]:
    table: list[tuple[str, str, Any, str, dict[str, Any]]] = [
        ("POST", "/flows/{id}/run", runs.start, "Run one flow on demand", {"status": 201, "tag": "Flows"}),
        ("GET", "/flows/{id}/jobs/latest", runs.latest, "The newest jobs of one flow", {"tag": "Flows"}),
        ("GET", "/jobs", runs.list, "List jobs, newest first", {}),
        ("GET", "/jobs/{id}", runs.get, "Read one job", {}),
        ("GET", "/jobs/{id}/family", runs.family, "Read one job with those of its places", {}),
        ("PUT", "/jobs/{id}/cancel", runs.cancel, "Cancel one flow job", {"status": 204}),
        ("DELETE", "/jobs/{id}", runs.cancel, "Cancel one flow job", {"status": 204}),
    ]
    return [
        Route(method, path, handler, summary, scope="flows", **{"tag": "Jobs", **rest})
        for method, path, handler, summary, rest in table
    ]


def _resource_routes(resource: Resource) -> list[Route]:
    whole, one, kind = f"/{resource.plural}", f"/{resource.plural}/{{id}}", resource.kind
    tag = resource.plural.capitalize()
    table: list[tuple[str, str, Any, str, dict[str, Any]]] = [
        ("GET", whole, resource.list, f"List {resource.plural}", {}),
        ("POST", whole, resource.create, f"Create a new {kind}", {"body": Any, "status": 201}),
        ("GET", one, resource.get, f"Read one {kind}", {}),
        ("PUT", one, resource.replace, f"Replace one {kind}: a key left out is cleared", {"body": Any}),
        ("PATCH", one, resource.patch, f"Patch one {kind} (JSON Patch)", {"body": Any, "status": 204}),
        ("DELETE", one, resource.delete, f"Delete one {kind} that nothing refers to", {"status": 204}),
        ("GET", f"{one}/dependencies", resource.dependencies, f"Who uses one {kind}", {}),
    ]
    if kind in ("flow", "export", "import"):
        table.append(("POST", f"{one}/clone", resource.clone, f"Clone one {kind}", {"status": 201}))
    if kind == "flow":
        table.append(("GET", f"{one}/descendants", resource.descendants, "Exports and imports of a flow", {}))
    return [
        Route(method, path, handler, summary, scope="flows", tag=tag, **rest)
        for method, path, handler, summary, rest in table
    ]


async def _token_info(call: Call) -> dict[str, str]:
    """W1: the token's owner as an id of this dialect, and its scopes."""
    return {"_userId": f"{call.actor.id:024x}", "scope": " ".join(sorted(call.actor.scopes))}
