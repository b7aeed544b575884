"""Field, Module and Record: the data that this slice keeps, without any storage or HTTP in it."""

from collections.abc import Mapping
from dataclasses import dataclass
from dataclasses import field as attribute
from functools import cached_property
from typing import Any

from msgspec import Struct

SYSTEM_NAMES = ("id", "revision", "created_at", "updated_at", "created_by", "updated_by", "deleted_at")
MAX_FIELDS = 500


@dataclass(frozen=True, slots=True)
class Field:
    """One named value of a module.

    `options` are those of the kind: `scale`, `options`, `states` with `initial` and `transitions`,
    `max_length`, `module` (the id of the one that a reference points to). `default` is in JSON form.
    `extra` is kept for a dialect and means nothing here.
    """

    id: int
    name: str
    kind: str
    label: str = ""
    help: str = ""
    required: bool = False
    unique: bool = False
    indexed: bool = False
    multi: bool = False
    options: Mapping[str, Any] = attribute(default_factory=dict)
    default: Any = None
    position: int = 0
    is_dead: bool = False
    extra: Mapping[str, Any] = attribute(default_factory=dict)

    @property
    def column(self) -> str:
        """The column of the values; it never changes, whatever the field is called."""
        return f"f_{self.id}"

    @property
    def folded_column(self) -> str:
        """The column of the case-folded text; only kinds that are text have it."""
        return f"f_{self.id}_k"


@dataclass(frozen=True)
class Module:
    """A user-defined type of record. `fields` are the living ones in their order; times are microseconds.

    `lacks_indexes` while an import has taken those away that are not of unique fields.
    """

    id: int
    handle: str
    name: str
    label_field: str | None
    fields: tuple[Field, ...]
    revision: int
    created_at: int
    updated_at: int
    created_by: int
    deleted_at: int | None = None
    options: Mapping[str, Any] = attribute(default_factory=dict)
    lacks_indexes: bool = False

    @cached_property
    def _by_name(self) -> dict[str, Field]:
        return {each.name: each for each in self.fields}

    def field(self, name: str) -> Field | None:
        """The living field of this name, or None."""
        return self._by_name.get(name)

    @cached_property
    def references(self) -> tuple[Field, ...]:
        """The fields that refer to other records."""
        return tuple(each for each in self.fields if each.kind == "Record")

    @cached_property
    def table(self) -> str:
        """The table of the records."""
        return f"r_{self.id}"


class Record(Struct, frozen=True):
    """One record. `values` are by field name in their in-memory forms, empty ones left out; times are
    microseconds.

    `extra` holds what a dialect wrote under names that the module does not declare.
    """

    id: int
    revision: int
    values: dict[str, Any]
    created_at: int
    updated_at: int
    created_by: int
    updated_by: int
    owner: int
    deleted_at: int | None = None
    extra: dict[str, Any] = {}
