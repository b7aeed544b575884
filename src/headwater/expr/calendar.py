"""Calendar windows: what `last_n_weeks` or `today` means in a time zone, exact on days of 23 and 25 hours."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import TypeVar
from zoneinfo import ZoneInfo

from headwater.kernel.clock import SECOND, to_datetime

Span = tuple[int, int]
T = TypeVar("T")

_UNITS = ("day", "week", "month", "quarter", "year")
_EPOCH_ORDINAL = date(1970, 1, 1).toordinal()
# Windows that would leave these years end there, so that both databases can hold every bound.
_FIRST_YEAR, _LAST_YEAR = 2, 9998


def _windows() -> dict[str, tuple[str, int, int, int]]:
    """Operator -> unit, first and last shift from the current unit, and how n moves them (0: no n)."""
    table: dict[str, tuple[str, int, int, int]] = {
        "yesterday": ("day", -1, 0, 0),
        "today": ("day", 0, 1, 0),
        "tomorrow": ("day", 1, 2, 0),
    }
    for unit in _UNITS:
        if unit != "day":
            table[f"last_{unit}"] = (unit, -1, 0, 0)
            table[f"this_{unit}"] = (unit, 0, 1, 0)
            table[f"next_{unit}"] = (unit, 1, 2, 0)
        table[f"last_n_{unit}s"] = (unit, 0, 0, -1)
        table[f"next_n_{unit}s"] = (unit, 1, 1, 1)
        table[f"{unit}s_n_ago"] = (unit, 0, 1, -2)
    return table


WINDOWS = _windows()


def wants_n(operator: str) -> bool:
    """Whether a window takes a whole number n of units."""
    return WINDOWS[operator][3] != 0


@dataclass(frozen=True)
class Calendar:
    """A time zone, the first day of the week (0 is Monday) and the clock that says what today is."""

    time_zone: str
    week_start: int
    now: Callable[[], int]

    def today(self) -> date:
        """The local date of now."""
        return to_datetime(self.now()).astimezone(ZoneInfo(self.time_zone)).date()

    def day_start(self, day: date) -> int:
        """The first microsecond of a local day, also where midnight is skipped or comes twice."""
        day = _within_years(day.toordinal())
        offset = datetime.combine(day, time(), ZoneInfo(self.time_zone)).utcoffset() or timedelta()
        days = (day.toordinal() - _EPOCH_ORDINAL) * 86_400 * SECOND
        return days - (offset.days * 86_400 + offset.seconds) * SECOND - offset.microseconds

    def day_end(self, day: date) -> int:
        """The first microsecond after a local day."""
        return self.day_start(_shift(day, "day", 1))

    def window(self, operator: str, n: int | None = None) -> tuple[date, date]:
        """The window's first day and the day after its last."""
        unit, first, last, sign = WINDOWS[operator]
        if sign == -2:
            first, last = first - (n or 0), last - (n or 0)
        elif sign == -1:
            first -= n or 0
        elif sign == 1:
            last += n or 0
        start = self._unit_start(self.today(), unit)
        return _shift(start, unit, first), _shift(start, unit, last)

    def span(self, operator: str, n: int | None = None) -> Span:
        """The window in microseconds, from the first bound and before the second."""
        first, last = self.window(operator, n)
        return self.day_start(first), self.day_start(last)

    def moving_window(self, operator: str, n: int | None = None) -> Callable[[], tuple[str, str]]:
        """`window` as ISO dates, computed again only when the local day has changed."""

        def compute() -> tuple[str, str]:
            first, last = self.window(operator, n)
            return first.isoformat(), last.isoformat()

        return self._daily(compute)

    def moving_span(self, operator: str, n: int | None = None) -> Callable[[], Span]:
        """`span`, computed again only when the local day has changed."""
        return self._daily(lambda: self.span(operator, n))

    def _daily(self, compute: Callable[[], T]) -> Callable[[], T]:
        kept: list[tuple[int, int, T]] = []

        def current() -> T:
            now = self.now()
            if not kept or not kept[0][0] <= now < kept[0][1]:
                today = self.today()
                kept[:] = [(self.day_start(today), self.day_end(today), compute())]
            return kept[0][2]

        return current

    def _unit_start(self, day: date, unit: str) -> date:
        match unit:
            case "week":
                return day - timedelta(days=(day.weekday() - self.week_start) % 7)
            case "month":
                return day.replace(day=1)
            case "quarter":
                return day.replace(month=(day.month - 1) // 3 * 3 + 1, day=1)
            case "year":
                return day.replace(month=1, day=1)
        return day


def _shift(start: date, unit: str, count: int) -> date:
    months = {"month": 1, "quarter": 3, "year": 12}.get(unit)
    if months is None:
        return _within_years(start.toordinal() + count * (7 if unit == "week" else 1))
    index = start.year * 12 + start.month - 1 + count * months
    index = min(max(index, _FIRST_YEAR * 12), _LAST_YEAR * 12)
    return date(index // 12, index % 12 + 1, 1)


def _within_years(ordinal: int) -> date:
    lowest, highest = date(_FIRST_YEAR, 1, 1).toordinal(), date(_LAST_YEAR, 1, 1).toordinal()
    return date.fromordinal(min(max(ordinal, lowest), highest))
