"""The native form of filters, `["population", "gte", 5000]` and groups of it: wire/native.md 3.1."""

from datetime import date
from typing import Any

from headwater.expr.calendar import WINDOWS, wants_n
from headwater.expr.filter import EVERYTHING, And, Condition, Filter, Not, Or
from headwater.expr.filter_operators import LISTS, WITHOUT_VALUE, operators_of
from headwater.expr.filter_reading import Reading, any_of, listed
from headwater.expr.filter_values import read_count, read_day, read_value
from headwater.expr.scope import FieldType, Scope

# Second names, each with the field that it is for.
_DATES = {"on": "eq", "before": "lt", "after": "gt"}
_MULTI = {"has": "eq", "has_any": "in", "has_all": "has_all"}
OPERATORS = frozenset(
    {"eq", "ne", "lt", "lte", "gt", "gte", "in", "not_in", "contains", "starts_with", "ends_with"}
    | {"empty", "not_empty", "between", *_DATES, *_MULTI, *WINDOWS}
)


def parse(document: Any, scope: Scope, place: str = "filter") -> Filter:
    """The filter of a decoded document; None passes everything, and so does a group without items.

    Everything wrong is told at once: InvalidError `invalid_filter` with faults that name the place
    (`filter.and.1`) and say which fields or operators there are.
    """
    if document is None:
        return EVERYTHING
    reading = Reading()
    return reading.finish(_read(document, scope, place, 1, reading))


def _read(document: Any, scope: Scope, place: str, depth: int, reading: Reading) -> Filter:
    if isinstance(document, list):
        return _condition(document, scope, place, reading)
    if not isinstance(document, dict) or len(document) != 1:
        return reading.fault(
            place, "bad_form", "Expected a condition, or a group with one key: and, or, not."
        )
    if not reading.may_nest(place, depth):
        return EVERYTHING
    key, inner = next(iter(document.items()))
    if key == "not":
        return Not(_read(inner, scope, f"{place}.not", depth + 1, reading))
    if key not in ("and", "or"):
        return reading.fault(place, "bad_form", f"A group is and, or, not; got '{str(key)[:100]}'.")
    if not isinstance(inner, list):
        return reading.fault(f"{place}.{key}", "bad_form", f"'{key}' wants a list of conditions and groups.")
    items = tuple(
        _read(item, scope, f"{place}.{key}.{index}", depth + 1, reading) for index, item in enumerate(inner)
    )
    return Or(items) if key == "or" and items else And(items)


def _condition(document: list[Any], scope: Scope, place: str, reading: Reading) -> Filter:
    if not reading.may_add(place):
        return EVERYTHING
    if not 2 <= len(document) <= 3 or not all(isinstance(item, str) for item in document[:2]):
        return reading.fault(place, "bad_form", "A condition is [field, operator, value].")
    name, operator = document[0], document[1]
    path = tuple(name.split("."))
    field = reading.field(place, path, scope)
    if field is None:
        return EVERYTHING
    canonical = _canonical(operator, field)
    if canonical is None:
        return reading.fault(place, "unknown_operator", _misfit(operator, field))
    if len(document) == 2 and canonical not in WITHOUT_VALUE and not _is_bare_window(canonical):
        return reading.fault(place, "bad_form", f"Operator '{operator}' wants a value.")
    value = document[2] if len(document) == 3 else None
    try:
        return _built(Condition(path, canonical, value), operator, field)
    except ValueError as error:
        return reading.fault(place, "wrong_type", f"Field '{name}' with '{operator}' {error}.")


def _canonical(operator: str, field: FieldType) -> str | None:
    if operator in _DATES and field.kind in ("time", "date"):
        return _DATES[operator]
    if operator in _MULTI:
        return _MULTI[operator] if field.multi else None
    return operator if operator in operators_of(field) else None


def _misfit(operator: str, field: FieldType) -> str:
    extra = tuple(_DATES) if field.kind in ("time", "date") else ()
    extra += ("has", "has_any") if field.multi else ()
    names = listed(operators_of(field) + extra)
    known = "does not fit" if operator in OPERATORS else "is unknown and no operator of"
    return f"Operator '{operator[:60]}' {known} field '{field.name}', which takes: {names}."


def _is_bare_window(operator: str) -> bool:
    return operator in WINDOWS and not wants_n(operator)


def _built(condition: Condition, spoken: str, field: FieldType) -> Filter:
    path, operator, value = condition.field, condition.operator, condition.value
    if operator in WITHOUT_VALUE or _is_bare_window(operator):
        return Condition(path, operator)
    if operator in WINDOWS:
        return Condition(path, operator, read_count(value))
    if operator in LISTS:
        return _membership(condition, field)
    if operator == "between":
        return Condition(path, operator, _pair(value, field))
    if spoken in _DATES and spoken == "on" and field.kind == "time":
        return Condition(path, operator, _day(value))
    return Condition(path, operator, read_value(value, field))


def _membership(condition: Condition, field: FieldType) -> Filter:
    if not isinstance(condition.value, list):
        raise ValueError("wants a list of values")
    values = tuple(read_value(item, field) for item in condition.value)
    if condition.operator == "has_all" and not values:
        raise ValueError("wants at least one value")
    if any(isinstance(value, date) for value in values):
        spread = any_of(condition, values)
        return Not(spread) if condition.operator == "not_in" else spread
    return Condition(condition.field, condition.operator, values)


def _pair(value: Any, field: FieldType) -> tuple[Any, Any]:
    if not isinstance(value, list) or len(value) != 2:
        raise ValueError("wants a list of two values, the smaller first")
    first, last = (read_value(item, field) for item in value)
    if type(first) is type(last) and first > last:
        raise ValueError("wants the smaller value first")
    return first, last


def _day(value: Any) -> date:
    try:
        return read_day(value)
    except (ValueError, TypeError) as error:
        raise ValueError("wants a date such as 2031-05-02") from error
