"""HTTP routes of templates and applications for the team: /api/templates and /api/applications."""

from typing import Any

import msgspec

from headwater.access.permissions import require
from headwater.applications.lifecycle import FINAL
from headwater.applications.representation import Representation
from headwater.applications.review import ACTS
from headwater.applications.service import Applications
from headwater.applications.templates import Templates, template_json
from headwater.files.folder import FileFolder
from headwater.files.serving import file_response
from headwater.files.store import get_file
from headwater.kernel.errors import InvalidError, NotFoundError
from headwater.web.answer import Answer
from headwater.web.call import Call
from headwater.web.decoding import decode
from headwater.web.paging import ListQuery, Page, cursor_id, encode_cursor, page_json, path_id
from headwater.web.route import Route

DECISIONS = {
    "reject": "rejected",
    "return": "returned",
    "withdraw": "withdrawn",
    "archive": "archived",
    "reopen": "returned",
}


class ApplicationsQuery(ListQuery, kw_only=True):
    """Filters of the list of applications."""

    status: str = ""
    template_id: str = ""
    contact_id: str = ""
    external_id: str = ""
    updated_since: str = ""
    sort: str = ""


class ActBody(msgspec.Struct, forbid_unknown_fields=True):
    """What an action takes; all of it optional, where the action does not want a reason."""

    reason: str = ""
    force: bool = False
    items: list[int] = []


Row = tuple[str, str, Any, str, dict[str, Any]]


def routes(
    templates: Templates, applications: Applications, shown: Representation, folder: FileFolder
) -> list[Route]:
    """The routes of this slice."""
    handlers = _Handlers(templates, applications, shown, folder)
    return [
        Route(method, path, handler, summary, scope="applications", tag="Applications", **rest)
        for method, path, handler, summary, rest in _template_rows(handlers) + _application_rows(handlers)
    ]


def _template_rows(handlers: "_Handlers") -> list[Row]:
    all_, one = "/api/templates", "/api/templates/{template_id}"
    body = {"body": dict[str, Any]}
    return [
        ("GET", all_, handlers.list_templates, "List templates", {"query": ListQuery}),
        ("POST", all_, handlers.create_template, "Create a template", {**body, "status": 201}),
        ("GET", one, handlers.get_template, "Read a template", {}),
        ("PATCH", one, handlers.update_template, "Edit a template", body),
        ("DELETE", one, handlers.delete_template, "Delete a template", {"status": 204}),
    ]


def _application_rows(handlers: "_Handlers") -> list[Row]:
    all_, one = "/api/applications", "/api/applications/{application_id}"
    body = {"body": dict[str, Any]}
    moves = "Submit, approve, reject, return, reopen, withdraw, archive"
    return [
        ("GET", all_, handlers.list, "List applications", {"query": ApplicationsQuery}),
        ("POST", all_, handlers.create, "Create an application", {**body, "status": 201}),
        ("GET", one, handlers.get, "Read an application with its history", {}),
        ("PATCH", one, handlers.update, "Change an application", body),
        ("DELETE", one, handlers.delete, "Delete an application", {"status": 204}),
        ("POST", f"{one}/{{act}}", handlers.act, moves, {}),
        ("POST", f"{one}/items/{{item_id}}/{{act}}", handlers.review, "Review one item", {}),
        ("GET", f"{one}/uploads/{{upload_id}}", handlers.download, "Download a file that was given", {}),
    ]


