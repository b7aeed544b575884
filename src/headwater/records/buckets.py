"""Calendar buckets of times from the zone's own offsets, so that both databases agree on days of 23 hours."""

from collections.abc import Sequence
from datetime import UTC, date, datetime, timedelta
from functools import lru_cache
from typing import Any
from zoneinfo import ZoneInfo

from headwater.db.database import Dialect
from headwater.kernel.clock import DAY, SECOND, to_datetime

UNITS = ("day", "week", "month", "quarter", "year")
_EPOCH = date(1970, 1, 1).toordinal()
# No zone has gone to another offset and back within a week.
_STEP = 7 * DAY
# Moves every time of the years 1 to 9999 above zero, where `/` rounds down.
_SHIFT_DAYS = 800_000

Offset = tuple[int, int]


@lru_cache(maxsize=64)
def zone_offsets(time_zone: str, first: int, last: int) -> tuple[Offset, ...]:
    """The zone's offsets in seconds from `first` to `last`, each with the microsecond at which it ends."""
    zone = ZoneInfo(time_zone)
    found: list[Offset] = []
    at, current = first, _offset(zone, first)
    while at < last:
        ahead = min(at + _STEP, last)
        following = _offset(zone, ahead)
        if following != current:
            found.append((_end_of(zone, at, ahead, current), current))
            current = following
        at = ahead
    return (*found, (last + 1, current))


def day_expression(column: str, offsets: Sequence[Offset], dialect: Dialect) -> tuple[str, list[Any]]:
    """The local day of a stored time as a number, 0 for 1970-01-01, with its parameters."""
    text, parameters = _offset_expression(column, offsets, dialect)
    if dialect == "sqlite":
        return f"(({column} + {text}) / {DAY} - {_SHIFT_DAYS})", parameters
    local = f"cast(timezone('UTC', {column}) + {text} as date)"
    return f"({local} - date '1970-01-01')", parameters


def bucket_start(day: int, unit: str, week_start: int) -> date:
    """The first day of the bucket that a day is in."""
    found = date.fromordinal(day + _EPOCH)
    match unit:
        case "week":
            return found - timedelta(days=min((found.weekday() - week_start) % 7, found.toordinal() - 1))
        case "month":
            return found.replace(day=1)
        case "quarter":
            return found.replace(month=(found.month - 1) // 3 * 3 + 1, day=1)
        case "year":
            return found.replace(month=1, day=1)
    return found


def _offset_expression(column: str, offsets: Sequence[Offset], dialect: Dialect) -> tuple[str, list[Any]]:
    values = [_offset_value(seconds, dialect) for _, seconds in offsets]
    mark = "?" if dialect == "sqlite" else "cast(? as bigint) * interval '1 second'"
    if len(offsets) == 1:
        return mark, values
    parameters: list[Any] = []
    branches = []
    for (end, _), value in zip(offsets[:-1], values[:-1], strict=True):
        branches.append(f"when {column} < ? then {mark}")
        parameters += [end if dialect == "sqlite" else to_datetime(end), value]
    return f"case {' '.join(branches)} else {mark} end", [*parameters, values[-1]]


def _offset_value(seconds: int, dialect: Dialect) -> int:
    return seconds * SECOND + _SHIFT_DAYS * DAY if dialect == "sqlite" else seconds


def _end_of(zone: ZoneInfo, before: int, after: int, offset: int) -> int:
    """The first whole second at which the offset is another one."""
    low, high = before // SECOND, -(-after // SECOND)
    while high - low > 1:
        middle = (low + high) // 2
        if _offset(zone, middle * SECOND) == offset:
            low = middle
        else:
            high = middle
    return high * SECOND


def _offset(zone: ZoneInfo, moment: int) -> int:
    # local times of the first and last day of the calendar cannot be written; a day further they can
    inside = min(max(moment // SECOND, _FIRST), _LAST)
    shifted = datetime.fromtimestamp(inside, UTC).astimezone(zone).utcoffset()
    return int((shifted or timedelta()).total_seconds())


_FIRST = int(datetime(1, 1, 3, tzinfo=UTC).timestamp())
_LAST = int(datetime(9999, 12, 29, tzinfo=UTC).timestamp())
