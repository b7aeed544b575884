"""The reference as pages: `/openapi.json`, `/docs` and `/docs/errors`, rendered here and without a script."""

from collections.abc import Callable, Sequence
from dataclasses import replace
from functools import cache
from typing import Any

import msgspec

from headwater import __version__
from headwater.db.database import Tx
from headwater.kernel import json
from headwater.kernel.errors import NotFoundError
from headwater.web import error_page, reference_page
from headwater.web.answer import Answer
from headwater.web.application import Authenticate, not_signed_in
from headwater.web.call import Call
from headwater.web.openapi import document
from headwater.web.route import Route

HTML_HEADERS = {
    "content-type": "text/html; charset=utf-8",
    "content-security-policy": "default-src 'none'; style-src 'self'; frame-ancestors 'none'",
    "referrer-policy": "no-referrer",
    "cache-control": "public, max-age=300",
}
_CSS_HEADERS = {"content-type": "text/css; charset=utf-8", "cache-control": "public, max-age=300"}
ModuleSchema = Callable[[Tx, Any, str], dict[str, Any]]
"""`(tx, actor, module) -> JSON Schema` of the values of one module; it refuses who may not read it."""


class OpenapiQuery(msgspec.Struct, forbid_unknown_fields=True):
    """`module` adds the schema of that module's values to the document."""

    module: str | None = None


def routes(
    table: Sequence[Route],
    *,
    title: str = "Headwater",
    mount: str = "",
    authenticate: Authenticate | None = None,
    module_schema: ModuleSchema | None = None,
) -> list[Route]:
    """The routes of the reference over `table`, which may still grow until the first request.

    A dialect passes its `mount`, such as `/fluxx`, so that the pages name whole paths. `module_schema`
    answers `?module=`, for signed-in callers only.
    """
    pages = Reference(table, title, mount, authenticate, module_schema)
    found = [
        Route(
            "GET",
            "/openapi.json",
            pages.openapi,
            "The OpenAPI document",
            query=OpenapiQuery,
            is_open=True,
            tag="reference",
        ),
        Route("GET", "/docs", pages.page, "The rendered reference", is_open=True, tag="reference"),
        Route("GET", "/docs/style.css", pages.style, "Its style", is_open=True, tag="reference"),
    ]
    if not mount:
        found.append(
            Route(
                "GET",
                "/docs/errors",
                pages.errors,
                "Every error code explained",
                is_open=True,
                tag="reference",
            )
        )
    return found


class Reference:
    """The handlers of the reference; each page is made once."""

    def __init__(
        self,
        table: Sequence[Route],
        title: str,
        mount: str,
        authenticate: Authenticate | None,
        module_schema: ModuleSchema | None,
    ) -> None:
        """See `routes`."""
        self._mount = mount
        self._authenticate = authenticate
        self._module_schema = module_schema
        self._document = cache(lambda: document(_mounted(table, mount), title=title, version=__version__))
        self._page = cache(lambda: reference_page.render(self._document(), mount).encode())

    async def openapi(self, call: Call) -> Any:
        """The document, with one module's values when asked."""
        if call.query.module is None:
            return Answer(json.encode(self._document()), headers={"access-control-allow-origin": "*"})
        return self._with_module(call.query.module, await self._module(call, call.query.module))

    async def _module(self, call: Call, module: str) -> dict[str, Any]:
        schema, authenticate = self._module_schema, self._authenticate
        if schema is None or authenticate is None:
            raise NotFoundError("module_unknown", f"There is no module '{module[:60]}' here.")
        actor = await authenticate(call)
        if actor is None:
            raise not_signed_in()
        return await call.read(lambda tx: schema(tx, actor, module))

    def _with_module(self, module: str, schema: dict[str, Any]) -> dict[str, Any]:
        whole = self._document()
        components = whole["components"]
        schemas = {**components["schemas"], f"{module}_values": schema}
        return {**whole, "components": {**components, "schemas": schemas}}

    async def page(self, call: Call) -> Answer:
        """The reference for people."""
        return Answer(self._page(), headers=HTML_HEADERS)

    async def errors(self, call: Call) -> Answer:
        """The table of error codes, one anchor each: problem documents point here."""
        return Answer(error_page.render().encode(), headers=HTML_HEADERS)

    async def style(self, call: Call) -> Answer:
        """The one style sheet of these pages."""
        return Answer(reference_page.STYLE.encode(), headers=_CSS_HEADERS)


def _mounted(table: Sequence[Route], mount: str) -> list[Route]:
    if not mount:
        return list(table)
    return [replace(route, path=mount + route.path) for route in table]
