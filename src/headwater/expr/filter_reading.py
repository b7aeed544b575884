"""What both spoken forms of filters share while they are read: faults with their places, limits, fields."""

from typing import Any

from headwater.expr.filter import EVERYTHING, MAX_CONDITIONS, MAX_DEPTH, Condition, Filter, Or
from headwater.expr.scope import FieldType, Scope, resolve
from headwater.kernel.errors import Fault, InvalidError

_MOST_NAMES = 30


class Reading:
    """The faults found so far in one filter, and how many conditions it has."""

    def __init__(self) -> None:
        """Start without faults."""
        self.faults: list[Fault] = []
        self.count = 0

    def fault(self, place: str, code: str, detail: str) -> Filter:
        """Note a fault; the answer stands in for the part that could not be read."""
        self.faults.append(Fault(place, code, detail))
        return EVERYTHING

    def may_nest(self, place: str, depth: int) -> bool:
        """Whether a group may stand this deep; notes the fault when not."""
        if depth > MAX_DEPTH:
            self.fault(place, "too_deep", f"A filter nests at most {MAX_DEPTH} deep.")
        return depth <= MAX_DEPTH

    def may_add(self, place: str) -> bool:
        """Whether there may be one more condition; notes the fault once when not."""
        self.count += 1
        if self.count == MAX_CONDITIONS + 1:
            self.fault(place, "too_many_conditions", f"A filter has at most {MAX_CONDITIONS} conditions.")
        return self.count <= MAX_CONDITIONS

    def field(self, place: str, path: tuple[str, ...], scope: Scope) -> FieldType | None:
        """The field that a path names; notes the fault when there is none."""
        found = resolve(scope, path)
        if found is None:
            self.fault(place, "unknown_field", _unknown(path, scope))
        return found

    def finish(self, filter: Filter) -> Filter:
        """The filter, or InvalidError `invalid_filter` with every fault."""
        if not self.faults:
            return filter
        first = self.faults[0]
        raise InvalidError("invalid_filter", f"{first.field}: {first.detail}", hint=_HINT, faults=self.faults)


_HINT = 'A condition is [field, operator, value]; groups are {"and": [...]}, {"or": [...]} and {"not": ...}.'


def listed(names: "list[str] | tuple[str, ...]") -> str:
    """Names for a message, cut when there are very many."""
    shown = ", ".join(names[:_MOST_NAMES])
    return shown if len(names) <= _MOST_NAMES else f"{shown} and {len(names) - _MOST_NAMES} more"


def any_of(condition: Condition, values: tuple[Any, ...]) -> Filter:
    """`in` written as one comparison for each value."""
    return Or(tuple(Condition(condition.field, "eq", value) for value in values))


def _unknown(path: tuple[str, ...], scope: Scope) -> str:
    name = ".".join(path)[:100]
    if len(path) > 2:
        return f"Field '{name}' goes over more than one reference."
    if len(path) == 2:
        target = scope.related(path[0])
        if target is None:
            return f"Field '{path[0][:100]}' is no reference, so '{name}' names nothing."
        return f"There is no field '{name}'; behind '{path[0]}' there are: {listed(target.names())}."
    return f"There is no field '{name}'; there are: {listed(scope.names())}."
