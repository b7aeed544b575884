"""Date formats of mappings and templates (`DD.MM.YYYY HH:mm`): compiled once, to write a time and to read
one.
"""

import re
from collections.abc import Callable
from datetime import UTC, datetime, timedelta, timezone, tzinfo
from functools import lru_cache
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from headwater.kernel.errors import InvalidError

MONTHS = (
    "January", "February", "March", "April", "May", "June",
    "July", "August", "September", "October", "November", "December",
)  # fmt: skip
DAYS = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")
_TOKEN = re.compile(
    r"\[([^\]]*)\]|(YYYY|YY|MMMM|MMM|MM|M|DDDD|DDD|Do|DD|D|dddd|ddd|HH|H|hh|h|mm|m|ss|s|SSSSSS|SSS|SS|S|A|a|ZZ|Z|X|x|Q)"
)
_ISO = "%Y-%m-%dT%H:%M:%S"


def zone_of(name: str | None) -> tzinfo:
    """The time zone of an IANA name, UTC when absent. An unknown one is InvalidError `invalid_time_zone`."""
    if not name or name in ("UTC", "GMT", "Z"):
        return UTC
    try:
        return ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError, OSError) as error:
        raise InvalidError("invalid_time_zone", f"'{str(name)[:60]}' is not a time zone.") from error


def iso_milliseconds(moment: datetime) -> str:
    """ISO 8601 in UTC with milliseconds and `Z`, as the integrator writes every time."""
    moment = moment.astimezone(UTC)
    return f"{moment.strftime(_ISO)}.{moment.microsecond // 1000:03d}Z"


def _ordinal(number: int) -> str:
    suffix = "th" if 10 < number % 100 < 14 else {1: "st", 2: "nd", 3: "rd"}.get(number % 10, "th")
    return f"{number}{suffix}"


def _offset(moment: datetime, colon: str) -> str:
    minutes = int((moment.utcoffset() or timedelta()).total_seconds()) // 60
    hours, rest = divmod(abs(minutes), 60)
    return f"{'-' if minutes < 0 else '+'}{hours:02d}{colon}{rest:02d}"


