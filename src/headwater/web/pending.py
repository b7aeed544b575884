"""Paths of a contract that are not built yet: 501, so that a client can tell them from a typo."""

from collections.abc import Iterable
from typing import Any

from headwater.kernel.errors import NotBuiltError
from headwater.web.call import Call
from headwater.web.route import Route

Pending = tuple[str, str]
"""A method and a path."""

_ALL = ("GET", "POST", "PUT", "PATCH", "DELETE")
OWN: tuple[Pending, ...] = (
    *((method, f"/api/{plural}") for plural in ("webhooks", "connections") for method in ("GET", "POST")),
    *(
        (method, f"/api/{plural}{one}")
        for plural in ("files", "pages", "charts", "views", "syncs", "scenario-templates")
        for one in ("", "/{id}")
        for method in _ALL
    ),
    *(
        (method, f"/api/{plural}/{{id}}")
        for plural in ("webhooks", "connections")
        for method in ("GET", "PATCH", "DELETE")
    ),
    ("GET", "/api/webhooks/{id}/deliveries"),
    ("POST", "/api/webhooks/{id}/deliveries/{delivery}/resend"),
    ("POST", "/api/connections/{id}/test"),
    ("GET", "/api/connections/oauth/callback"),
    ("POST", "/api/flows/import"),
    ("GET", "/api/charts/{id}/data"),
    ("POST", "/api/charts/data"),
    ("GET", "/api/roles"),
    ("POST", "/hook/{token}"),
)
"""What native.md sections 5 to 8 name and this version does not have."""


def pending_routes(table: Iterable[Pending], *, code: str = "not_built") -> list[Route]:
    """Routes that answer 501 with this code to whoever is signed in; no reference shows them."""

    async def refuse(call: Call) -> Any:
        path = call.route.path if call.route else ""
        raise NotBuiltError(code, f"{call.method} {path} is not built yet.", hint="See /docs for what is.")

    return [Route(method, path, refuse, "Not built yet", status=501) for method, path in table]
