"""What a chart asks: which field groups and which figure is computed (wire/crm.md section 9)."""

from collections.abc import Mapping
from dataclasses import dataclass, fields

from headwater.kernel.errors import InvalidError, NotBuiltError
from headwater.records.buckets import UNITS
from headwater.records.model import Module
from headwater.records.query import Aggregate
from headwater.wire.crm.chart_bounds import bounds
from headwater.wire.crm.chart_field import CREATED, ChartField, chart_field

SERIES = ("line", "spline", "step", "area", "area-spline", "area-step", "scatter")
ROWS = ("bar", "pie", "donut", "gauge")
_GROUPED = ("pie", "donut")
_RECORDS = frozenset({"id", "*", "1", "true"})


@dataclass(frozen=True)
class ChartParameters:
    """The parameters as sent; empty ones stand for absent ones."""

    name: str = ""
    description: str = ""
    kind: str = ""
    xAxis: str = ""
    yAxis: str = ""
    xMin: str = ""
    xMax: str = ""
    groupBy: str = ""
    sum: str = ""
    count: str = ""
    xBucket: str = ""


@dataclass(frozen=True)
class Question:
    """A chart of rows, understood: one group field and one figure."""

    parameters: ChartParameters
    x: ChartField | None
    y: ChartField | None
    group_by: ChartField | None
    sum: ChartField | None
    count: ChartField | None
    key: ChartField
    measure: str

    def aggregate(self, time_zone: str) -> Aggregate:
        """The question in our own words; times fall into the days of the zone."""
        asked = self.parameters
        unit = f":{asked.xBucket or 'day'}" if self.key.ours.kind == "time" else ""
        limits = bounds(self.x or CREATED, asked.xMin, asked.xMax, time_zone)
        group_by = [self.key.ours.name + unit]
        return Aggregate(group_by, [self.measure], limits, time_zone, sort="key")


def read_parameters(query: Mapping[str, str]) -> ChartParameters:
    """The parameters of a call. InvalidError for an unknown kind or bucket; the kind is `line` if absent."""
    given = {each.name: query.get(each.name, "").strip() for each in fields(ChartParameters)}
    given["kind"] = given["kind"] or "line"
    if given["kind"] not in SERIES + ROWS:
        raise InvalidError("crm_unknown_chart_kind", f"Unknown chart kind: {given['kind'][:100]}")
    if given["xBucket"] and given["xBucket"] not in UNITS:
        raise InvalidError("crm_unknown_bucket", f"Unknown bucket: {given['xBucket'][:100]}")
    return ChartParameters(**given)


def understand(module: Module, asked: ChartParameters) -> Question:
    """The question of a chart that is drawn from rows. NotBuiltError for every other one."""
    x, y, group_by, total, count = (
        chart_field(module, text) if text and not is_records else None
        for text, is_records in (
            (asked.xAxis, False),
            (asked.yAxis, False),
            (asked.groupBy, False),
            (asked.sum, False),
            (asked.count, asked.count.lower() in _RECORDS),
        )
    )
    if not _is_drawn_from_rows(asked, x, group_by):
        raise NotBuiltError("crm_chart_not_built", f"Charts of kind {asked.kind} are not built yet")
    if total is not None and not total.is_number:
        raise InvalidError("crm_not_a_number", f"Field {asked.sum[:200]} is not a number")
    key = group_by or x or _measured_group(asked, y, total, count) or CREATED
    for each in (key, count):
        if each is not None and each.ours.multi:
            raise InvalidError("crm_several_values", f"Field {each.name} has several values")
    measure = _measure(asked, y, total, count)
    return Question(asked, x, y, group_by, total, count, key, measure)


def _is_drawn_from_rows(asked: ChartParameters, x: ChartField | None, group_by: ChartField | None) -> bool:
    if asked.kind in _GROUPED:
        return True
    is_split = group_by is not None and x is not None and group_by != x
    return asked.kind == "bar" and bool(asked.sum or asked.count or group_by) and not is_split


def _measured_group(
    asked: ChartParameters, y: ChartField | None, total: ChartField | None, count: ChartField | None
) -> ChartField | None:
    """The y axis of a chart without an x axis, when it names what is counted, or what sums are split by."""
    if y is None:
        return None
    is_of_count = count == y
    is_of_sum = total is not None and not y.is_number
    return y if is_of_count or is_of_sum else None


def _measure(
    asked: ChartParameters, y: ChartField | None, total: ChartField | None, count: ChartField | None
) -> str:
    if total is not None:
        return f"sum:{total.ours.name}"
    if count is not None:
        return f"count:{count.ours.name}"
    if asked.count or y is None or not y.is_number:
        return "count"
    return f"sum:{y.ours.name}"
