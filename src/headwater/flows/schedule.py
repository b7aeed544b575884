"""When a schedule fires: cron in a time zone, once over every change of the clocks (S1 to S4)."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta, tzinfo

from cronsim import CronSim, CronSimError

from headwater.expr.date_formats import zone_of
from headwater.flows.documents_schedule import plain_cron
from headwater.kernel.clock import from_datetime, to_datetime
from headwater.kernel.errors import InvalidError

# More than any clock was ever changed by at once.
_LONGEST_CHANGE = timedelta(hours=26)


def times(schedule: str, time_zone: str | None, after: int) -> Iterator[int]:
    """The moments at which a schedule fires behind `after` (microseconds), rising, without end.

    `schedule` has the six fields of the integrator or the five of plain cron. A local time that the clocks
    skip fires at the first moment after the gap, one that they repeat the first time only. InvalidError
    `invalid_schedule`, `invalid_time_zone`.
    """
    expression = plain_cron(schedule if len(schedule.split()) != 5 else f"? {schedule}")
    zone = zone_of(time_zone)
    local = to_datetime(after).astimezone(zone).replace(tzinfo=None) - _LONGEST_CHANGE
    last = after
    for each in _local_times(expression, local):
        moment = _moment(each, zone)
        # Skipped times come together at the end of the gap, repeated ones lie behind.
        if moment > last:
            last = moment
            yield moment


def next_time(schedule: str, time_zone: str | None, after: int) -> int | None:
    """The first of `times`, or None when it never fires again, such as on a 30th of February."""
    return next(times(schedule, time_zone, after), None)


def _local_times(expression: str, after: datetime) -> Iterator[datetime]:
    try:
        yield from CronSim(expression, after)
    except CronSimError as error:
        raise InvalidError("invalid_schedule", f"'{expression[:60]}' never fires.") from error


def _moment(local: datetime, zone: tzinfo) -> int:
    aware = local.replace(tzinfo=zone, fold=0)
    back = aware.astimezone(UTC).astimezone(zone).replace(tzinfo=None)
    if back != local:
        return from_datetime(_end_of_gap(local, zone))
    return from_datetime(aware)


def _end_of_gap(local: datetime, zone: tzinfo) -> datetime:
    """The first second behind the gap that swallows this local time."""
    before = local.replace(tzinfo=zone, fold=0).utcoffset() or timedelta()
    after = local.replace(tzinfo=zone, fold=1).utcoffset() or timedelta()
    # Read with the later offset the time lies before the change, with the earlier one behind it.
    start = local.replace(tzinfo=UTC) - max(before, after)
    low, high = 0, abs(int((after - before).total_seconds()))
    while high - low > 1:
        middle = (low + high) // 2
        is_behind = (start + timedelta(seconds=middle)).astimezone(zone).utcoffset() == after
        low, high = (low, middle) if is_behind else (middle, high)
    return start + timedelta(seconds=high)
