"""The handlers of one kind of document: list, create, get, replace, patch, delete, clone, dependencies."""

from collections.abc import Callable
from typing import Any, TypeVar

from headwater.db.database import Tx
from headwater.flows import documents_relations
from headwater.flows.documents import Documents
from headwater.flows.documents_clone import Clones
from headwater.flows.documents_model import Kind
from headwater.kernel.errors import NotFoundError
from headwater.web.answer import Answer
from headwater.web.call import Call
from headwater.web.decoding import decode, require_json
from headwater.wire.integrator.errors import malformed_id
from headwater.wire.integrator.listing import answer, slice_of
from headwater.wire.integrator.selection import selection

T = TypeVar("T")


class Resource:
    """One kind behind its plural name."""

    def __init__(self, kind: Kind, documents: Documents, clones: Clones) -> None:
        """Take the kind and the services."""
        self.kind: Kind = kind
        self.plural = f"{kind}s"
        self._documents = documents
        self._clones = clones

    async def list(self, call: Call) -> Answer:
        """A page of the documents."""
        part, select = slice_of(call.query), selection(call.query, self.plural)
        found = await call.scan(lambda tx: self._documents.list(tx, call.actor, self.kind, part))
        last_id = found[part.limit - 2]["_id"] if len(found) == part.limit else ""
        if self.kind == "script":
            found = [{key: value for key, value in each.items() if key != "content"} for each in found]
        return answer(call, [select(each) for each in found] if select else found, part, last_id)

    async def create(self, call: Call) -> Any:
        """A new document."""
        body = call.body
        return await call.write(lambda tx: self._documents.create(tx, call.actor, self.kind, body))

    async def get(self, call: Call) -> Any:
        """One document."""
        return await call.read(named(call, lambda tx, i: self._documents.get(tx, call.actor, self.kind, i)))

    async def replace(self, call: Call) -> Any:
        """The document with another body."""
        body, guard = call.body, if_modified(call)

        def work(tx: Tx, hex_id: str) -> Any:
            return self._documents.replace(tx, call.actor, self.kind, hex_id, body, guard)

        return await call.write(named(call, work))

    async def patch(self, call: Call) -> Any:
        """The document after a JSON Patch; the answer has no body."""
        body, guard = call.body, if_modified(call)

        def work(tx: Tx, hex_id: str) -> None:
            self._documents.patch(tx, call.actor, self.kind, hex_id, body, guard)

        return await call.write(named(call, work))

    async def delete(self, call: Call) -> Any:
        """The document is removed; the answer has no body."""
        guard = if_modified(call)

        def work(tx: Tx, hex_id: str) -> None:
            self._documents.delete(tx, call.actor, self.kind, hex_id, guard)

        return await call.write(named(call, work))

    async def clone(self, call: Call) -> Any:
        """A copy, as C1 to C3 say."""
        options = await optional_body(call)

        def work(tx: Tx, hex_id: str) -> Any:
            if self.kind == "flow":
                return self._clones.flow(tx, call.actor, hex_id, options)
            return self._clones.step(tx, call.actor, self.kind, hex_id, options)

        return await call.write(named(call, work))

    async def dependencies(self, call: Call) -> Any:
        """Who uses the document."""

        def work(tx: Tx, hex_id: str) -> Any:
            return documents_relations.dependencies(tx, call.actor, self.kind, hex_id)

        return await call.read(named(call, work))

    async def descendants(self, call: Call) -> Any:
        """The exports and imports of a flow, each once."""
        return await call.read(named(call, lambda tx, i: documents_relations.descendants(tx, call.actor, i)))


def named(call: Call, work: Callable[[Tx, str], T]) -> Callable[[Tx], T]:
    """`work` with the id of the path; one that is unknown and no id at all is 400 (W3)."""
    hex_id = call.path["id"]

    def run(tx: Tx) -> T:
        try:
            return work(tx, hex_id)
        except NotFoundError as error:
            if error.code != "flow_document_unknown":
                raise
            raise malformed_id(error, hex_id) from error

    return run


def if_modified(call: Call) -> str | None:
    """The `lastModified` that `If-Match` names (W8)."""
    text = call.header("if-match")
    return None if text is None or text == "*" else text.removeprefix("W/").strip('"')


async def optional_body(call: Call) -> Any:
    """The JSON of a call that may come without a body; None then."""
    raw = await call.raw_body()
    if not raw.strip():
        return None
    require_json(call.headers)
    return decode(raw, Any)
