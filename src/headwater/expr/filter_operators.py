"""Which operators fit which kind of field."""

from headwater.expr.calendar import WINDOWS
from headwater.expr.scope import FieldType, Kind

_EQUALITY = ("eq", "ne", "in", "not_in", "empty", "not_empty")
_ORDER = ("lt", "lte", "gt", "gte", "between")
_TEXT = ("contains", "starts_with", "ends_with")
_KINDS: dict[Kind, tuple[str, ...]] = {
    "text": _EQUALITY + _ORDER + _TEXT,
    "choice": _EQUALITY + _ORDER + _TEXT,
    "number": _EQUALITY + _ORDER,
    "bool": _EQUALITY,
    "time": _EQUALITY + _ORDER + tuple(WINDOWS),
    "date": _EQUALITY + _ORDER + tuple(WINDOWS),
    "reference": _EQUALITY + _ORDER,
    "id": _EQUALITY + _ORDER,
}
WITHOUT_VALUE = frozenset({"empty", "not_empty"})
LISTS = frozenset({"in", "not_in", "has_all"})
# These are true of an empty field, because each is the plain opposite of another.
OPPOSITES = {"ne": "eq", "not_in": "in", "empty": "not_empty", "not_within": "within"}


def operators_of(field: FieldType) -> tuple[str, ...]:
    """The operators of `expr.filter` that the field takes."""
    return _KINDS[field.kind] + (("has_all",) if field.multi else ())
