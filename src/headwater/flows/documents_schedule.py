"""The schedule of a flow as the integrator writes it: `? minute hour day-of-month month day-of-week` (S1,
S2).
"""

from datetime import UTC, datetime

from cronsim import CronSim, CronSimError

from headwater.expr.date_formats import zone_of
from headwater.kernel.errors import InvalidError


def plain_cron(schedule: str) -> str:
    """The five fields of plain cron that mean the same. What cannot be read is InvalidError
    `invalid_schedule`.
    """
    fields = schedule.split()
    if len(fields) != 6 or fields[0] != "?" or len(schedule) > 500:
        raise _refusal(schedule, "it has six fields, of which the first is ?")
    expression = " ".join("*" if each == "?" else each for each in fields[1:])
    try:
        next(CronSim(expression, datetime(2031, 1, 1, tzinfo=UTC)))
    except (CronSimError, StopIteration) as error:
        raise _refusal(schedule, "its fields are minute, hour, day of month, month, day of week") from error
    return expression


def schedule_fault(value: object) -> str:
    """What is wrong with a schedule, or nothing."""
    try:
        plain_cron(str(value))
    except InvalidError as error:
        return error.detail
    return ""


def zone_fault(value: object) -> str:
    """What is wrong with a time zone, or nothing."""
    try:
        zone_of(str(value))
    except InvalidError as error:
        return error.detail
    return ""


def _refusal(schedule: str, why: str) -> InvalidError:
    return InvalidError(
        "invalid_schedule",
        f"'{schedule[:60]}' is not a schedule: {why}.",
        hint="For example ? 15 6 ? * 1,3 is 06:15 on Mondays and Wednesdays.",
    )
