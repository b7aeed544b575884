"""Number: an integer, or a decimal with a fixed number of decimals; never a float."""

import re
from collections.abc import Mapping
from decimal import Context, Decimal
from typing import Any, ClassVar

from headwater.db.database import Dialect
from headwater.kernel.json import decimal_text
from headwater.records.errors import BadValueError
from headwater.records.fields.kind import Convert, Kind
from headwater.records.model import Field

MAX_SCALE = 15
# The largest integer that every JSON reader keeps exactly; a scaled number is one of these.
LIMIT = 2**53

_FORM = re.compile(r"[+-]?\d{1,40}(\.\d{0,40})?([eE][+-]?\d{1,3})?", re.ASCII)
_EXACT = Context(prec=1200)


class Number(Kind):
    """A number with `scale` decimals: in memory an int without them, else a Decimal with just as many."""

    name = "Number"
    filter_kind = "number"
    option_names: ClassVar[frozenset[str]] = frozenset({"scale"})

    def read_options(self, document: Mapping[str, Any]) -> dict[str, Any]:
        """`scale`, 0 to 15."""
        scale = document.get("scale") or 0
        if type(scale) is not int or not 0 <= scale <= MAX_SCALE:
            raise BadValueError("out_of_range", f"wants a scale of 0 to {MAX_SCALE}", option="scale")
        return {"scale": scale}

    def reader(self, field: Field) -> Convert:
        """A number, or its text, within 2^53 after scaling and with no more decimals than the scale."""
        scale = scale_of(field)
        return read_decimal(scale) if scale else read_integer

    def column_type(self, field: Field, dialect: Dialect) -> str:
        """A scaled integer on SQLite, numeric on PostgreSQL."""
        if dialect == "sqlite":
            return "integer"
        scale = scale_of(field)
        return f"numeric(17, {scale})" if scale else "bigint"

    def to_storage(self, field: Field, dialect: Dialect) -> Convert | None:
        """Scaled on SQLite."""
        scale = scale_of(field)
        if dialect == "postgres" or not scale:
            return None
        return lambda value: int(value.scaleb(scale))

    def from_storage(self, field: Field, dialect: Dialect) -> Convert | None:
        """Back from the scaled integer."""
        scale = scale_of(field)
        if dialect == "postgres" or not scale:
            return None
        return lambda stored: Decimal(stored).scaleb(-scale)

    def to_json(self, field: Field) -> Convert | None:
        """A number without decimals, text with them."""
        return decimal_text if scale_of(field) else None

    def json_from_storage(self, field: Field, dialect: Dialect) -> Convert | None:
        """Text straight from the scaled integer."""
        scale = scale_of(field)
        if dialect == "postgres" or not scale:
            return self.to_json(field)
        return scaled_text(scale)

    def view_column(self, field: Field, dialect: Dialect) -> str:
        """The number as people write it."""
        scale = scale_of(field)
        return f"{field.column} / 1e{scale}" if scale and dialect == "sqlite" else field.column

    def schema(self, field: Field) -> dict[str, Any]:
        """An integer, or a string of digits."""
        scale = scale_of(field)
        return (
            {"type": "string", "format": "decimal", "description": f"{scale} decimals"}
            if scale
            else {"type": "integer"}
        )


def scale_of(field: Field) -> int:
    """The number of decimals."""
    return int(field.options.get("scale", 0))


def read_integer(value: Any) -> int:
    """An integer within 2^53 from a JSON number or its text."""
    number: int = value if type(value) is int else _scaled(value, 0)
    if -LIMIT <= number <= LIMIT:
        return number
    raise _out_of_range(0)


def read_decimal(scale: int) -> Convert:
    """A reader of decimals that gives each exactly `scale` decimals."""

    def read(value: Any) -> Decimal:
        scaled = _scaled(value, scale)
        if not -LIMIT <= scaled <= LIMIT:
            raise _out_of_range(scale)
        return Decimal(scaled).scaleb(-scale)

    return read


def scaled_text(scale: int) -> Convert:
    """A writer of scaled integers as plain digits."""
    unit, form = 10**scale, f"%d.%0{scale}d"

    def show(stored: int) -> str:
        text: str = form % divmod(abs(stored), unit)
        return text if stored >= 0 else f"-{text}"

    return show


def _scaled(value: Any, scale: int) -> int:
    text = _text_of(value)
    if not _FORM.fullmatch(text):
        raise BadValueError("wrong_type", "wants a number")
    number = _EXACT.scaleb(_EXACT.create_decimal(text), scale)
    scaled = int(number)
    if scaled != number:
        few = f"at most {scale} decimals" if scale else "a whole number"
        raise BadValueError("too_many_decimals", f"wants {few}")
    return scaled


def _text_of(value: Any) -> str:
    if type(value) is str:
        return value
    if type(value) in (int, float, Decimal):
        return str(value)
    raise BadValueError("wrong_type", "wants a number")


def _out_of_range(scale: int) -> BadValueError:
    limit = scaled_text(scale)(LIMIT) if scale else str(LIMIT)
    return BadValueError("out_of_range", f"wants a number between -{limit} and {limit}")
