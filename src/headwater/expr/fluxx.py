"""The Fluxx form of filters with its 41 operators, read to the native tree: wire/fluxx.md 4."""

import re
from datetime import date, datetime
from typing import Any

from headwater.expr.calendar import WINDOWS, wants_n
from headwater.expr.filter import EVERYTHING, And, Condition, Filter, Not, Or, Related
from headwater.expr.filter_operators import operators_of
from headwater.expr.filter_reading import Reading, listed
from headwater.expr.filter_values import read_count, read_value
from headwater.expr.scope import FieldType, Scope

_PLAIN = {
    "eq": "eq",
    "not-eq": "ne",
    "lt": "lt",
    "lte": "lte",
    "gt": "gt",
    "gte": "gte",
    "null": "empty",
    "not-null": "not_empty",
}
_WINDOWS = {operator.replace("_", "-"): operator for operator in WINDOWS}
_RANGES = {"range": "between", "range-year-cal": "between"}
# `CONTAINS` is taken beyond the 41.
_NAMES = {**_PLAIN, **_WINDOWS, **_RANGES, "CONTAINS": "contains"}
OPERATORS = (*_PLAIN, *_RANGES, *_WINDOWS, "filter")
_GROUPS = ("and", "or", "not-and", "not-or")
_TRUTHS = {"true": True, "1": True, "yes": True, "false": False, "0": False, "no": False}
_FORM = 'Expected [field, operator, value] or {"group_type": "and|or|not-and|not-or", "conditions": []}.'
_DAY = re.compile(r"\s*(\d{1,2}/\d{1,2}/\d{4}|\d{4}-\d\d-\d\d)\s*")


def parse(document: Any, scope: Scope, place: str = "filter") -> Filter:
    """The filter of a decoded document; None and groups without conditions pass everything.

    Everything wrong is told at once: InvalidError `invalid_filter` with faults that name the place
    (`filter.conditions.1`) and say which fields or operators there are.
    """
    if document is None:
        return EVERYTHING
    reading = Reading()
    return reading.finish(_read(document, scope, place, 1, reading))


def _read(document: Any, scope: Scope, place: str, depth: int, reading: Reading) -> Filter:
    if isinstance(document, list):
        return _condition(document, scope, place, depth, reading)
    if not reading.may_nest(place, depth):
        return EVERYTHING
    group, inner = _parts(document)
    if group not in _GROUPS or not isinstance(inner, list):
        return reading.fault(place, "bad_form", _FORM)
    items = tuple(
        _read(item, scope, f"{place}.conditions.{index}", depth + 1, reading)
        for index, item in enumerate(inner)
    )
    return _grouped(group, items) if items else EVERYTHING


def _parts(document: Any) -> tuple[str, Any]:
    if not isinstance(document, dict) or set(document) - {"group_type", "conditions"}:
        return "", None
    return str(document.get("group_type")), document.get("conditions", [])


def _grouped(group: str, items: tuple[Filter, ...]) -> Filter:
    joined: Filter = And(items) if group.endswith("and") else Or(items)
    return Not(joined) if group.startswith("not-") else joined


def _condition(document: list[Any], scope: Scope, place: str, depth: int, reading: Reading) -> Filter:
    if not reading.may_add(place):
        return EVERYTHING
    if not 2 <= len(document) <= 3 or not all(isinstance(item, str) for item in document[:2]):
        return reading.fault(place, "bad_form", "A condition is [field, operator, value].")
    name, operator = document[0], document[1]
    value = document[2] if len(document) == 3 else None
    if "." in name:
        detail = f"Field '{name[:100]}' has a dot; look through a reference with the operator filter."
        return reading.fault(place, "unknown_field", detail)
    field = reading.field(place, (name,), scope)
    if field is None:
        return EVERYTHING
    if operator == "filter":
        return _relation(field, value, scope, place, depth, reading)
    if _NAMES.get(operator) not in operators_of(field):
        return reading.fault(place, "unknown_operator", _misfit(operator, field))
    try:
        return _built(operator, value, field)
    except ValueError as error:
        return reading.fault(place, "wrong_type", f"Field '{name}' with '{operator}' {error}.")


def _relation(field: FieldType, inner: Any, scope: Scope, place: str, depth: int, reading: Reading) -> Filter:
    target = scope.related(field.name)
    if target is None:
        return reading.fault(
            place, "unknown_operator", f"Operator 'filter' wants a reference; '{field.name}' is none."
        )
    return Related(field.name, _read(inner, target, f"{place}.filter", depth + 1, reading))


def _misfit(operator: str, field: FieldType) -> str:
    fitting = [spoken for spoken, name in _NAMES.items() if name in operators_of(field)]
    if field.kind == "reference":
        fitting.append("filter")
    return f"Operator '{operator[:60]}' does not fit field '{field.name}', which takes: {listed(fitting)}."


def _built(operator: str, value: Any, field: FieldType) -> Filter:
    path, name = (field.name,), _NAMES[operator]
    if name in ("empty", "not_empty"):
        return Condition(path, name)
    if name in WINDOWS:
        return Condition(path, name, read_count(value) if wants_n(name) else None)
    if operator == "range-year-cal":
        return Condition(path, name, _years(value, field))
    if operator == "range":
        return Condition(path, name, _range(value, field))
    return Condition(path, name, _operand(value, field))


def _operand(value: Any, field: FieldType) -> Any:
    """One value read by the field's kind; Fluxx clients send texts for everything."""
    kind = field.kind
    if kind in ("text", "choice") and isinstance(value, (int, float)):
        value = str(value).lower() if isinstance(value, bool) else str(value)
    elif kind == "bool" and not isinstance(value, bool):
        value = _TRUTHS.get(str(value).strip().lower(), value)
    elif kind in ("reference", "id") and isinstance(value, str) and re.fullmatch(r"\d{1,16}", value.strip()):
        value = int(value)
    elif kind in ("time", "date") and isinstance(value, str) and _DAY.fullmatch(value):
        value = _day(value).isoformat()
    return read_value(value, field)


def _day(text: str) -> date:
    text = text.strip()
    return datetime.strptime(text, "%m/%d/%Y").date() if "/" in text else date.fromisoformat(text)  # noqa: DTZ007


def _range(value: Any, field: FieldType) -> tuple[Any, Any]:
    parts = value.split(" - ") if isinstance(value, str) else []
    if len(parts) != 2:
        raise ValueError("wants two values with ' - ' between them, such as '10 - 20'")
    first, last = (_operand(part.strip(), field) for part in parts)
    return _ordered(first, last)


def _years(value: Any, field: FieldType) -> tuple[Any, Any]:
    match = re.fullmatch(r"\s*(\d{4})\s+-\s+(\d{4})\s*", value) if isinstance(value, str) else None
    if match is None or field.kind not in ("time", "date") or "0000" in match.groups():
        raise ValueError("wants two years on a date, such as '2029 - 2030'")
    first, last = (int(year) for year in match.groups())
    bounds = _ordered(date(first, 1, 1), date(last, 12, 31))
    return bounds if field.kind == "time" else (bounds[0].isoformat(), bounds[1].isoformat())


def _ordered(first: Any, last: Any) -> tuple[Any, Any]:
    if type(first) is type(last) and first > last:
        raise ValueError("wants the smaller value first")
    return first, last
