"""The cursor of a list of records: the sort it belongs to and the values of the last record's keys."""

from collections.abc import Sequence
from decimal import Decimal, InvalidOperation
from typing import Any

from headwater.db.database import Dialect
from headwater.kernel.clock import from_datetime, to_datetime
from headwater.records.fields.datetime import FIRST, LAST
from headwater.records.sorting import SortKey
from headwater.web.paging import decode_cursor, encode_cursor, invalid_cursor


def encode_position(keys: Sequence[SortKey], stored: Sequence[Any], dialect: Dialect) -> str:
    """The cursor behind a row with these values of the keys, as the driver gave them."""
    values = [_plain(key, value, dialect) for key, value in zip(keys, stored, strict=True)]
    return encode_cursor([_sort_text(keys), *values])


def decode_position(cursor: str, keys: Sequence[SortKey], dialect: Dialect) -> list[Any]:
    """The values to bind. A cursor of another sort, or none of ours, is InvalidError `invalid_cursor`."""
    sort, *values = decode_cursor(cursor) or [None]
    if sort != _sort_text(keys) or len(values) != len(keys):
        raise invalid_cursor()
    return [_bound(key, value, dialect) for key, value in zip(keys, values, strict=True)]


def _sort_text(keys: Sequence[SortKey]) -> str:
    return ",".join(("-" if each.is_descending else "") + each.column for each in keys)


def _plain(key: SortKey, value: Any, dialect: Dialect) -> Any:
    if value is None or dialect == "sqlite":
        return value
    if key.kind == "time":
        return from_datetime(value)
    return str(value) if isinstance(value, Decimal) else value


def _bound(key: SortKey, value: Any, dialect: Dialect) -> Any:
    if value is None and key.is_nullable:
        return None
    if key.kind in ("text", "choice", "date"):
        return _of_type(value, str)
    if key.kind == "number" and dialect == "postgres":
        return _decimal(value)
    if key.kind == "bool" and dialect == "postgres":
        return _of_type(value, bool)
    number: int = _of_type(value, int)
    if key.kind != "time" or dialect == "sqlite":
        return number
    if not FIRST <= number <= LAST:
        raise invalid_cursor()
    return to_datetime(number)


def _of_type(value: Any, kind: type) -> Any:
    if type(value) is not kind or (isinstance(value, int) and not -(2**63) <= value < 2**63):
        raise invalid_cursor()
    return value


def _decimal(value: Any) -> Decimal:
    try:
        number = Decimal(value)
    except (InvalidOperation, TypeError, ValueError) as error:
        raise invalid_cursor() from error
    if not number.is_finite():
        raise invalid_cursor()
    return number
