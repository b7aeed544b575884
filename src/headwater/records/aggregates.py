"""Counts, sums and other figures over groups of records, computed by the database in one pass."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from headwater.db.database import Dialect, Row, Tx
from headwater.expr.calendar import Calendar
from headwater.kernel.clock import SECOND, from_datetime
from headwater.kernel.errors import Fault, InvalidError
from headwater.records.buckets import day_expression, zone_offsets
from headwater.records.group_key import GroupKey, read_key
from headwater.records.measures import Measure, read_measure
from headwater.records.query import Aggregate
from headwater.records.scope import ModuleScope
from headwater.records.selection import Where, parsed, where

MAX_KEYS = 3
MAX_GROUPS = 10_000
_GROUPS = "select {columns} from {table} t where {where}{group_by} limit ?"
# Two selects, because SQLite looks into an index for one bound only.
_BOUNDS = """
select (select min(t.{column}) from {table} t where {where}),
  (select max(t.{column}) from {table} t where {where})
"""
# More than any clock was ever set back or ahead.
_YEAR = 366 * 86_400 * SECOND


@dataclass(frozen=True)
class Figures:
    """An aggregate understood."""

    scope: ModuleScope
    keys: tuple[GroupKey, ...]
    measures: tuple[Measure, ...]
    condition: Where
    calendar: Calendar
    sort: str


@dataclass(frozen=True, slots=True)
class Group:
    """One group while it is put together: its key as shown, and the parts of each measure."""

    shown: list[Any]
    parts: list[list[Any]]


def understand(scope: ModuleScope, ask: Aggregate, calendar: Calendar, dialect: Dialect) -> Figures:
    """Read the question. InvalidError `invalid_aggregate` tells everything that is wrong with it."""
    keys = [read_key(scope, each) for each in ask.group_by]
    measures = [read_measure(scope, each) for each in ask.measures or ("count",)]
    faults = [each for each in (*keys, *measures) if isinstance(each, Fault)]
    if len(keys) > MAX_KEYS:
        faults.append(Fault("group_by", "too_many", f"Records are grouped by at most {MAX_KEYS} fields."))
    if ask.time_zone is not None:
        faults += _zone_faults(ask.time_zone)
    if faults:
        raise InvalidError("invalid_aggregate", faults[0].detail, faults=faults)
    condition = where(scope, parsed(ask.filter, scope), None, "without", calendar, dialect)
    if ask.time_zone is not None:
        calendar = Calendar(ask.time_zone, calendar.week_start, calendar.now)
    known_keys = tuple(each for each in keys if isinstance(each, GroupKey))
    known_measures = tuple(each for each in measures if isinstance(each, Measure))
    return Figures(scope, known_keys, known_measures, condition, calendar, ask.sort)


def aggregate(tx: Tx, figures: Figures) -> list[dict[str, Any]]:
    """`[{"key": [...], "values": {...}}]` in the order asked for."""
    groups = _groups(tx, figures)
    values = {
        key: {
            measure.text: measure.value(parts, tx.dialect)
            for measure, parts in zip(figures.measures, group.parts, strict=True)
        }
        for key, group in groups.items()
    }
    for measure in figures.measures:
        if _is_counted_apart(figures, measure):
            for key, count in _distinct(tx, figures, measure).items():
                values[key][measure.text] = count
    ordered = sorted(groups, key=_sort_of_keys)
    if figures.sort == "measure" and figures.keys:
        first = figures.measures[0]
        ordered.sort(key=lambda key: _sort_of_figure(groups[key], first, tx.dialect))
    return [{"key": groups[key].shown, "values": values[key]} for key in ordered]


def _groups(tx: Tx, figures: Figures) -> dict[tuple[Any, ...], Group]:
    columns, parameters, widths = [], [], []
    for key in figures.keys:
        text, values = _compared(tx, figures, key)
        columns += [text, key.display_expression]
        parameters += values
    for measure in figures.measures:
        expressions = measure.expressions(tx.dialect)
        columns += expressions
        widths.append(len(expressions))
    group_by = ", ".join(str(2 * index + 1) for index in range(len(figures.keys)))
    groups: dict[tuple[Any, ...], Group] = {}
    for row in _rows(tx, figures, columns, group_by, parameters):
        compared, group = _read_group(figures, row, widths, tx.dialect)
        known = groups.get(compared)
        groups[compared] = group if known is None else _merged(figures, known, group)
    return groups


def _read_group(
    figures: Figures, row: Row, widths: Sequence[int], dialect: Dialect
) -> tuple[tuple[Any, ...], Group]:
    compared, shown = [], []
    for index, key in enumerate(figures.keys):
        one, other = key.read(row[2 * index], row[2 * index + 1], figures.calendar.week_start, dialect)
        compared.append(one)
        shown.append(other)
    at, parts = 2 * len(figures.keys), []
    for width in widths:
        parts.append(list(row[at : at + width]))
        at += width
    return tuple(compared), Group(shown, parts)


def _merged(figures: Figures, one: Group, other: Group) -> Group:
    parts = [
        measure.merged(left, right)
        for measure, left, right in zip(figures.measures, one.parts, other.parts, strict=True)
    ]
    return Group(one.shown, parts)


def _distinct(tx: Tx, figures: Figures, measure: Measure) -> dict[tuple[Any, ...], int]:
    """Distinct values of buckets longer than a day: those of its days cannot be added up."""
    columns, parameters = [], []
    for key in figures.keys:
        text, values = _compared(tx, figures, key)
        columns.append(text)
        parameters += values
    columns.append(measure.compared_column)
    numbers = ", ".join(str(index + 1) for index in range(len(columns)))
    found: dict[tuple[Any, ...], set[Any]] = {}
    for row in _rows(tx, figures, columns, numbers, parameters):
        key_values = tuple(
            key.read(value, value, figures.calendar.week_start, tx.dialect)[0]
            for key, value in zip(figures.keys, row[:-1], strict=True)
        )
        found.setdefault(key_values, set()).update([row[-1]] if row[-1] is not None else [])
    return {key: len(values) for key, values in found.items()}


def _rows(
    tx: Tx, figures: Figures, columns: Sequence[str], group_by: str, parameters: list[Any]
) -> list[Row]:
    text, values = figures.condition
    sql = _GROUPS.format(
        columns=", ".join(columns),
        table=figures.scope.table,
        where=text,
        group_by=f" group by {group_by}" if group_by else "",
    )
    rows = tx.all(sql, [*parameters, *values, MAX_GROUPS + 1])
    if len(rows) > MAX_GROUPS:
        raise InvalidError(
            "too_many_groups",
            f"There are more than {MAX_GROUPS} groups.",
            hint="Group by something coarser, or filter.",
        )
    return rows


def _compared(tx: Tx, figures: Figures, key: GroupKey) -> Where:
    """The expression to group by; of a bucket its local day, of which Python makes the larger ones."""
    if not key.unit:
        return key.compared_column, []
    first, last = _bounds(tx, figures, key)
    offsets = zone_offsets(figures.calendar.time_zone, first, last)
    return day_expression(key.compared_column, offsets, tx.dialect)


def _bounds(tx: Tx, figures: Figures, key: GroupKey) -> tuple[int, int]:
    """The first and the last moment whose offsets matter; what needs no look at the records takes none."""
    if figures.calendar.time_zone == "UTC":
        return 0, 0
    now = figures.calendar.now()
    if key.field.name in ("created_at", "updated_at"):
        return figures.scope.module.created_at - _YEAR, now + _YEAR
    text, parameters = figures.condition
    sql = _BOUNDS.format(column=key.field.column, table=figures.scope.table, where=text)
    first, last = tx.one(sql, [*parameters, *parameters]) or (None, None)
    if first is None or last is None:
        return now, now
    return (first, last) if tx.dialect == "sqlite" else (from_datetime(first), from_datetime(last))


def _is_counted_apart(figures: Figures, measure: Measure) -> bool:
    return measure.function == "distinct" and any(key.unit not in ("", "day") for key in figures.keys)


def _sort_of_keys(key: tuple[Any, ...]) -> list[tuple[bool, Any]]:
    return [(value is None, 0 if value is None else value) for value in key]


def _sort_of_figure(group: Group, measure: Measure, dialect: Dialect) -> tuple[bool, Any]:
    value = measure.sort_value(group.parts[0], dialect)
    return value is None, 0 if value is None else -value


def _zone_faults(time_zone: str) -> list[Fault]:
    try:
        ZoneInfo(time_zone)
    except (ZoneInfoNotFoundError, ValueError, OSError):
        return [Fault("time_zone", "unknown_time_zone", f"'{time_zone[:80]}' is no time zone.")]
    return []
