"""From the cells of one column to stored values: the whole column at once, cell by cell only where one is
bad.
"""

from collections.abc import Callable, Sequence
from typing import Any

from headwater.db.database import Dialect
from headwater.kernel.errors import MalformedError
from headwater.kernel.json import decode_body
from headwater.records.column import Column
from headwater.records.errors import BadValueError
from headwater.records.fields.number import LIMIT, scale_of
from headwater.records.form import reader_of

Cast = Callable[[Any], Any]
MULTI_SEPARATOR = "|"
_BOOLS = {"true": True, "1": True, "yes": True, "false": False, "0": False, "no": False}


def text_cast(column: Column, dialect: Dialect) -> Cast:
    """From a CSV cell that is not empty to what is stored; it raises BadValueError.

    A multi value is a JSON array, or values between `|`. Bools are true, false, yes, no, 1 or 0.
    """
    field = column.field
    read = reader_of(field)
    if field.multi:
        return _stored(lambda text: read(_split(text)), column)
    if field.kind == "Bool":
        return _stored(lambda text: read(_BOOLS.get(text.strip().lower(), text)), column)
    if field.kind == "Number":
        return _number_cast(column, read, dialect)
    return _stored(read, column)


def json_cast(column: Column) -> Cast:
    """From a JSON value that is not null to what is stored; it raises BadValueError."""
    return _stored(reader_of(column.field), column)


def cast_column(cells: Sequence[Any], cast: Cast) -> tuple[list[Any], dict[int, BadValueError]]:
    """Stored values of a column, None where a cell is empty or bad, and what is wrong by position."""
    try:
        return [None if cell is None or cell == "" else cast(cell) for cell in cells], {}
    except BadValueError:
        return _cast_each(cells, cast)


def _cast_each(cells: Sequence[Any], cast: Cast) -> tuple[list[Any], dict[int, BadValueError]]:
    values: list[Any] = []
    faults: dict[int, BadValueError] = {}
    for index, cell in enumerate(cells):
        try:
            values.append(None if cell is None or cell == "" else cast(cell))
        except BadValueError as error:
            values.append(None)
            faults[index] = error
    return values, faults


def _stored(read: Cast, column: Column) -> Cast:
    store = column.store
    if store is None:
        return read

    def cast(cell: Any) -> Any:
        value = read(cell)
        return None if value is None else store(value)

    return cast


def _number_cast(column: Column, read: Cast, dialect: Dialect) -> Cast:
    # Plain digits are by far the most: they become the stored integer without a Decimal between.
    general = _stored(lambda text: read(text.strip()), column)
    if dialect != "sqlite":
        return general
    scale = scale_of(column.field)

    def cast(text: str) -> Any:
        whole, _, rest = text.partition(".")
        digits = whole + rest
        if len(rest) > scale or not (digits.isascii() and digits.isdigit() and whole):
            return general(text)
        value = int(digits) * 10 ** (scale - len(rest))
        return value if value <= LIMIT else general(text)

    return cast


def _split(text: str) -> list[Any]:
    if text.startswith("["):
        try:
            value = decode_body(text.encode())
        except MalformedError as error:
            raise BadValueError("wrong_type", "wants a JSON array, or values between |") from error
        return value if isinstance(value, list) else [value]
    return [part for part in text.split(MULTI_SEPARATOR) if part]
