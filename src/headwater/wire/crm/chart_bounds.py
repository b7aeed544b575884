"""The bounds of a chart's x axis, both inclusive, as a filter (wire/crm.md section 9)."""

import re
from datetime import date

from headwater.expr.calendar import Calendar
from headwater.expr.filter import And, Condition, Filter
from headwater.expr.filter_values import read_day, read_value
from headwater.kernel.errors import InvalidError
from headwater.records.fields.datetime import read_moment
from headwater.wire.crm.chart_field import ChartField

_DAY_FIRST = re.compile(r"(\d{1,2})/(\d{1,2})/(\d{4})", re.ASCII)
_BOUNDED = frozenset({"number", "time", "text", "choice"})


def bounds(x: ChartField, least: str, most: str, time_zone: str) -> Filter:
    """The filter of these bounds, empty ones left out. Days are those of the time zone, the last one whole.

    InvalidError `crm_bad_bound` when a bound does not suit the field.
    """
    items = []
    if least:
        items.append(_bound(x, "xMin", least, time_zone))
    if most:
        items.append(_bound(x, "xMax", most, time_zone))
    return And(tuple(items))


def _bound(x: ChartField, name: str, text: str, time_zone: str) -> Condition:
    operator = "gte" if name == "xMin" else "lte"
    path = (x.ours.name,)
    if x.ours.kind not in _BOUNDED or x.ours.multi:
        raise InvalidError("crm_bad_bound", f"Field {x.name} has no bounds")
    try:
        if x.ours.kind != "time":
            return Condition(path, operator, read_value(text, x.ours))
        day = _day(text)
        if day is None:
            return Condition(path, operator, read_moment(text))
    except (ValueError, InvalidError) as error:
        raise InvalidError("crm_bad_bound", f"Cannot read {name}: {text[:100]}") from error
    # only the zone of the calendar is asked
    calendar = Calendar(time_zone, 0, lambda: 0)
    if name == "xMin":
        return Condition(path, "gte", calendar.day_start(day))
    return Condition(path, "lt", calendar.day_end(day))


def _day(text: str) -> date | None:
    """The day of `YYYY-MM-DD` or `D/M/YYYY`; None for another form, ValueError for a day that is none."""
    found = _DAY_FIRST.fullmatch(text)
    if found:
        return date(int(found[3]), int(found[2]), int(found[1]))
    return read_day(text) if len(text) == 10 else None
