"""What is asked of the records of a module: which, in which order, and how much of them."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Literal

Deleted = Literal["without", "only", "with"]
Total = Literal["none", "exact", "capped"]
MAX_SORT = 5


@dataclass(frozen=True)
class Query:
    """One slice of a list.

    `filter` is a native document (native.md 3.1) or an `expr` Filter; `sort` has names, `-` before a
    descending one; `fields` are the values to give, None for all; `expand` has references whose records
    come along.
    """

    filter: Any = None
    sort: Sequence[str] = ()
    search: str | None = None
    fields: Sequence[str] | None = None
    limit: int = 50
    cursor: str | None = None
    offset: int | None = None
    total: Total = "none"
    deleted: Deleted = "without"
    expand: Sequence[str] = ()


@dataclass(frozen=True)
class Aggregate:
    """Figures over groups of records.

    `group_by` has up to three fields, a time also as `created_at:month`; `measures` are `count`, `sum:field`,
    `avg:`, `min:`, `max:` or `distinct:`. Groups come by the first measure, largest first, or by key.
    """

    group_by: Sequence[str] = ()
    measures: Sequence[str] = ("count",)
    filter: Any = None
    time_zone: str | None = None
    sort: Literal["measure", "key"] = "measure"
