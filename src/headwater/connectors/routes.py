"""`/api/connectors`: what each connector can do, as data for forms and docs (wire/native.md section 6)."""

from collections.abc import Mapping
from dataclasses import asdict
from typing import Any

from headwater.access.permissions import require
from headwater.connectors.contract import Connector
from headwater.kernel.errors import NotFoundError
from headwater.web.call import Call
from headwater.web.route import Route


def routes(connectors: Mapping[str, Connector]) -> list[Route]:
    """The routes over these connectors."""

    async def list_all(call: Call) -> Any:
        require(call.actor, "flows")
        return {"items": [asdict(each.spec) for each in connectors.values()], "next_cursor": None}

    async def get(call: Call) -> Any:
        require(call.actor, "flows")
        found = connectors.get(call.path["kind"])
        if found is None:
            detail = f"There is no connector '{call.path['kind'][:40]}'."
            raise NotFoundError("connector_unknown", detail, hint=f"There are {', '.join(connectors)}.")
        return asdict(found.spec)

    tags: dict[str, Any] = {"scope": "flows", "tag": "Connectors"}
    return [
        Route("GET", "/api/connectors", list_all, "List connectors", **tags),
        Route("GET", "/api/connectors/{kind}", get, "Get a connector", **tags),
    ]
