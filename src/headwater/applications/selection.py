"""Which applications a list shows and in which order (wire/clust.md sections 4 and 10)."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from headwater.applications.lifecycle import STATES
from headwater.kernel.clock import parse
from headwater.kernel.errors import Fault, InvalidError
from headwater.kernel.ids import read_id

_SORTS = frozenset({"id", "title", "created_at", "updated_at", "due_at"})
_NUMBERS = ("template_id", "contact_id")


@dataclass(frozen=True, slots=True)
class Selection:
    """A condition in SQL with its values, and an order in SQL."""

    condition: str
    parameters: tuple[Any, ...]
    order: str


def select(query: Mapping[str, str]) -> Selection:
    """Read the filters and the sort of a list. Bad values are InvalidError `invalid_query`."""
    faults: list[Fault] = []
    parts = ["deleted_at is null"]
    values: list[Any] = []
    if query.get("status"):
        _check(query["status"] in STATES, "status", f"'status' is one of {', '.join(STATES)}.", faults)
        parts.append("status = ?")
        values.append(query["status"])
    for name in _NUMBERS:
        if query.get(name):
            found = read_id(query[name])
            _check(found is not None, name, f"'{name}' wants the number of one.", faults)
            parts.append(f"{name} = ?")
            values.append(found)
    if query.get("external_id"):
        parts.append("external_id = ?")
        values.append(query["external_id"])
    if query.get("updated_since"):
        parts.append("updated_at >= ?")
        values.append(parse(query["updated_since"]))
    order = _order(query.get("sort") or "-id", faults)
    if faults:
        raise InvalidError("invalid_query", "The list cannot be made as asked.", faults=faults)
    return Selection(" and ".join(parts), tuple(values), order)


def _order(sort: str, faults: list[Fault]) -> str:
    name = sort.lstrip("-")
    _check(
        name in _SORTS,
        "sort",
        f"'sort' is one of {', '.join(sorted(_SORTS))}, with - in front for descending.",
        faults,
    )
    direction = "desc" if sort.startswith("-") else "asc"
    return f"{name if name in _SORTS else 'id'} {direction}, id {direction}"


def _check(is_good: object, name: str, detail: str, faults: list[Fault]) -> None:
    if not is_good:
        faults.append(Fault(name, "invalid_parameter", detail))
