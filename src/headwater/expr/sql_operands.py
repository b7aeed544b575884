"""Operands of filters as the two databases store values: scaled integers, times, folded texts, JSON lists."""

from collections.abc import Iterable
from decimal import ROUND_CEILING, ROUND_FLOOR, Context, Decimal
from typing import Any

from headwater.db.database import Dialect
from headwater.expr.folding import fold
from headwater.expr.scope import FieldType, Kind
from headwater.kernel import json
from headwater.kernel.clock import rfc3339
from headwater.kernel.json import decimal_text

# Larger than every stored number, which stay within 2^53, and still an integer of the database.
_BEYOND = 2**62
# Operands may have more digits than the 28 that decimals keep by default.
_EXACT = Context(prec=200)
_HIGHEST = "\U0010ffff"
_CASTS: dict[Kind, str] = {
    "number": "numeric",
    "bool": "boolean",
    "time": "timestamptz",
    "date": "date",
    "reference": "bigint",
    "id": "bigint",
}


def is_text(field: FieldType) -> bool:
    """Whether the field compares as folded text."""
    return field.kind in ("text", "choice")


def stored_column(field: FieldType) -> str:
    """The column that comparisons use."""
    return field.folded_column if is_text(field) and field.folded_column else field.column


def placeholder(field: FieldType, dialect: Dialect, value: str = "?") -> str:
    """`?`, or another expression, with the type that PostgreSQL has to be told."""
    if dialect == "sqlite" or is_text(field):
        return value
    # Whole numbers are bigint there; compared with a numeric, their index would not be used.
    kind = "bigint" if field.kind == "number" and not field.scale else _CASTS[field.kind]
    return f"cast({value} as {kind})"


def operand(field: FieldType, dialect: Dialect, operator: str, value: Any) -> Any:
    """One operand in the form to bind. `operator` decides how a number between two stored ones is rounded."""
    if is_text(field):
        return fold(value)
    if field.kind == "number":
        is_whole = dialect == "sqlite" or not field.scale
        return _scaled(value, field.scale, operator) if is_whole else _plain(value)
    if field.kind == "time" and dialect == "postgres":
        return rfc3339(value)
    return value


def member_list(field: FieldType, dialect: Dialect, values: Iterable[Any]) -> tuple[str, str]:
    """A subquery of one column `item` with one `?`, and its JSON parameter."""
    members = [operand(field, dialect, "eq", value) for value in values]
    if dialect == "sqlite":
        return "select value as item from json_each(?)", json.dumps(members)
    column = placeholder(field, dialect, "value")
    query = f"select {column} as item from jsonb_array_elements_text(cast(? as jsonb))"  # noqa: S608 - names of our own, values are bound
    return query, json.dumps(members)


def text_end(prefix: str) -> tuple[str, str]:
    """The folded prefix, and the first text behind all that start with it, in order of code points."""
    folded = fold(prefix)
    kept = folded.rstrip(_HIGHEST)
    if not kept:
        return folded, _HIGHEST * (len(folded) + 8)
    code = ord(kept[-1]) + 1
    # Surrogates are no characters, so the next one after U+D7FF is U+E000.
    return folded, kept[:-1] + chr(0xE000 if code == 0xD800 else code)


def _plain(value: int | Decimal) -> str:
    return decimal_text(value) if isinstance(value, Decimal) else str(value)


def _scaled(value: int | Decimal, scale: int, operator: str) -> int:
    """The scaled integer; when there is none, the one that keeps the answer for every stored value."""
    exact = _EXACT.scaleb(Decimal(value), scale)
    floor = int(exact.to_integral_value(ROUND_FLOOR))
    if floor == exact:
        return max(-_BEYOND, min(_BEYOND, floor))
    if operator == "eq":
        return _BEYOND
    rounded = floor if operator in ("gt", "lte") else int(exact.to_integral_value(ROUND_CEILING))
    return max(-_BEYOND, min(_BEYOND, rounded))
