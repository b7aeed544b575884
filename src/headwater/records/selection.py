"""Which records a query is about: deleted or not, filter and search, as one where clause."""

from typing import Any

from headwater.db.database import Dialect
from headwater.expr import native, sql
from headwater.expr.calendar import Calendar
from headwater.expr.filter import EVERYTHING, And, Condition, Filter, Not, Or, Related
from headwater.expr.folding import fold
from headwater.records.fields import KINDS
from headwater.records.model import Field, Module
from headwater.records.query import Deleted
from headwater.records.scope import ModuleScope

Where = tuple[str, list[Any]]
_DELETED = {"without": "t.deleted_at is null", "only": "t.deleted_at is not null", "with": "1 = 1"}
_CONTAINS = {"sqlite": "instr({text}, ?) > 0", "postgres": "strpos({text}, ?) > 0"}
_ITEMS = {"sqlite": "json_each({text})", "postgres": "json_array_elements_text(cast({text} as json))"}
_ANY_ITEM = "exists (select 1 from {items} i where {contains})"


def parsed(filter: Any, scope: ModuleScope) -> Filter:
    """The filter of a native document; a Filter as it is. InvalidError `invalid_filter`."""
    if filter is None:
        return EVERYTHING
    if isinstance(filter, And | Or | Not | Condition | Related):
        return filter
    return native.parse(filter, scope)


def where(
    scope: ModuleScope,
    filter: Filter,
    search: str | None,
    deleted: Deleted,
    calendar: Calendar,
    dialect: Dialect,
) -> Where:
    """The condition on table `t` with its parameters."""
    text, parameters = _DELETED[deleted], list[Any]()
    if filter != EVERYTHING:
        part, parameters = sql.compile(filter, scope, dialect, calendar)
        text += f" and ({part})"
    if search:
        part, values = searching(scope.module, search, dialect)
        text += f" and ({part})"
        parameters += values
    return text, parameters


def searching(module: Module, search: str, dialect: Dialect) -> Where:
    """That some text of the record contains the folded text."""
    fields = [each for each in module.fields if KINDS[each.kind].is_text]
    # no text has a NUL, and PostgreSQL would not even take it as a parameter
    if not fields or "\0" in search:
        return "1 = 0", []
    parts = [_contains(each, dialect) for each in fields]
    return " or ".join(parts), [fold(search)] * len(parts)


def _contains(field: Field, dialect: Dialect) -> str:
    column = f"t.{field.folded_column}"
    if not field.multi:
        return _CONTAINS[dialect].format(text=column)
    # item by item: brackets and commas of the JSON array are nobody's text
    contains = _CONTAINS[dialect].format(text="i.value")
    return _ANY_ITEM.format(items=_ITEMS[dialect].format(text=column), contains=contains)