_WRITERS: dict[str, Callable[[datetime], str]] = {
    "YYYY": lambda at: f"{at.year:04d}",
    "YY": lambda at: f"{at.year % 100:02d}",
    "MMMM": lambda at: MONTHS[at.month - 1],
    "MMM": lambda at: MONTHS[at.month - 1][:3],
    "MM": lambda at: f"{at.month:02d}",
    "M": lambda at: str(at.month),
    "DDDD": lambda at: f"{at.timetuple().tm_yday:03d}",
    "DDD": lambda at: str(at.timetuple().tm_yday),
    "Do": lambda at: _ordinal(at.day),
    "DD": lambda at: f"{at.day:02d}",
    "D": lambda at: str(at.day),
    "dddd": lambda at: DAYS[at.weekday()],
    "ddd": lambda at: DAYS[at.weekday()][:3],
    "HH": lambda at: f"{at.hour:02d}",
    "H": lambda at: str(at.hour),
    "hh": lambda at: f"{(at.hour + 11) % 12 + 1:02d}",
    "h": lambda at: str((at.hour + 11) % 12 + 1),
    "mm": lambda at: f"{at.minute:02d}",
    "m": lambda at: str(at.minute),
    "ss": lambda at: f"{at.second:02d}",
    "s": lambda at: str(at.second),
    "SSSSSS": lambda at: f"{at.microsecond:06d}",
    "SSS": lambda at: f"{at.microsecond // 1000:03d}",
    "SS": lambda at: f"{at.microsecond // 10000:02d}",
    "S": lambda at: str(at.microsecond // 100000),
    "A": lambda at: "AM" if at.hour < 12 else "PM",
    "a": lambda at: "am" if at.hour < 12 else "pm",
    "ZZ": lambda at: _offset(at, ""),
    "Z": lambda at: _offset(at, ":"),
    "X": lambda at: str(int(at.timestamp())),
    "x": lambda at: str(int(at.timestamp() * 1000)),
    "Q": lambda at: str((at.month + 2) // 3),
}

_READERS: dict[str, str] = {
    "YYYY": r"(?P<year>\d{4})",
    "YY": r"(?P<short_year>\d{2})",
    "MMMM": r"(?P<month_name>[A-Za-z]{3,9})",
    "MMM": r"(?P<month_name>[A-Za-z]{3})",
    "MM": r"(?P<month>\d{1,2})",
    "M": r"(?P<month>\d{1,2})",
    "Do": r"(?P<day>\d{1,2})(?:st|nd|rd|th)",
    "DD": r"(?P<day>\d{1,2})",
    "D": r"(?P<day>\d{1,2})",
    "dddd": r"[A-Za-z]{3,9}",
    "ddd": r"[A-Za-z]{3}",
    "HH": r"(?P<hour>\d{1,2})",
    "H": r"(?P<hour>\d{1,2})",
    "hh": r"(?P<hour>\d{1,2})",
    "h": r"(?P<hour>\d{1,2})",
    "mm": r"(?P<minute>\d{1,2})",
    "m": r"(?P<minute>\d{1,2})",
    "ss": r"(?P<second>\d{1,2})",
    "s": r"(?P<second>\d{1,2})",
    "SSSSSS": r"(?P<fraction>\d{1,6})",
    "SSS": r"(?P<fraction>\d{1,3})",
    "SS": r"(?P<fraction>\d{1,2})",
    "S": r"(?P<fraction>\d)",
    "A": r"(?P<half>[AaPp])[Mm]",
    "a": r"(?P<half>[AaPp])[Mm]",
    "ZZ": r"(?P<offset>Z|[+-]\d{2}:?\d{2})",
    "Z": r"(?P<offset>Z|[+-]\d{2}:?\d{2})",
    "X": r"(?P<seconds>-?\d{1,11})",
    "x": r"(?P<milliseconds>-?\d{1,14})",
}


def _split(pattern: str) -> list[tuple[str, str]]:
    """Pairs of (literal, token) in order; one of them is always empty."""
    parts: list[tuple[str, str]] = []
    position = 0
    for match in _TOKEN.finditer(pattern):
        parts.append((pattern[position : match.start()], ""))
        parts.append((match[1] or "", match[2] or ""))
        position = match.end()
    return [*parts, (pattern[position:], "")]


@lru_cache(maxsize=256)
def writer(pattern: str) -> Callable[[datetime], str]:
    """A function that writes a datetime in this format."""
    parts = [(literal, _WRITERS.get(token)) for literal, token in _split(pattern)]
    return lambda moment: "".join(write(moment) if write else literal for literal, write in parts)


@lru_cache(maxsize=256)
def reader(pattern: str) -> Callable[[str, tzinfo], datetime | None]:
    """A function `(text, zone)` that reads a time in this format, or gives None. The zone counts when the
    text names none.
    """
    sources: list[str] = []
    for literal, token in _split(pattern):
        source = _READERS.get(token, re.escape(literal))
        name = re.match(r"\(\?P<(\w+)>", source)
        if name and any(f"?P<{name[1]}>" in earlier for earlier in sources):
            raise InvalidError("invalid_date_format", f"'{pattern[:60]}' names the {name[1]} twice.")
        sources.append(source)
    found = re.compile("".join(sources))

    def read(text: str, zone: tzinfo) -> datetime | None:
        match = found.fullmatch(text.strip())
        try:
            return _build(match.groupdict(), zone) if match else None
        except (ValueError, OverflowError, StopIteration):
            return None

    return read


def _build(parts: dict[str, str | None], zone: tzinfo) -> datetime:
    seconds, milliseconds = parts.get("seconds"), parts.get("milliseconds")
    if seconds or milliseconds:
        return datetime.fromtimestamp(0, UTC) + timedelta(milliseconds=int(milliseconds or f"{seconds}000"))
    moment = datetime(
        _year(parts),
        _month(parts),
        int(parts.get("day") or 1),
        _hour(parts),
        int(parts.get("minute") or 0),
        int(parts.get("second") or 0),
        int((parts.get("fraction") or "0").ljust(6, "0")),
        tzinfo=zone,
    )
    offset = parts.get("offset")
    return moment.replace(tzinfo=_fixed(offset)) if offset else moment


def _year(parts: dict[str, str | None]) -> int:
    short = parts.get("short_year")
    if short:
        return int(short) + (1900 if int(short) > 68 else 2000)
    return int(parts.get("year") or 1970)


def _month(parts: dict[str, str | None]) -> int:
    name = parts.get("month_name")
    if not name:
        return int(parts.get("month") or 1)
    return next(at for at, month in enumerate(MONTHS, 1) if month[:3].lower() == name[:3].lower())


def _hour(parts: dict[str, str | None]) -> int:
    hour, half = int(parts.get("hour") or 0), parts.get("half")
    return hour % 12 + (12 if half in ("P", "p") else 0) if half else hour


def _fixed(offset: str) -> tzinfo:
    if offset == "Z":
        return UTC
    digits = offset[1:].replace(":", "")
    span = timedelta(hours=int(digits[:2]), minutes=int(digits[2:]))
    return timezone(-span if offset[0] == "-" else span)


def read_any(text: str, zone: tzinfo) -> datetime | None:
    """A time in ISO 8601 (a date alone included) or epoch milliseconds of at least 10 digits, or None."""
    text = text.strip()
    try:
        if text.isascii() and text.isdigit() and 10 <= len(text) <= 15:
            return datetime.fromtimestamp(0, UTC) + timedelta(milliseconds=int(text))
        moment = datetime.fromisoformat(text)
    except (ValueError, OverflowError):
        return None
    return moment if moment.tzinfo else moment.replace(tzinfo=zone)
