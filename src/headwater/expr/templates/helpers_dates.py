"""The helpers that work on times."""

from datetime import datetime, timedelta
from typing import Any

from headwater.expr import date_formats
from headwater.expr.paths import MISSING
from headwater.expr.templates.frame import Frame
from headwater.expr.templates.helper_kind import Helper, number_of, refusal, text_of
from headwater.kernel.clock import SystemClock, to_datetime
from headwater.kernel.errors import InvalidError


def _now(frame: Frame) -> datetime:
    clock = frame.names.get("clock") or SystemClock()
    return to_datetime(clock.now())


def _zone(name: str, zone: Any) -> Any:
    try:
        return date_formats.zone_of(text_of(zone))
    except InvalidError as error:
        raise refusal(name, f"has the problem: {error.detail}") from error


def _moment(name: str, value: Any, pattern: Any, zone: Any) -> datetime:
    try:
        read = date_formats.reader(text_of(pattern)) if text_of(pattern) else date_formats.read_any
    except InvalidError as error:
        raise refusal(name, f"has the problem: {error.detail}") from error
    moment = read(text_of(value), _zone(name, zone))
    if moment is None:
        raise refusal(name, f"wants a date; got '{text_of(value)[:40]}'")
    return moment


def _written(name: str, moment: datetime, pattern: Any, zone: Any) -> str:
    if not text_of(pattern):
        return date_formats.iso_milliseconds(moment)
    return date_formats.writer(text_of(pattern))(moment.astimezone(_zone(name, zone)))


def _date_add(value: Any, offset: Any, zone: Any = MISSING) -> str:
    moment = _moment("dateAdd", value, "", zone)
    try:
        return date_formats.iso_milliseconds(moment + timedelta(milliseconds=number_of("dateAdd", offset)))
    except OverflowError as error:
        raise refusal("dateAdd", "leaves the years 1 to 9999") from error


def _date_format(pattern: Any, value: Any, read_pattern: Any = "", zone: Any = MISSING) -> str:
    """The date in a format; the input's format and the zone, in which both are meant, may follow."""
    return _written("dateFormat", _moment("dateFormat", value, read_pattern, zone), pattern, zone)


def _timestamp(frame: Frame, pattern: Any = "", zone: Any = MISSING) -> str:
    return _written("timestamp", _now(frame), pattern, zone)


HELPERS: dict[str, Helper] = {
    "dateAdd": Helper(_date_add, 2, 3),
    "dateFormat": Helper(_date_format, 2, 4),
    "timestamp": Helper(_timestamp, 0, 2, needs_frame=True),
}
