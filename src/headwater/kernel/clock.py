"""Time: whole microseconds since 1970 in UTC everywhere inside, RFC 3339 with `Z` outside."""

import time
from datetime import UTC, datetime, timedelta
from typing import Protocol

from headwater.kernel.errors import InvalidError

SECOND = 1_000_000
DAY = 86_400 * SECOND
EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_NAIVE_EPOCH = datetime(1970, 1, 1)  # noqa: DTZ001  only ever added to


class Clock(Protocol):
    """Where code asks for the time, so that a test can set it."""

    def now(self) -> int:
        """Microseconds since 1970 in UTC."""
        ...


class SystemClock:
    """The machine's clock."""

    def now(self) -> int:
        """Microseconds since 1970 in UTC."""
        return time.time_ns() // 1000


class FixedClock:
    """A clock that stands still until it is moved."""

    def __init__(self, now: int | str = "2031-05-02T07:00:00Z") -> None:
        """Start at microseconds, or at an RFC 3339 time."""
        self.moment = parse(now) if isinstance(now, str) else now

    def now(self) -> int:
        """Microseconds since 1970 in UTC."""
        return self.moment

    def move(self, seconds: float) -> None:
        """Go forward, or back when negative."""
        self.moment += int(seconds * SECOND)


def to_datetime(moment: int) -> datetime:
    """The aware UTC datetime of a moment; exact to the microsecond."""
    return EPOCH + timedelta(0, 0, moment)


def from_datetime(value: datetime) -> int:
    """Microseconds of an aware datetime."""
    delta = value - EPOCH
    return (delta.days * 86_400 + delta.seconds) * SECOND + delta.microseconds


def rfc3339(moment: int) -> str:
    """RFC 3339 with `Z`; the fraction is left out when it is zero. Microseconds in."""
    # written for every record of every answer: a naive sum takes half the time of an aware datetime
    return f"{(_NAIVE_EPOCH + timedelta(0, 0, moment)).isoformat()}Z"


def parse(text: str) -> int:
    """Microseconds of an RFC 3339 time with its zone; anything else is InvalidError `invalid_time`."""
    try:
        value = datetime.fromisoformat(text)
    except ValueError as error:
        raise _not_a_time(text) from error
    if value.tzinfo is None or len(text) < 11:
        raise _not_a_time(text)
    try:
        return from_datetime(value)
    except OverflowError as error:
        raise _not_a_time(text) from error


def _not_a_time(text: str) -> InvalidError:
    return InvalidError(
        "invalid_time",
        f"'{text[:40]}' is not a time.",
        hint="Write RFC 3339 with a zone, such as 2031-05-02T07:00:00Z.",
    )
