"""From the cells of one column to stored values: the whole column at once, cell by cell only where one is
bad.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from headwater.db.database import Dialect
from headwater.kernel.errors import MalformedError
from headwater.kernel.json import decode_body
from headwater.records.column import Column
from headwater.records.errors import BadValueError
from headwater.records.fields.number import LIMIT, scale_of
from headwater.records.fields.text_value import longest
from headwater.records.form import reader_of

Cast = Callable[[Any], Any]
CastMany = Callable[[Sequence[Any]], list[Any]]
MULTI_SEPARATOR = "|"
_BOOLS = {"true": True, "1": True, "yes": True, "false": False, "0": False, "no": False}
# Digits that are below the limit of numbers with any scale, and that Python reads at once.
_SHORT = 16


@dataclass(frozen=True, slots=True)
class Caster:
    """`one` casts a cell that is not empty, `many` a whole column, None where a cell is empty.

    Both raise BadValueError.
    """

    one: Cast
    many: CastMany


def text_caster(column: Column, dialect: Dialect) -> Caster:
    """From CSV cells to what is stored.

    A multi value is a JSON array, or values between `|`. Bools are true, false, yes, no, 1 or 0.
    """
    field = column.field
    read = reader_of(field)
    if field.multi:
        return _caster(_stored(lambda text: read(_split(text)), column), _each_once)
    if field.kind == "Bool":
        return _caster(_stored(lambda text: read(_BOOLS.get(text.strip().lower(), text)), column), _each_once)
    if field.kind == "Number":
        return _number_caster(column, read, dialect)
    if field.kind in ("String", "Text"):
        return Caster(read, _texts(read, longest(field)))
    return _caster(_stored(read, column), _each_once)


def json_caster(column: Column) -> Caster:
    """From JSON values to what is stored."""
    return _caster(_stored(reader_of(column.field), column), _each)


def cast_column(cells: Sequence[Any], caster: Caster) -> tuple[list[Any], dict[int, BadValueError]]:
    """Stored values of a column, None where a cell is empty or bad, and what is wrong by position."""
    try:
        return caster.many(cells), {}
    except BadValueError:
        return _cast_each(cells, caster.one)


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


def _caster(one: Cast, many: Callable[[Cast], CastMany]) -> Caster:
    return Caster(one, many(one))


def _each(cast: Cast) -> CastMany:
    return lambda cells: [None if cell is None or cell == "" else cast(cell) for cell in cells]


def _each_once(cast: Cast) -> CastMany:
    """For columns in which values come again and again: dates, choices, truth values."""
    each = _each(cast)

    def many(cells: Sequence[str]) -> list[Any]:
        different = set(cells)
        if len(different) * 2 > len(cells):
            return each(cells)
        known = dict(zip(different, each(list(different)), strict=True))
        return [known[cell] for cell in cells]

    return many


def _texts(cast: Cast, limit: int) -> CastMany:
    """Texts go in as they are; two looks at all of them tell whether any needs a closer one."""
    each = _each(cast)

    def many(cells: Sequence[str]) -> list[Any]:
        if "\0" in "".join(cells) or (limit and max(map(len, cells), default=0) > limit):
            return each(cells)
        return [cell or None for cell in cells]

    return many


def _stored(read: Cast, column: Column) -> Cast:
    store = column.store
    if store is None:
        return read

    def cast(cell: Any) -> Any:
        value = read(cell)
        return None if value is None else store(value)

    return cast


def _number_caster(column: Column, read: Cast, dialect: Dialect) -> Caster:
    # Plain digits are by far the most: they become the stored integer without a Decimal between.
    general = _stored(lambda text: read(text.strip()), column)
    if dialect != "sqlite":
        return _caster(general, _each_once)
    scale = scale_of(column.field)
    unit = 10**scale

    def cast(text: str) -> Any:
        whole, _, rest = text.partition(".")
        digits = whole + rest
        if not (digits.isdigit() and digits.isascii() and whole) or len(rest) > scale or len(digits) > _SHORT:
            return general(text)
        value = int(digits) * 10 ** (scale - len(rest))
        return value if value <= LIMIT else general(text)

    each = _each_once(cast)

    def many(cells: Sequence[str]) -> list[Any]:
        digits = "".join(cells)
        if not (digits.isdigit() and digits.isascii()) or not all(cells) or max(map(len, cells)) > _SHORT:
            return each(cells)
        values = [int(cell) * unit for cell in cells]
        return values if max(values) <= LIMIT else each(cells)

    return Caster(cast, many)


def _split(text: str) -> list[Any]:
    if text.startswith("["):
        try:
            value = decode_body(text.encode())
        except MalformedError as error:
            raise BadValueError("wrong_type", "wants a JSON array, or values between |") from error
        return value if isinstance(value, list) else [value]
    return [part for part in text.split(MULTI_SEPARATOR) if part]
