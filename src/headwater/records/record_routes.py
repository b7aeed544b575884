"""`/api/modules/{module}/records`, their history, figures and bulk writes."""

from typing import Any

from headwater.db.database import Tx
from headwater.kernel.errors import NotBuiltError
from headwater.records.bulk_request import write_bulk
from headwater.records.finder import Finder
from headwater.records.model import Record
from headwater.records.record_forms import (
    AggregateQuery,
    Bulk,
    BulkResults,
    DeleteQuery,
    Groups,
    HistoryPage,
    HistoryQuery,
    ReadQuery,
    RecordBody,
    RecordPage,
    RecordsQuery,
    RecordView,
    listed,
)
from headwater.records.service import Records
from headwater.web.answer import Answer, with_revision
from headwater.web.call import Call
from headwater.web.paging import Page, page_json, path_id
from headwater.web.route import Route

# A page of this many records is made between two requests; a longer one in its own thread.
_SHORT = 100


class RecordRoutes:
    """The handlers of records."""

    def __init__(self, records: Records, finder: Finder) -> None:
        """Everything is done by these services."""
        self._records = records
        self._finder = finder

    async def create(self, call: Call) -> Answer:
        """201 with the record."""

        def work(tx: Tx) -> Answer:
            ref = call.path["module"]
            record = self._records.create(tx, call.actor, ref, call.body.values)
            location = f"/api/modules/{ref}/records/{record.id}"
            return with_revision(self._shown(tx, ref, record), 1, status=201, location=location)

        return await call.write(work)

    async def get(self, call: Call) -> Answer:
        """The record, with what `expand` asks for."""
        record_id = _record_id(call)
        names = listed(call.query.expand)

        def work(tx: Tx) -> dict[str, Any]:
            ref = call.path["module"]
            document = self._records.document(tx, call.actor, ref, record_id)
            if names:
                self._finder.expand(tx, call.actor, ref, [document], names)
            return document

        document = await call.read(work)
        # records that came along change without a new revision of this one
        return with_revision(document, document["revision"], is_live=bool(names))

    async def update(self, call: Call) -> Answer:
        """The record with these values put in."""
        record_id = _record_id(call)

        def work(tx: Tx) -> Answer:
            ref = call.path["module"]
            record = self._records.update(
                tx, call.actor, ref, record_id, call.body.values, if_revision=call.if_match
            )
            return with_revision(self._shown(tx, ref, record), record.revision)

        return await call.write(work)

    async def delete(self, call: Call) -> None:
        """204; soft unless `hard=true`."""
        record_id = _record_id(call)

        def work(tx: Tx) -> None:
            ref = call.path["module"]
            if call.query.hard:
                self._records.erase(tx, call.actor, ref, record_id, if_revision=call.if_match)
            else:
                self._records.delete(tx, call.actor, ref, record_id, if_revision=call.if_match)

        await call.write(work)

    async def restore(self, call: Call) -> Answer:
        """The record, back again."""
        record_id = _record_id(call)

        def work(tx: Tx) -> Answer:
            ref = call.path["module"]
            record = self._records.restore(tx, call.actor, ref, record_id)
            return with_revision(self._shown(tx, ref, record), record.revision)

        return await call.write(work)

    async def list(self, call: Call) -> dict[str, Any]:
        """One page; along an index at once, anything that may look at many records in its own thread."""
        query, ref = call.query.query(), call.path["module"]

        def short(tx: Tx) -> Page[dict[str, Any]] | None:
            found = self._finder.understand(tx, call.actor, ref, query)
            is_short = found.is_short and query.limit <= _SHORT
            return self._finder.page(tx, call.actor, found) if is_short else None

        page = await call.read(short)
        if page is None:
            page = await call.scan(lambda tx: self._finder.documents(tx, call.actor, ref, query))
        return page_json(page)

    async def history(self, call: Call) -> dict[str, Any]:
        """One page of changes, newest first."""
        record_id, query = _record_id(call), call.query
        page = await call.read(
            lambda tx: self._finder.history(
                tx, call.actor, call.path["module"], record_id, limit=query.limit, cursor=query.cursor
            )
        )
        return page_json(page)

    async def aggregate(self, call: Call) -> dict[str, Any]:
        """The groups with their figures."""
        ask = call.query.ask()
        groups = await call.scan(lambda tx: self._finder.aggregate(tx, call.actor, call.path["module"], ask))
        return {"groups": groups}

    async def bulk(self, call: Call) -> BulkResults:
        """The results in the order of the body."""
        return await call.write(
            lambda tx: BulkResults(write_bulk(tx, call.actor, self._records, call.path["module"], call.body))
        )

    async def export(self, call: Call) -> None:
        """Not built yet."""
        raise NotBuiltError("not_built", "Exports are not built yet.", hint="List the records in pages.")

    def _shown(self, tx: Tx, ref: str, record: Record) -> dict[str, Any]:
        return self._records.compiled(tx, ref).codec.to_json(record)


def routes(records: Records, finder: Finder) -> list[Route]:
    """The routes of records."""
    handlers = RecordRoutes(records, finder)
    module = "/api/modules/{module}"
    many = module + "/records"
    one = many + "/{record}"
    return [
        _route("GET", many, handlers.list, "List records", query=RecordsQuery, answer=RecordPage),
        _route(
            "POST", many, handlers.create, "Create a record", body=RecordBody, answer=RecordView, status=201
        ),
        _route("POST", many + "/bulk", handlers.bulk, "Write many records", body=Bulk, answer=BulkResults),
        _route("GET", one, handlers.get, "Read a record", query=ReadQuery, answer=RecordView),
        _route("PATCH", one, handlers.update, "Change a record", body=RecordBody, answer=RecordView),
        _route("DELETE", one, handlers.delete, "Delete a record", query=DeleteQuery, status=204),
        _route("POST", one + "/restore", handlers.restore, "Restore a record", answer=RecordView),
        _route(
            "GET",
            one + "/history",
            handlers.history,
            "A record's history",
            query=HistoryQuery,
            answer=HistoryPage,
        ),
        _route(
            "GET",
            module + "/aggregate",
            handlers.aggregate,
            "Figures of groups",
            query=AggregateQuery,
            answer=Groups,
        ),
        _route("GET", module + "/export", handlers.export, "Export records"),
    ]


def _record_id(call: Call) -> int:
    return path_id(call.path["record"], "record_unknown")


def _route(method: str, path: str, handler: Any, summary: str, **rest: Any) -> Route:
    scope = "records:read" if method == "GET" else "records:write"
    return Route(method, path, handler, summary, scope=scope, tag="records", **rest)
