"""Filters as Python functions: compiled once, then well under two microseconds for a record."""

from collections.abc import Callable, Mapping
from typing import Any

from headwater.expr.calendar import WINDOWS, Calendar
from headwater.expr.calendar_bounds import settle
from headwater.expr.filter import And, Condition, Filter, Not, Or, Related
from headwater.expr.filter_operators import OPPOSITES
from headwater.expr.folding import fold, is_blank
from headwater.expr.scope import FieldType, Scope, resolve

Values = Mapping[str, Any]
# The values of a record one reference away, or None when it does not exist.
RelatedRecords = Callable[[str, int], Values | None]
Predicate = Callable[[Values, RelatedRecords | None], bool]
Test = Callable[[Any], bool]


def compile(filter: Filter, scope: Scope, calendar: Calendar) -> Predicate:
    """A function of a record's values and of `related(reference, id)`, None when no reference is used.

    Relative windows follow the calendar's clock from call to call. Fields that are not in the scope any more
    count as empty.
    """
    match filter:
        case Condition():
            return _condition(filter, scope, calendar)
        case Related(name, inner):
            return _through(name, _is_multi(scope, name), _inner(inner, scope, name, calendar))
        case Not(item):
            return _opposite(compile(item, scope, calendar))
        case And(items):
            return _all(tuple(compile(item, scope, calendar) for item in items))
        case Or(items):
            return _any(tuple(compile(item, scope, calendar) for item in items))


def _all(parts: tuple[Predicate, ...]) -> Predicate:
    if len(parts) == 1:
        return parts[0]

    def passes(values: Values, related: RelatedRecords | None) -> bool:
        for part in parts:  # noqa: SIM110 - twice as fast as all() over a generator
            if not part(values, related):
                return False
        return True

    return passes


def _any(parts: tuple[Predicate, ...]) -> Predicate:
    def passes(values: Values, related: RelatedRecords | None) -> bool:
        for part in parts:  # noqa: SIM110 - twice as fast as any() over a generator
            if part(values, related):
                return True
        return False

    return passes


def _opposite(part: Predicate) -> Predicate:
    return lambda values, related: not part(values, related)


def _condition(condition: Condition, scope: Scope, calendar: Calendar) -> Predicate:
    field = resolve(scope, condition.field)
    if field is None:
        return _always if condition.operator in OPPOSITES else _never
    negated = condition.operator in OPPOSITES
    operator = OPPOSITES.get(condition.operator, condition.operator)
    positive = Condition(condition.field, operator, condition.value)
    passes = _on_own_field(field, _test(positive, field, calendar))
    if len(condition.field) == 2:
        name = condition.field[0]
        passes = _through(name, _is_multi(scope, name), passes)
    return _opposite(passes) if negated else passes


def _always(values: Values, related: RelatedRecords | None) -> bool:
    return True


def _never(values: Values, related: RelatedRecords | None) -> bool:
    return False


def _on_own_field(field: FieldType, test: Test) -> Predicate:
    """The test on a field's value; on a multi value it has got the whole list."""
    name = field.name

    def passes(values: Values, related: RelatedRecords | None) -> bool:
        value = values.get(name)
        return value is not None and value != "" and test(value)

    return passes


def _through(name: str, is_multi: bool, passes: Predicate) -> Predicate:  # noqa: FBT001 - a property of the field
    def passes_one(values: Values, related: RelatedRecords | None) -> bool:
        record_id = values.get(name)
        if record_id is None or related is None:
            return False
        found = related(name, record_id)
        return found is not None and passes(found, None)

    def passes_any(values: Values, related: RelatedRecords | None) -> bool:
        record_ids = values.get(name) or ()
        return any(passes_one({name: record_id}, related) for record_id in record_ids)

    return passes_any if is_multi else passes_one


def _inner(filter: Filter, scope: Scope, name: str, calendar: Calendar) -> Predicate:
    target = scope.related(name)
    return compile(filter, target, calendar) if target else _never


def _is_multi(scope: Scope, name: str) -> bool:
    field = scope.find(name)
    return field is not None and field.multi


def _test(condition: Condition, field: FieldType, calendar: Calendar) -> Test:
    if condition.operator == "has_all":
        return _has_all(field, condition.value)
    if condition.operator == "not_empty":
        return _not_empty(field)
    if condition.operator in WINDOWS:
        test = _window(condition, field, calendar)
    else:
        settled = settle(condition, field.kind, calendar)
        is_text = field.kind in ("text", "choice")
        test = _text_test(settled) if is_text else _plain_test(settled.operator, settled.value)
    if field.multi:
        return lambda values: any(test(value) for value in values)
    return test


def _has_all(field: FieldType, wanted: tuple[Any, ...]) -> Test:
    if field.kind in ("text", "choice"):
        folded = {fold(value) for value in wanted}
        return lambda values: folded <= {fold(value) for value in values}
    needed = set(wanted)
    return lambda values: needed <= set(values)


def _not_empty(field: FieldType) -> Test:
    if field.multi:
        return lambda values: len(values) > 0
    if field.kind == "text":
        return lambda value: not is_blank(value)
    return lambda value: True


def _window(condition: Condition, field: FieldType, calendar: Calendar) -> Test:
    moving = calendar.moving_span if field.kind == "time" else calendar.moving_window
    span: Callable[[], tuple[Any, Any]] = moving(condition.operator, condition.value)

    def test(value: Any) -> bool:
        start, end = span()
        return bool(start <= value < end)

    return test


def _text_test(condition: Condition) -> Test:
    operator, operand = condition.operator, condition.value
    match operator:
        case "eq":
            folded = fold(operand)
            return lambda value: value == operand or fold(value) == folded
        case "contains":
            part = fold(operand)
            return lambda value: part in fold(value)
        case "starts_with":
            part = fold(operand)
            return lambda value: fold(value).startswith(part)
        case "ends_with":
            part = fold(operand)
            return lambda value: fold(value).endswith(part)
    plain = _plain_test(operator, _folded(operand))
    return lambda value: plain(fold(value))


def _folded(operand: Any) -> Any:
    return fold(operand) if isinstance(operand, str) else tuple(fold(item) for item in operand)


def _plain_test(operator: str, operand: Any) -> Test:
    match operator:
        case "in":
            members = frozenset(operand)
            return lambda value: value in members
        case "between":
            first, last = operand
            return lambda value: first <= value <= last
        case "within":
            start, end = operand
            return lambda value: start <= value < end
    return _COMPARISONS[operator](operand)


_COMPARISONS: dict[str, Callable[[Any], Test]] = {
    "eq": lambda operand: lambda value: value == operand,
    "lt": lambda operand: lambda value: value < operand,
    "lte": lambda operand: lambda value: value <= operand,
    "gt": lambda operand: lambda value: value > operand,
    "gte": lambda operand: lambda value: value >= operand,
}
