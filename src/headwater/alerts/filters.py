"""Filters of alerts: written in the native or the Fluxx form, or as a plain list of conditions."""

from collections.abc import Mapping
from typing import Any

from headwater.expr import fluxx, native
from headwater.expr.filter import And, Filter
from headwater.expr.filter_reading import Reading
from headwater.expr.scope import Scope
from headwater.kernel.errors import InvalidError


def parse(document: Any, scope: Scope, place: str = "filter") -> Filter:
    """The filter of a document in either form. InvalidError `invalid_filter` with every fault."""
    if isinstance(document, list):
        reads = fluxx.parse if _is_fluxx(document) else native.parse
        return reads(document, scope, place)
    if isinstance(document, dict) and "group_type" in document:
        return fluxx.parse(document, scope, place)
    if _is_joined(document):
        return _parse_parts(document["and"], scope, f"{place}.and")
    return native.parse(document, scope, place)


def joined(basic: Any, advanced: Any) -> Any:
    """The one stored form of both ways to write a filter; both must hold. None when neither is given."""
    if basic is not None and not _is_basic(basic):
        _refuse_basic()
    if not basic:
        return advanced
    if advanced is None and all(_is_fluxx(condition) for condition in basic):
        return {"group_type": "and", "conditions": basic}
    parts = [part for condition in basic for part in _as_parts(condition)]
    return {"and": parts if advanced is None else [*parts, advanced]}


def basic_conditions(document: Any) -> list[Any] | None:
    """The conditions when the stored form is a plain list that must all hold, else None."""
    if document is None:
        return []
    key = "conditions" if isinstance(document, dict) and document.get("group_type") == "and" else "and"
    items = document.get(key) if isinstance(document, dict) else [document]
    if isinstance(items, list) and all(isinstance(item, list) for item in items):
        return items
    return None


def renamed(document: Any, names: Mapping[str, str]) -> Any:
    """The document with the module's own fields called by their new names."""
    if isinstance(document, dict):
        return {key: renamed(value, names) for key, value in document.items()}
    if not isinstance(document, list):
        return document
    if document and isinstance(document[0], str):
        head, dot, rest = document[0].partition(".")
        return [names.get(head, head) + dot + rest, *document[1:]]
    return [renamed(item, names) for item in document]


def _is_fluxx(condition: list[Any]) -> bool:
    """Whether a bare condition is read as Fluxx reads it: shared operators, unless the field has a dot."""
    if len(condition) < 2 or not isinstance(condition[0], str) or not isinstance(condition[1], str):
        return False
    known = condition[1] in fluxx.OPERATORS or condition[1] == "CONTAINS"
    return known and ("." not in condition[0] or condition[1] not in native.OPERATORS)


def _is_joined(document: Any) -> bool:
    """Whether a native `and` holds a part in the Fluxx form, as `joined` writes it."""
    items = document.get("and") if isinstance(document, dict) and len(document) == 1 else None
    return isinstance(items, list) and any(isinstance(item, dict) and "group_type" in item for item in items)


def _parse_parts(parts: list[Any], scope: Scope, place: str) -> Filter:
    reading, items = Reading(), []
    for index, part in enumerate(parts):
        try:
            items.append(parse(part, scope, f"{place}.{index}"))
        except InvalidError as error:
            reading.faults += error.faults
    return reading.finish(And(tuple(items)))


def _as_parts(condition: list[Any]) -> list[Any]:
    return [{"group_type": "and", "conditions": [condition]}] if _is_fluxx(condition) else [condition]


def _is_basic(document: Any) -> bool:
    return isinstance(document, list) and all(isinstance(condition, list) for condition in document)


def _refuse_basic() -> None:
    reading = Reading()
    reading.fault("basic_filter", "bad_form", "A basic filter is a list of [field, operator, value].")
    reading.finish(And(()))
