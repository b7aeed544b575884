"""Routes of the Clust API, relative to /clust/api and /clust/api/v2 (wire/clust.md sections 2 to 7)."""

from typing import Any

from headwater.access.permissions import require
from headwater.applications.representation import Representation
from headwater.applications.review import ACTS
from headwater.applications.routes import ActBody, perform
from headwater.applications.service import Applications
from headwater.applications.templates import Templates, template_json
from headwater.kernel.errors import Fault, InvalidError, NotFoundError
from headwater.web.answer import Answer
from headwater.web.call import Call
from headwater.web.route import Route
from headwater.wire.clust.body import envelope, path_id, read_body, slice_of
from headwater.wire.clust.pending import refuse_filters

Row = tuple[str, str, Any, str, dict[str, Any]]


def routes(templates: Templates, applications: Applications, shown: Representation) -> list[Route]:
    """The routes of this dialect that are built; the others are in `pending`."""
    rows = _dossier_rows(_Dossiers(applications, shown)) + _template_rows(_Templates(templates))
    rows.append(("GET", "/users", _users, "The person behind the token", {}))
    return [
        Route(method, path, handler, text, tag="Clust", **rest) for method, path, handler, text, rest in rows
    ]


def _dossier_rows(dossiers: "_Dossiers") -> list[Row]:
    one = "/dossiers/{dossier}"
    moves = "Submit, approve, reject, return, reopen, withdraw, archive"
    return [
        ("GET", "/dossiers", dossiers.list, "List dossiers", {}),
        ("POST", "/dossiers", dossiers.create, "Create a dossier", {"status": 201}),
        ("GET", one, dossiers.get, "Read a dossier", {}),
        ("PUT", one, dossiers.update, "Change a dossier (merges)", {}),
        ("PATCH", one, dossiers.update, "Change a dossier", {}),
        ("DELETE", one, dossiers.delete, "Delete a dossier", {"status": 204}),
        ("GET", f"{one}/items", dossiers.items, "List the items of a dossier", {}),
        ("POST", f"{one}/{{act}}", dossiers.act, moves, {}),
        ("POST", f"{one}/items/{{item}}/{{act}}", dossiers.review, "Review one item", {}),
    ]


def _template_rows(patterns: "_Templates") -> list[Row]:
    one = "/templates/{template}"
    return [
        ("GET", "/templates", patterns.list, "List templates", {}),
        ("POST", "/templates", patterns.create, "Create a template", {"status": 201}),
        ("GET", one, patterns.get, "Read a template", {}),
        ("PUT", one, patterns.update, "Change a template (merges)", {}),
        ("PATCH", one, patterns.update, "Change a template", {}),
        ("DELETE", one, patterns.delete, "Delete a template", {"status": 204}),
    ]


class _Dossiers:
    def __init__(self, applications: Applications, shown: Representation) -> None:
        self._applications = applications
        self._shown = shown

    async def list(self, call: Call) -> Any:
        page, per_page = slice_of(call)
        refuse_filters(call.query)

        def work(tx: Any) -> Any:
            found, total = self._applications.list(
                tx, call.actor, call.query, per_page, (page - 1) * per_page
            )
            return self._shown.summaries(tx, found), total

        items, total = await call.scan(work)
        return envelope(call, items, total, page, per_page)

    async def create(self, call: Call) -> Any:
        body = await read_body(call)

        def work(tx: Any) -> Any:
            made = self._applications.create(tx, call.actor, body)
            return Answer({"data": self._shown.summary(tx, made)}, 201)

        return await call.write(work)

    async def get(self, call: Call) -> Any:
        dossier = path_id(call, "dossier", "dossier")
        return await call.read(
            lambda tx: {"data": self._shown.summary(tx, self._applications.get(tx, call.actor, dossier))}
        )

    async def items(self, call: Call) -> Any:
        return {"data": (await self.get(call))["data"]["dossier_items"]}

    async def update(self, call: Call) -> Any:
        dossier, body = path_id(call, "dossier", "dossier"), await read_body(call)
        return await call.write(
            lambda tx: {
                "data": self._shown.summary(tx, self._applications.update(tx, call.actor, dossier, body))
            }
        )

    async def delete(self, call: Call) -> Any:
        dossier = path_id(call, "dossier", "dossier")
        await call.write(lambda tx: self._applications.delete(tx, call.actor, dossier))

    async def act(self, call: Call) -> Any:
        dossier, act, body = (
            path_id(call, "dossier", "dossier"),
            call.path["act"],
            _act_body(await read_body(call)),
        )
        return await call.write(
            lambda tx: {
                "data": self._shown.summary(
                    tx, perform(self._applications, tx, call.actor, dossier, act, body)
                )
            }
        )

    async def review(self, call: Call) -> Any:
        act = call.path["act"]
        if act not in ACTS:
            raise NotFoundError("action_unknown", f"An item has no action '{act[:40]}' here.")
        ids = (path_id(call, "dossier", "dossier"), path_id(call, "item", "item"))
        body = _act_body(await read_body(call))
        return await call.write(
            lambda tx: {
                "data": self._shown.summary(
                    tx, self._applications.review_item(tx, call.actor, *ids, act, body.reason)
                )
            }
        )


class _Templates:
    def __init__(self, templates: Templates) -> None:
        self._templates = templates

    async def list(self, call: Call) -> Any:
        page, per_page = slice_of(call)
        start = (page - 1) * per_page
        found, total = await call.read(lambda tx: self._templates.list(tx, call.actor, per_page, start))
        return envelope(call, [template_json(each) for each in found], total, page, per_page)

    async def create(self, call: Call) -> Any:
        body = await read_body(call)
        return await call.write(
            lambda tx: Answer({"data": template_json(self._templates.create(tx, call.actor, body))}, 201)
        )

    async def get(self, call: Call) -> Any:
        template = path_id(call, "template", "template")
        return {
            "data": template_json(await call.read(lambda tx: self._templates.get(tx, call.actor, template)))
        }

    async def update(self, call: Call) -> Any:
        template, body = path_id(call, "template", "template"), await read_body(call)
        return await call.write(
            lambda tx: {"data": template_json(self._templates.update(tx, call.actor, template, body))}
        )

    async def delete(self, call: Call) -> Any:
        template = path_id(call, "template", "template")
        await call.write(lambda tx: self._templates.delete(tx, call.actor, template))


async def _users(call: Call) -> Any:
    require(call.actor, "team:read")
    page, per_page = slice_of(call)
    user = {"id": call.actor.id, "firstname": call.actor.name, "lastname": "", "team_id": 1}
    return envelope(call, [user] if page == 1 else [], 1, page, per_page)


def _act_body(body: dict[str, Any]) -> ActBody:
    """The members of an action, in the types that a form can send too; others are ignored."""
    items = body.get("items") or []
    if not isinstance(items, list) or not all(isinstance(each, int) for each in items):
        fault = Fault("items", "not_a_list", "'items' wants a list of item ids.")
        raise InvalidError("invalid_body", fault.detail, faults=[fault])
    force = body.get("force") in (True, 1, "1", "true")
    return ActBody(reason=str(body.get("reason") or ""), force=force, items=items)
