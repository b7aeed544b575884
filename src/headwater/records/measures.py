"""Measures of groups: what is asked of the database, how parts are put together, what is shown."""

from dataclasses import dataclass
from decimal import ROUND_HALF_EVEN, Context, Decimal
from typing import Any

from headwater.db.database import Dialect
from headwater.expr.scope import FieldType
from headwater.kernel.clock import from_datetime, rfc3339
from headwater.kernel.errors import Fault
from headwater.kernel.json import decimal_text
from headwater.records.scope import ModuleScope

# Sums of scaled integers would overflow in SQLite: they are taken of the high and the low part.
_PART = 1_000_000
_AVERAGE_DECIMALS = 6
_EXACT = Context(prec=60, rounding=ROUND_HALF_EVEN)
FUNCTIONS = ("count", "sum", "avg", "min", "max", "distinct")


@dataclass(frozen=True, slots=True)
class Measure:
    """One figure of a group; `field` is None for the count of records."""

    text: str
    function: str
    field: FieldType | None

    def expressions(self, dialect: Dialect) -> list[str]:
        """What to select for it."""
        if self.field is None:
            return ["count(*)"]
        column = f"t.{self.field.column}"
        match self.function:
            case "sum":
                return _sum(column, dialect)
            case "avg":
                return [*_sum(column, dialect), f"count({column})"]
            case "count":
                return [f"count({column})"]
            case "distinct":
                return [f"count(distinct {self.compared_column})"]
        return [f"{self.function}({column})"]

    @property
    def compared_column(self) -> str:
        """The column whose values count as equal when they are compared."""
        field = self.field
        return f"t.{field.folded_column or field.column}" if field else "t.id"

    def sort_value(self, parts: list[Any], dialect: Dialect) -> Any:
        """A number that sorts groups by this figure; None when there is none."""
        field, first = self.field, parts[0]
        if field is None or self.function in ("count", "distinct") or first is None:
            return first
        if self.function in ("sum", "avg"):
            total = _total(parts, field, dialect) or Decimal(0)
            return total if self.function == "sum" else _EXACT.divide(total, Decimal(parts[-1]))
        return from_datetime(first) if field.kind == "time" and dialect == "postgres" else first

    def merged(self, left: list[Any], right: list[Any]) -> list[Any]:
        """The parts of two groups that are one."""
        if self.function in ("min", "max"):
            known = [each for each in (left[0], right[0]) if each is not None]
            return [(min if self.function == "min" else max)(known) if known else None]
        return [_added(one, other) for one, other in zip(left, right, strict=True)]

    def value(self, parts: list[Any], dialect: Dialect) -> Any:
        """The JSON form of the figure."""
        field = self.field
        if field is None or self.function in ("count", "distinct"):
            return int(parts[0] or 0)
        if self.function in ("sum", "avg"):
            return self._figure(_total(parts, field, dialect), parts)
        return shown(parts[0], field, dialect)

    def _figure(self, total: Decimal | None, parts: list[Any]) -> Any:
        scale = self.field.scale if self.field else 0
        if self.function == "sum":
            total = total or Decimal(0)
            return (
                decimal_text(total.quantize(Decimal(1).scaleb(-scale), context=_EXACT))
                if scale
                else int(total)
            )
        if total is None:
            return None
        decimals = Decimal(1).scaleb(-scale - _AVERAGE_DECIMALS)
        return decimal_text(_EXACT.divide(total, Decimal(parts[-1])).quantize(decimals, context=_EXACT))


def read_measure(scope: ModuleScope, text: str) -> Measure | Fault:
    """The measure of a text such as `sum:population`, or what is wrong with it."""
    function, _, name = text.partition(":")
    if function not in FUNCTIONS or (not name and function != "count"):
        detail = f"'{text[:80]}' is no measure: count, or sum:, avg:, min:, max:, distinct: with a field."
        return Fault("measures", "unknown_measure", detail)
    if not name:
        return Measure(text, function, None)
    field = scope.find(name)
    if field is None:
        return Fault(
            "measures", "unknown_field", f"Module '{scope.module.handle}' has no field '{name[:80]}'."
        )
    is_number = field.kind == "number" and not field.multi
    if function in ("sum", "avg") and not is_number:
        return Fault("measures", "not_a_number", f"Field '{name}' is not a number.")
    if field.multi or (function in ("min", "max") and field.kind not in ("number", "time", "id")):
        return Fault("measures", "not_measurable", f"'{function}' cannot be taken of field '{name}'.")
    return Measure(text, function, field)


def shown(stored: Any, field: FieldType, dialect: Dialect) -> Any:
    """The JSON form of one stored value."""
    if stored is None:
        return None
    if field.kind == "time":
        return rfc3339(stored if dialect == "sqlite" else from_datetime(stored))
    if field.kind == "bool":
        return bool(stored)
    if field.kind != "number" or not field.scale:
        return stored
    return decimal_text(stored if isinstance(stored, Decimal) else Decimal(stored).scaleb(-field.scale))


def _sum(column: str, dialect: Dialect) -> list[str]:
    if dialect == "postgres":
        return [f"sum({column})"]
    return [f"sum({column} / {_PART})", f"sum({column} % {_PART})"]


def _total(parts: list[Any], field: FieldType, dialect: Dialect) -> Decimal | None:
    if parts[0] is None:
        return None
    if dialect == "postgres":
        return Decimal(parts[0])
    return _EXACT.scaleb(Decimal(parts[0] * _PART + parts[1]), -field.scale)


def _added(one: Any, other: Any) -> Any:
    if one is None or other is None:
        return other if one is None else one
    return one + other
