"""`GET /api/search?q=`: one box for everything; each slice looks through its own things."""

from collections.abc import Callable, Sequence
from typing import Annotated, Any, Literal

import msgspec

from headwater.access.actor import Actor
from headwater.db.database import Tx
from headwater.expr.folding import fold
from headwater.kernel.errors import ForbiddenError
from headwater.web.call import Call
from headwater.web.route import Route

MOST_HITS = 20


class Hit(msgspec.Struct):
    """One thing that was found; `url` is its page in the user interface."""

    type: Literal["record", "module", "page", "flow", "job", "application", "alert"]
    id: int | str
    title: str
    subtitle: str
    url: str


class Hits(msgspec.Struct):
    """What was found, at most 20."""

    items: list[Hit]


class SearchQuery(msgspec.Struct, forbid_unknown_fields=True):
    """`q`: some letters of a name."""

    q: Annotated[str, msgspec.Meta(max_length=200)] = ""


Searcher = Callable[[Tx, Actor, str, int], Sequence[Hit]]
"""`(tx, actor, text, limit) -> hits` of one slice, only those that the actor may see."""


Entries = Callable[[Tx, Actor], Sequence[tuple[int | str, str, str]]]
"""`(tx, actor) -> (id, name, subtitle)` of few things; ForbiddenError when the actor may see none of them."""


def by_name(kind: Any, address: str, entries: Entries) -> Searcher:
    """A searcher for things that are few: those whose name has the text in it; `address` has `{id}` in it."""

    def search(tx: Tx, actor: Actor, text: str, limit: int) -> list[Hit]:
        try:
            known = entries(tx, actor)
        except ForbiddenError:
            return []
        folded = fold(text)
        found = [each for each in known if folded in fold(each[1])]
        return [Hit(kind, each[0], each[1], each[2], address.format(id=each[0])) for each in found[:limit]]

    return search


class Search:
    """The handler."""

    def __init__(self, searchers: Sequence[Searcher]) -> None:
        """They are asked in this order until there are enough hits; more may be added until the first
        request.
        """
        self._searchers = searchers

    async def find(self, call: Call) -> Hits:
        """The hits; none for a blank text."""
        text = call.query.q.strip()
        return await call.scan(lambda tx: Hits(self._find(tx, call.actor, text) if text else []))

    def _find(self, tx: Tx, actor: Actor, text: str) -> list[Hit]:
        found: list[Hit] = []
        for searcher in self._searchers:
            found += searcher(tx, actor, text, MOST_HITS - len(found))
            if len(found) >= MOST_HITS:
                break
        return found


def routes(searchers: Sequence[Searcher]) -> list[Route]:
    """The one route."""
    search = Search(searchers)
    summary = "Find records, modules, flows and all else by name"
    return [Route("GET", "/api/search", search.find, summary, query=SearchQuery, answer=Hits, tag="search")]
