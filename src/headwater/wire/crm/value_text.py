"""Values as the texts of this dialect, and back to the JSON forms that records take."""

from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

from headwater.kernel.clock import from_datetime, rfc3339
from headwater.kernel.json import dumps

_TRUE = frozenset({"true", "t", "yes", "y", "on", "1"})
_FALSE = frozenset({"false", "f", "no", "n", "off", "0"})
_MIDNIGHT = "T00:00:00Z"


def read_value(kind: str, text: str) -> Any:
    """The JSON form that a record of ours takes for this text; the text itself when it does not fit the kind.

    What does not fit is left for the record's own rules to refuse, so that all faults are told at once.
    """
    reader = _READERS.get(kind)
    return text if reader is None else reader(text.strip())


def show_value(value: Any) -> str:
    """The text of one value in its JSON form."""
    if isinstance(value, bool):
        return "true" if value else "false"
    return value if isinstance(value, str) else dumps(value)


def trimmed(text: str) -> str:
    """A decimal without the zeros at its end."""
    return text.rstrip("0").rstrip(".") if "." in text else text


def day_of(text: str) -> str:
    """The day alone of a time at midnight; any other time as it is."""
    return text.removesuffix(_MIDNIGHT)


def _read_bool(text: str) -> Any:
    folded = text.lower()
    return True if folded in _TRUE else False if folded in _FALSE else text or None


def _read_time(text: str) -> Any:
    """A day, or a time without a zone, is meant in UTC."""
    try:
        moment = datetime.fromisoformat(text)
        return rfc3339(from_datetime(moment if moment.tzinfo else moment.replace(tzinfo=UTC)))
    except (ValueError, OverflowError):
        return text or None


def _read_reference(text: str) -> Any:
    return None if text in ("", "0") else text


_READERS: dict[str, Callable[[str], Any]] = {
    "Bool": _read_bool,
    "DateTime": _read_time,
    "Number": lambda text: text or None,
    "Record": _read_reference,
}
