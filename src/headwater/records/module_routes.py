"""`/api/modules` and `/api/modules/{module}/fields`."""

from typing import Any

from headwater.db.database import Tx
from headwater.records.model import Field, Module
from headwater.records.module_forms import (
    DeleteModule,
    FieldChange,
    FieldView,
    ModuleChange,
    ModuleList,
    ModuleView,
    NewField,
    NewModule,
    said,
)
from headwater.records.modules import Modules
from headwater.web.answer import Answer, with_revision
from headwater.web.call import Call
from headwater.web.route import Route


class ModuleRoutes:
    """The handlers of modules."""

    def __init__(self, modules: Modules) -> None:
        """Everything is done by `modules`."""
        self._modules = modules

    async def list(self, call: Call) -> dict[str, Any]:
        """All of them at once: there are never many."""

        def work(tx: Tx) -> list[dict[str, Any]]:
            return [self._modules.to_json(tx, each) for each in self._modules.list(tx, call.actor)]

        return {"items": await call.read(work), "next_cursor": None}

    async def create(self, call: Call) -> Answer:
        """201 with the module."""

        def work(tx: Tx) -> Answer:
            module = self._modules.create(tx, call.actor, said(call.body))
            return self._answer(tx, module, status=201)

        return await call.write(work)

    async def get(self, call: Call) -> Answer:
        """The module by its handle or id."""
        return await call.read(
            lambda tx: self._answer(tx, self._modules.get(tx, call.actor, call.path["module"]))
        )

    async def update(self, call: Call) -> Answer:
        """The changed module."""

        def work(tx: Tx) -> Answer:
            module = self._modules.update(
                tx, call.actor, call.path["module"], said(call.body), if_revision=call.if_match
            )
            return self._answer(tx, module)

        return await call.write(work)

    async def delete(self, call: Call) -> None:
        """204; 409 when others refer to it."""
        await call.write(
            lambda tx: self._modules.delete(
                tx, call.actor, call.path["module"], is_forced=call.query.force, if_revision=call.if_match
            )
        )

    async def add_field(self, call: Call) -> Answer:
        """201 with the field."""

        def work(tx: Tx) -> Answer:
            ref = call.path["module"]
            field = self._modules.add_field(tx, call.actor, ref, said(call.body))
            location = f"/api/modules/{ref}/fields/{field.name}"
            return Answer(self._field(tx, field), 201, {"location": location})

        return await call.write(work)

    async def update_field(self, call: Call) -> dict[str, Any]:
        """The changed field."""

        def work(tx: Tx) -> dict[str, Any]:
            path = call.path
            field = self._modules.update_field(tx, call.actor, path["module"], path["field"], said(call.body))
            return self._field(tx, field)

        return await call.write(work)

    async def delete_field(self, call: Call) -> None:
        """204; its values are kept until maintenance."""
        await call.write(
            lambda tx: self._modules.delete_field(tx, call.actor, call.path["module"], call.path["field"])
        )

    def _answer(self, tx: Tx, module: Module, *, status: int | None = None) -> Answer:
        location = f"/api/modules/{module.handle}" if status == 201 else ""
        return with_revision(
            self._modules.to_json(tx, module), module.revision, status=status, location=location
        )

    def _field(self, tx: Tx, field: Field) -> dict[str, Any]:
        return self._modules.field_json(tx, field)


def routes(modules: Modules) -> list[Route]:
    """The routes of modules and fields."""
    handlers = ModuleRoutes(modules)
    one, fields = "/api/modules/{module}", "/api/modules/{module}/fields"
    field = fields + "/{field}"
    return [
        _route("GET", "/api/modules", handlers.list, "List modules", answer=ModuleList),
        _route(
            "POST",
            "/api/modules",
            handlers.create,
            "Make a module",
            body=NewModule,
            answer=ModuleView,
            status=201,
        ),
        _route("GET", one, handlers.get, "Read a module", answer=ModuleView),
        _route("PATCH", one, handlers.update, "Change a module", body=ModuleChange, answer=ModuleView),
        _route("DELETE", one, handlers.delete, "Delete a module", query=DeleteModule, status=204),
        _route(
            "POST", fields, handlers.add_field, "Add a field", body=NewField, answer=FieldView, status=201
        ),
        _route("PATCH", field, handlers.update_field, "Change a field", body=FieldChange, answer=FieldView),
        _route("DELETE", field, handlers.delete_field, "Remove a field", status=204),
    ]


def _route(method: str, path: str, handler: Any, summary: str, **rest: Any) -> Route:
    scope = "records:read" if method == "GET" else "schema"
    return Route(method, path, handler, summary, scope=scope, tag="modules", **rest)
