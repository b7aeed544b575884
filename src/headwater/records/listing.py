"""Lists of records: filtered, sorted, searched, cut into pages that stay right while records are written."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from typing import Any, TypeVar

from headwater.db.database import Row, Tx
from headwater.expr.calendar import Calendar
from headwater.expr.filter import EVERYTHING, Filter
from headwater.kernel.errors import Fault, InvalidError
from headwater.records.codec import Codec
from headwater.records.model import Module
from headwater.records.position import decode_position, encode_position
from headwater.records.query import Query
from headwater.records.reading import Reading
from headwater.records.scope import ModuleScope
from headwater.records.selection import Where, parsed, where
from headwater.records.sorting import SortKey, behind, not_before, order_by, read_sort
from headwater.web.paging import CAP, Page

T = TypeVar("T")
# From this offset on, sorting ids alone is worth a second look at the rows of the page.
_FAR = 1_000
_LIST = "{select} where {where} order by {order} limit ?{offset}"
_LIST_BY_IDS = """
{select}
where t.id in (select t.id from {table} t where {where} order by {order} limit ?{offset})
order by {order}
"""
_COUNT = "select count(*) from {table} t where {where}"
_CAPPED = "select count(*) from (select 1 from {table} t where {where} limit ?) capped"


@dataclass(frozen=True, slots=True)
class Listing:
    """A query understood: what is read, from where, in which order."""

    scope: ModuleScope
    filter: Filter
    keys: tuple[SortKey, ...]
    reading: Reading
    query: Query

    @property
    def is_short(self) -> bool:
        """Whether the database finds the page along an index, without looking at many records."""
        query = self.query
        is_plain = not query.search and not query.offset and query.total == "none" and query.filter is None
        return is_plain and self.keys[0].has_index and query.deleted == "without"

    @property
    def finds_ids_first(self) -> bool:
        """Whether ids are found first: where an index sorts many rows, or many are passed over."""
        query, first = self.query, self.keys[0]
        is_far = (query.offset or 0) >= _FAR
        is_whole = self.filter == EVERYTHING and not query.search
        return is_far or (is_whole and first.is_descending and first.is_nullable and first.has_index)


def understand(scope: ModuleScope, codec: Codec, query: Query) -> Listing:
    """Read filter, sort and fields of a query; InvalidError says what is wrong with them."""
    reading = codec.all if query.fields is None else _some(scope.module, codec, query.fields)
    return Listing(scope, parsed(query.filter, scope), read_sort(scope, query.sort), reading, query)


def page(tx: Tx, listing: Listing, calendar: Calendar, make: Callable[[Row], T]) -> Page[T]:
    """One page; `make` turns a row of the listing's reading into an item."""
    query = listing.query
    condition = _where(tx, listing, calendar)
    rows = _rows(tx, listing, condition)
    cursor = None
    if len(rows) > query.limit:
        rows.pop()
        cursor = encode_position(listing.keys, rows[-1][listing.reading.width :], tx.dialect)
    total, is_capped = _total(tx, listing, condition)
    return Page([make(row) for row in rows], cursor, total, is_capped)


def count(tx: Tx, module: Module, condition: Where) -> int:
    """How many records fit."""
    text, parameters = condition
    return int(tx.scalar(_COUNT.format(table=module.table, where=text), parameters))


def _total(tx: Tx, listing: Listing, condition: Where) -> tuple[int | None, bool]:
    """The total that was asked for, and whether there are more than that."""
    module = listing.scope.module
    if listing.query.total == "none":
        return None, False
    if listing.query.total == "exact":
        return count(tx, module, condition), False
    text, parameters = condition
    found = int(tx.scalar(_CAPPED.format(table=module.table, where=text), [*parameters, CAP + 1]))
    return min(found, CAP), found > CAP


def _where(tx: Tx, listing: Listing, calendar: Calendar) -> Where:
    query = listing.query
    return where(listing.scope, listing.filter, query.search, query.deleted, calendar, tx.dialect)


def _rows(tx: Tx, listing: Listing, condition: Where) -> list[Row]:
    """The rows of the page, and one more when there are more."""
    query, keys = listing.query, listing.keys
    wanted = query.limit + 1
    position = None if query.cursor is None else decode_position(query.cursor, keys, tx.dialect)
    if query.offset is not None or not (keys[0].is_nullable and keys[0].has_index):
        if position is not None:
            condition = _and(condition, behind(keys, position))
        return _select(tx, listing, condition, keys, wanted)
    rows: list[Row] = []
    if position is None or position[0] is not None:
        rows = _select(tx, listing, _valued(condition, keys, position), _filled(keys), wanted)
    if len(rows) < wanted:
        rows += _select(tx, listing, _empty(condition, keys, position), keys[1:], wanted - len(rows))
    return rows


def _valued(condition: Where, keys: Sequence[SortKey], position: Sequence[Any] | None) -> Where:
    """The records that have the first key: an index serves them in either direction."""
    if position is None:
        return _and(condition, (f"t.{keys[0].column} is not null", []))
    condition = _and(condition, not_before(keys[0], position[0]))
    return _and(condition, behind(_filled(keys), position))


def _empty(condition: Where, keys: Sequence[SortKey], position: Sequence[Any] | None) -> Where:
    """The records that do not have it; they come last."""
    condition = _and(condition, (f"t.{keys[0].column} is null", []))
    if position is None or position[0] is not None:
        return condition
    return _and(condition, behind(keys[1:], position[1:]))


def _filled(keys: Sequence[SortKey]) -> list[SortKey]:
    first = keys[0]
    return [replace(first, is_nullable=False), *keys[1:]]


def _select(tx: Tx, listing: Listing, condition: Where, keys: Sequence[SortKey], limit: int) -> list[Row]:
    text, parameters = condition
    offset = listing.query.offset
    sql = (_LIST_BY_IDS if listing.finds_ids_first else _LIST).format(
        select=listing.reading.select([f"t.{each.column}" for each in listing.keys]),
        table=listing.scope.table,
        where=text,
        order=order_by(keys),
        offset=" offset ?" if offset else "",
    )
    return tx.all(sql, [*parameters, limit, *([offset] if offset else [])])


def _and(condition: Where, more: Where) -> Where:
    return f"{condition[0]} and {more[0]}", [*condition[1], *more[1]]


def _some(module: Module, codec: Codec, names: Sequence[str]) -> Reading:
    unknown = [name for name in names if name not in codec.columns]
    if unknown:
        faults = [
            Fault("fields", "unknown_field", f"Module '{module.handle}' has no field '{name[:80]}'.")
            for name in unknown
        ]
        raise InvalidError("invalid_fields", faults[0].detail, faults=faults)
    return codec.some(names)
