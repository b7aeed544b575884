"""The filter: one tree of conditions for every spoken form, evaluated alike by Python and SQL.

Logic has two values: a comparison with an empty field is false, except `ne` and `not_in`, which are true.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

MAX_DEPTH = 20
MAX_CONDITIONS = 200


@dataclass(frozen=True, slots=True)
class Condition:
    """One comparison of a field, or of a field one reference away (`field` has two names then).

    Operators: eq ne lt lte gt gte in not_in between contains starts_with ends_with empty not_empty has_all,
    and the calendar windows of `expr.calendar`. `value` has the field's in-memory form (texts as written,
    numbers as int or Decimal); on a time field a `datetime.date` stands for the whole local day. Lists are
    tuples; `between` has a pair, both ends in; a window has its n, or None.
    """

    field: tuple[str, ...]
    operator: str
    value: Any = None


@dataclass(frozen=True, slots=True)
class Related:
    """The record that reference `field` points to exists and passes `filter`."""

    field: str
    filter: "Filter"


@dataclass(frozen=True, slots=True)
class Not:
    """The item does not hold."""

    item: "Filter"


@dataclass(frozen=True, slots=True)
class And:
    """All items hold; without items it passes."""

    items: "tuple[Filter, ...]"


@dataclass(frozen=True, slots=True)
class Or:
    """At least one item holds; without items it does not pass."""

    items: "tuple[Filter, ...]"


Filter = Condition | Related | Not | And | Or
EVERYTHING = And(())


def conditions(filter: Filter, *, through_references: bool = False) -> Iterator[Condition]:
    """The conditions in order; those inside `Related` only when `through_references`."""
    match filter:
        case Condition():
            yield filter
        case Not(item):
            yield from conditions(item, through_references=through_references)
        case Related(_, inner):
            if through_references:
                yield from conditions(inner, through_references=True)
        case And(items) | Or(items):
            for item in items:
                yield from conditions(item, through_references=through_references)


def references(filter: Filter) -> Iterator[str]:
    """The names of the references that the filter looks through, in order, repeats included."""
    match filter:
        case Condition(field):
            if len(field) == 2:
                yield field[0]
        case Related(field, _):
            yield field
        case Not(item):
            yield from references(item)
        case And(items) | Or(items):
            for item in items:
                yield from references(item)


def both(first: Filter, second: Filter) -> Filter:
    """A filter that passes when both do."""
    if first == EVERYTHING:
        return second
    return first if second == EVERYTHING else And((first, second))
