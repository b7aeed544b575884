"""Paths of the contract that are not built yet: 501 `not_implemented`, so that a client can tell them from
a typo.
"""

from typing import Any

from headwater.kernel.errors import NotBuiltError
from headwater.web.call import Call
from headwater.web.route import Route

_ONE_ID = ("exports", "imports", "flows", "integrations")
_TABLE: tuple[tuple[str, str], ...] = (
    ("GET", "/flows/{id}/template"),
    ("GET", "/flows/{id}/lastExportDateTime"),
    ("GET", "/flows/{id}/errors"),
    ("PUT", "/flows/{id}/errors/assign"),
    ("PUT", "/flows/{id}/errors/tags"),
    ("POST", "/exports/{id}/invoke"),
    ("POST", "/exports/{id}/{token}/data"),
    ("POST", "/exports/{id}/data"),
    ("POST", "/imports/{id}/invoke"),
    *(("PUT", f"/{plural}/{{id}}/replaceConnection") for plural in ("flows", "exports", "imports")),
    *((method, "/connections/{id}/ping") for method in ("GET", "POST")),
    ("POST", "/connections/ping"),
    ("POST", "/integrations/{id}/clone"),
    *(
        ("GET", f"/integrations/{{id}}/{part}")
        for part in ("flows", "exports", "imports", "connections", "errors", "template", "jobs/latest")
    ),
    ("PUT", "/integrations/{id}/connections/register"),
    ("GET", "/jobs/{id}/errors"),
    ("GET", "/jobs/{id}/diagnostics"),
    ("GET", "/jobs/{id}/files"),
    *(
        (method, "/flows/{id}" + middle + "/{step}" + end)
        for middle in ("", "/exports", "/imports")
        for method, end in (
            *(("GET", "/errors"), ("GET", "/resolved"), ("PUT", "/resolved"), ("POST", "/retry")),
            *(("GET", "/{key}/data"), ("PUT", "/{key}/data")),
        )
    ),
    ("GET", "/state"),
    *((method, "/state/{key}") for method in ("GET", "PUT", "DELETE")),
    *(("GET", f"/{plural}/{{id}}/state") for plural in _ONE_ID),
    *(
        (method, f"/{plural}/{{id}}/state/{{key}}")
        for plural in _ONE_ID
        for method in ("GET", "PUT", "DELETE")
    ),
    *(
        (method, f"/{plural}/{{id}}/aliases")
        for plural in ("flows", "integrations")
        for method in ("GET", "POST")
    ),
    *(("GET", f"/{plural}/{{id}}/audit") for plural in (*_ONE_ID, "connections", "scripts")),
    *(
        (method, f"/{plural}/{{id}}/debug")
        for plural in ("exports", "imports", "connections")
        for method in ("GET", "DELETE")
    ),
    *(
        (method, f"/{plural}/{{id}}/distributed")
        for plural in ("exports", "imports")
        for method in ("PUT", "DELETE")
    ),
    ("GET", "/flows/runs/stats"),
    ("POST", "/templates/install"),
    *(
        (method, f"/{plural}{one}")
        for plural in (
            *("tags", "lookupcaches", "filedefinitions", "ashares", "iclients", "stacks", "templates"),
            *("notifications", "recycleBin", "processors", "parsers", "revisions"),
        )
        for one in ("", "/{id}")
        for method in ("GET", "POST", "PUT", "DELETE")
    ),
)


def routes() -> list[Route]:
    """The routes that answer 501."""
    return [
        Route(method, path, _not_built, "Not built yet", tag="Not built yet", status=501)
        for method, path in _TABLE
    ]


async def _not_built(call: Call) -> Any:
    path = call.route.path if call.route else ""
    raise NotBuiltError("not_implemented", f"{call.method} {path} is not built yet.")
