"""The operands of conditions: read by the kind of the field that they are compared with."""

import re
from datetime import date
from decimal import Decimal, InvalidOperation
from typing import Any

from headwater.expr.scope import FieldType
from headwater.kernel import clock
from headwater.kernel.errors import InvalidError

MAX_ID = 2**53
# A number with more digits fits no field, and scaling it would cost memory without end.
MAX_DIGITS = 60
_DATE = re.compile(r"\d{4}-\d\d-\d\d")
_WANTED = {
    "text": "a text",
    "choice": "a text",
    "number": "a number",
    "bool": "true or false",
    "time": "a time such as 2031-05-02T07:00:00Z or a date such as 2031-05-02",
    "date": "a date such as 2031-05-02",
    "reference": "the id of a record",
    "id": "an id",
}


def read_value(value: Any, field: FieldType) -> Any:
    """The in-memory form of one operand; a date on a time field stays a `date`.

    ValueError says what is wanted.
    """
    try:
        return _READERS[field.kind](value)
    except (ValueError, TypeError, InvalidOperation, InvalidError) as error:
        raise ValueError(f"wants {_WANTED[field.kind]}; got {_shown(value)}") from error


def read_day(text: str) -> date:
    """A date written `YYYY-MM-DD`; anything else is a ValueError."""
    if not _DATE.fullmatch(text):
        raise ValueError(text)
    return date.fromisoformat(text)


def read_count(value: Any) -> int:
    """A whole number of 1 or more, as number or text. ValueError otherwise."""
    text = str(value) if isinstance(value, (int, str)) and not isinstance(value, bool) else ""
    if not re.fullmatch(r"[0-9]{1,9}", text.strip()) or int(text) < 1:
        raise ValueError(f"wants a whole number of 1 or more; got {_shown(value)}")
    return int(text)


def _shown(value: Any) -> str:
    text = repr(value)
    return text if len(text) <= 60 else text[:57] + "..."


def _read_text(value: Any) -> str:
    if not isinstance(value, str) or "\0" in value:
        raise ValueError(value)
    value.encode()
    return value


def _read_number(value: Any) -> int | Decimal:
    if isinstance(value, bool) or not isinstance(value, (int, float, str, Decimal)):
        raise TypeError(value)
    number = Decimal(value if isinstance(value, int) else str(value).strip())
    if (
        not number.is_finite()
        or abs(number.adjusted()) > MAX_DIGITS
        or len(number.as_tuple().digits) > MAX_DIGITS
    ):
        raise ValueError(value)
    return int(number) if number == number.to_integral_value() else number


def _read_bool(value: Any) -> bool:
    if not isinstance(value, bool):
        raise TypeError(value)
    return value


def _read_time(value: Any) -> int | date:
    if not isinstance(value, str):
        raise TypeError(value)
    return read_day(value) if _DATE.fullmatch(value) else clock.parse(value)


def _read_date(value: Any) -> str:
    return read_day(value).isoformat()


def _read_id(value: Any) -> int:
    if isinstance(value, bool) or not isinstance(value, int) or abs(value) > MAX_ID:
        raise ValueError(value)
    return value


_READERS = {
    "text": _read_text,
    "choice": _read_text,
    "number": _read_number,
    "bool": _read_bool,
    "time": _read_time,
    "date": _read_date,
    "reference": _read_id,
    "id": _read_id,
}
