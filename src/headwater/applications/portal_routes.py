"""HTTP routes of the recipient's page: /api/portal/{token}. The link is the right; nobody is signed in."""

from typing import Any

import msgspec

from headwater.applications.portal import Portal
from headwater.files.folder import FileFolder
from headwater.kernel.errors import NotBuiltError
from headwater.web.call import Call
from headwater.web.paging import path_id
from headwater.web.route import Route
from headwater.web.uploads import chunks, sent_file


class AnswerBody(msgspec.Struct, forbid_unknown_fields=True):
    """A tick or an acceptance; `accepted` false takes it back."""

    accepted: bool
    comment: str = ""


class WithdrawBody(msgspec.Struct, forbid_unknown_fields=True):
    """Why the recipient withdraws, if he says so."""

    reason: str = ""


def routes(portal: Portal, folder: FileFolder) -> list[Route]:
    """The routes of the recipient's page."""
    handlers = _Handlers(portal, folder)
    one, item = "/api/portal/{token}", "/api/portal/{token}/items/{item_id}"
    table: list[tuple[str, str, Any, str, dict[str, Any]]] = [
        ("GET", one, handlers.page, "What the recipient's page shows", {}),
        ("POST", item + "/files", handlers.give_file, "Give a file", {"streams": True}),
        ("PATCH", item, handlers.give_answer, "Tick a task or accept a statement", {"body": AnswerBody}),
        ("POST", one + "/submit", handlers.submit, "Submit the application", {}),
        ("POST", one + "/withdraw", handlers.withdraw, "Withdraw the application", {"body": WithdrawBody}),
        ("GET", one + "/receipt", handlers.receipt, "The receipt as PDF (not built yet)", {}),
    ]
    return [
        Route(method, path, handler, summary, is_open=True, is_secret=True, tag="Portal", **rest)
        for method, path, handler, summary, rest in table
    ]


class _Handlers:
    def __init__(self, portal: Portal, folder: FileFolder) -> None:
        self._portal = portal
        self._folder = folder

    async def page(self, call: Call) -> Any:
        token = call.path["token"]
        return await call.read(lambda tx: self._portal.page(tx, self._portal.open(tx, token)))

    async def give_file(self, call: Call) -> Any:
        token = call.path["token"]
        await call.read(lambda tx: self._portal.open(tx, token))
        try:
            return await self._keep_file(call, token, _item_id(call))
        finally:
            await call.request.close()  # lets the form's temporary file go

    async def _keep_file(self, call: Call, token: str, item_id: int) -> Any:
        largest = await call.read(lambda tx: self._portal.largest_file(tx, token, item_id))
        file, _ = await sent_file(call, largest)
        name, content_type = file.filename or "file", file.content_type or "application/octet-stream"
        await call.read(lambda tx: self._portal.expects(tx, token, item_id, name))
        content = await self._folder.save(chunks(file), largest)
        given = (token, item_id, name, content_type, content)
        return await call.write(lambda tx: self._portal.page(tx, self._portal.give_file(tx, *given)))

    async def give_answer(self, call: Call) -> Any:
        token, item_id, body = call.path["token"], _item_id(call), call.body
        return await call.write(
            lambda tx: self._portal.page(
                tx, self._portal.give_answer(tx, token, item_id, body.accepted, body.comment)
            )
        )

    async def submit(self, call: Call) -> Any:
        token = call.path["token"]
        return await call.write(lambda tx: self._portal.page(tx, self._portal.submit(tx, token)))

    async def withdraw(self, call: Call) -> Any:
        token, reason = call.path["token"], call.body.reason
        return await call.write(lambda tx: self._portal.page(tx, self._portal.withdraw(tx, token, reason)))

    async def receipt(self, call: Call) -> Any:
        token = call.path["token"]
        await call.read(lambda tx: self._portal.open(tx, token))
        raise NotBuiltError("not_built", "The receipt as PDF is not built yet.")


def _item_id(call: Call) -> int:
    return path_id(call.path["item_id"], "item_not_found")
