"""The order of a list: its keys, empties last both ways, ties by id; and where in it a position is."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from headwater.kernel.errors import Fault, InvalidError
from headwater.records.query import MAX_SORT
from headwater.records.scope import ModuleScope
from headwater.records.tables import has_index


@dataclass(frozen=True, slots=True)
class SortKey:
    """One column to sort by. `has_index`: the database can walk along it; `kind` is the filter kind."""

    column: str
    kind: str
    is_descending: bool
    is_nullable: bool
    has_index: bool


BY_ID = SortKey("id", "id", is_descending=False, is_nullable=False, has_index=True)


def read_sort(scope: ModuleScope, names: Sequence[str]) -> tuple[SortKey, ...]:
    """The keys of these names, `-` before a descending one, as far as the id, which ends them.

    InvalidError `invalid_sort` tells every name that cannot be sorted by.
    """
    faults = []
    if len(names) > MAX_SORT:
        faults.append(Fault("sort", "too_many", f"A list is sorted by at most {MAX_SORT} fields."))
    keys = []
    for text in names:
        key = _key(scope, text)
        if isinstance(key, Fault):
            faults.append(key)
            continue
        keys.append(key)
        if key.column == "id":
            break
    if faults:
        raise InvalidError("invalid_sort", faults[0].detail, faults=faults)
    if not keys or keys[-1].column != "id":
        keys.append(BY_ID)
    return tuple(keys)


def order_by(keys: Sequence[SortKey]) -> str:
    """The text behind `order by`."""
    return ", ".join(_order(each) for each in keys)


def behind(keys: Sequence[SortKey], values: Sequence[Any]) -> tuple[str, list[Any]]:
    """The condition of coming behind a position, which is given by its values of the keys."""
    key, value = keys[0], values[0]
    column, sign = f"t.{key.column}", "<" if key.is_descending else ">"
    if len(keys) == 1:
        return f"{column} {sign} ?", [value]
    rest, parameters = behind(keys[1:], values[1:])
    if value is None:
        return f"({column} is null and {rest})", parameters
    beyond = f"{column} {sign} ?" + (f" or {column} is null" if key.is_nullable else "")
    return f"({beyond} or ({column} = ? and {rest}))", [value, value, *parameters]


def not_before(key: SortKey, value: Any) -> tuple[str, list[Any]]:
    """A bound that the database can start from in the key's index; `behind` says the rest."""
    return f"t.{key.column} {'<=' if key.is_descending else '>='} ?", [value]


def _order(key: SortKey) -> str:
    direction = " desc" if key.is_descending else ""
    # without `nulls last` where there are none, so that an index is walked in either direction
    return f"t.{key.column}{direction}" + (" nulls last" if key.is_nullable else "")


def _key(scope: ModuleScope, text: str) -> SortKey | Fault:
    name = text.removeprefix("-")
    found = scope.find(name)
    if found is None:
        return Fault("sort", "unknown_field", f"Module '{scope.module.handle}' has no field '{name[:80]}'.")
    if found.multi:
        return Fault("sort", "not_sortable", f"Field '{name}' has several values; nothing is sorted by it.")
    column = found.folded_column or found.column
    field = scope.module.field(name)
    is_nullable = field is not None or name == "deleted_at"
    is_held = scope.module.lacks_indexes and not (field and field.unique)
    indexed = name == "id" or (field is not None and has_index(field) and not is_held)
    return SortKey(column, found.kind, text.startswith("-"), is_nullable, indexed)
