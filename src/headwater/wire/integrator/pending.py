"""Paths of the contract that are not built yet: 501 `not_implemented`, so that a client can tell them from
a typo.
"""

from headwater.web.pending import Pending, pending_routes
from headwater.web.route import Route

_ONE_ID = ("exports", "imports", "flows", "integrations")
_TABLE: tuple[Pending, ...] = (
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
    return pending_routes(_TABLE, code="not_implemented")
