"""Conditions on times brought down to bounds: a date operand is its local day, a window is a span."""

from datetime import date
from typing import Any

from headwater.expr.calendar import WINDOWS, Calendar
from headwater.expr.filter import Condition
from headwater.expr.scope import Kind


def settle(condition: Condition, kind: Kind, calendar: Calendar) -> Condition:
    """The same condition with plain comparable values.

    On a time field these are microseconds, and `between` and dates become `within`, which has a pair: from
    the first, before the second. Windows become `within` as they are now; `in` keeps plain times only.
    """
    if condition.operator in WINDOWS:
        return Condition(condition.field, "within", _window(condition, kind, calendar))
    if kind != "time":
        return condition
    if condition.operator == "between":
        first, last = condition.value
        return Condition(condition.field, "within", (_start(first, calendar), _end(last, calendar)))
    if not isinstance(condition.value, date):
        return condition
    return _dated(condition, calendar)


def _window(condition: Condition, kind: Kind, calendar: Calendar) -> tuple[Any, Any]:
    if kind == "time":
        return calendar.span(condition.operator, condition.value)
    first, last = calendar.window(condition.operator, condition.value)
    return first.isoformat(), last.isoformat()


def _dated(condition: Condition, calendar: Calendar) -> Condition:
    start, end = calendar.day_start(condition.value), calendar.day_end(condition.value)
    operator, value = {
        "eq": ("within", (start, end)),
        "ne": ("not_within", (start, end)),
        "lt": ("lt", start),
        "lte": ("lt", end),
        "gt": ("gte", end),
        "gte": ("gte", start),
    }[condition.operator]
    return Condition(condition.field, operator, value)


def _start(bound: date | int, calendar: Calendar) -> int:
    return calendar.day_start(bound) if isinstance(bound, date) else bound


def _end(bound: date | int, calendar: Calendar) -> int:
    """The bound itself is in; microseconds are whole, so the next one is the first outside."""
    return calendar.day_end(bound) if isinstance(bound, date) else bound + 1