class _Handlers:
    def __init__(
        self, templates: Templates, applications: Applications, shown: Representation, folder: FileFolder
    ) -> None:
        self._templates = templates
        self._applications = applications
        self._shown = shown
        self._folder = folder

    async def list_templates(self, call: Call) -> Any:
        offset = cursor_id(call.query.cursor) if call.query.cursor else 0
        found, total = await call.read(
            lambda tx: self._templates.list(tx, call.actor, call.query.limit, offset)
        )
        return _page([template_json(each) for each in found], offset, total)

    async def create_template(self, call: Call) -> Any:
        return await call.write(
            lambda tx: _created(template_json(self._templates.create(tx, call.actor, call.body)), "templates")
        )

    async def get_template(self, call: Call) -> Any:
        return template_json(
            await call.read(lambda tx: self._templates.get(tx, call.actor, _id(call, "template_id")))
        )

    async def update_template(self, call: Call) -> Any:
        template_id = _id(call, "template_id")
        return template_json(
            await call.write(lambda tx: self._templates.update(tx, call.actor, template_id, call.body))
        )

    async def delete_template(self, call: Call) -> Any:
        await call.write(lambda tx: self._templates.delete(tx, call.actor, _id(call, "template_id")))

    async def list(self, call: Call) -> Any:
        offset = cursor_id(call.query.cursor) if call.query.cursor else 0
        filters = {name: getattr(call.query, name) for name in ApplicationsQuery.__struct_fields__[2:]}

        def work(tx: Any) -> Any:
            found, total = self._applications.list(tx, call.actor, filters, call.query.limit, offset)
            return _page(self._shown.summaries(tx, found), offset, total)

        return await call.read(work)

    async def create(self, call: Call) -> Any:
        return await call.write(
            lambda tx: _created(
                self._shown.full(tx, self._applications.create(tx, call.actor, call.body)), "applications"
            )
        )

    async def get(self, call: Call) -> Any:
        return await call.read(
            lambda tx: self._shown.full(
                tx, self._applications.get(tx, call.actor, _id(call, "application_id"))
            )
        )

    async def update(self, call: Call) -> Any:
        application_id = _id(call, "application_id")
        return await call.write(
            lambda tx: self._shown.full(
                tx, self._applications.update(tx, call.actor, application_id, call.body)
            )
        )

    async def delete(self, call: Call) -> Any:
        await call.write(lambda tx: self._applications.delete(tx, call.actor, _id(call, "application_id")))

    async def act(self, call: Call) -> Any:
        act = call.path["act"]
        application_id, body = _id(call, "application_id"), await _act_body(call)
        return await call.write(
            lambda tx: self._shown.full(
                tx, perform(self._applications, tx, call.actor, application_id, act, body)
            )
        )

    async def review(self, call: Call) -> Any:
        act = call.path["act"]
        if act not in ACTS:
            raise NotFoundError(
                "action_unknown", f"An item has no action '{act[:40]}'; there are {', '.join(ACTS)}."
            )
        ids, body = (_id(call, "application_id"), _id(call, "item_id")), await _act_body(call)
        return await call.write(
            lambda tx: self._shown.full(
                tx, self._applications.review_item(tx, call.actor, *ids, act, body.reason)
            )
        )

    async def download(self, call: Call) -> Any:
        application_id, upload_id = _id(call, "application_id"), _id(call, "upload_id")

        def work(tx: Any) -> Any:
            require(call.actor, "files:read")
            application = self._applications.get(tx, call.actor, application_id)
            uploads = [
                upload for item in application.items for upload in item.uploads if upload.id == upload_id
            ]
            if not uploads:
                raise NotFoundError(
                    "upload_not_found", f"Application {application_id} has no upload {upload_id}."
                )
            return get_file(tx, uploads[0].file_id)

        return file_response(self._folder, await call.read(work))


def perform(
    applications: Applications, tx: Any, actor: Any, application_id: int, act: str, body: ActBody
) -> Any:
    """Do the action named `act`; another name is NotFoundError `action_unknown`."""
    if act == "submit":
        return applications.submit(tx, actor, application_id)
    if act == "approve":
        return applications.approve(tx, actor, application_id, force=body.force)
    if act == "unarchive":
        return applications.unarchive(tx, actor, application_id)
    if act == "reopen" and applications.get(tx, actor, application_id).status not in FINAL:
        raise InvalidError(
            "not_final", "Only a decided application can be reopened.", hint="Use return instead."
        )
    if act in DECISIONS:
        return applications.decide(tx, actor, application_id, DECISIONS[act], body.reason, body.items)
    known = ", ".join(["submit", "approve", "unarchive", *DECISIONS])
    raise NotFoundError("action_unknown", f"An application has no action '{act[:40]}'; there are {known}.")


async def _act_body(call: Call) -> ActBody:
    raw = await call.raw_body()
    return decode(raw, ActBody) if raw else ActBody()


def _id(call: Call, name: str) -> int:
    return path_id(call.path[name], "unknown_id")


def _created(value: dict[str, Any], kind: str) -> Answer:
    return Answer(value, 201, {"location": f"/api/{kind}/{value['id']}"})


def _page(items: list[Any], offset: int, total: int) -> dict[str, Any]:
    after = offset + len(items)
    return page_json(Page(items, encode_cursor([after]) if items and after < total else None, total))
