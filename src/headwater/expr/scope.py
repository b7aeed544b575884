"""What a filter may speak of: the fields of one module and of the modules that it refers to."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal, Protocol

Kind = Literal["text", "number", "bool", "time", "date", "choice", "reference", "id"]


@dataclass(frozen=True, slots=True)
class FieldType:
    """How one field compares, and where it is stored.

    In memory: text and choice are str, number is int or Decimal, time is microseconds, date is `YYYY-MM-DD`,
    reference and id are int; a multi value is a list of these. In SQLite a number is an integer scaled by
    10^`scale`, a time is microseconds; in PostgreSQL they are numeric (bigint without a scale) and
    timestamptz. Multi values are JSON arrays. `folded_column` holds the folded text, for multi values the
    JSON array of folded texts.
    """

    name: str
    kind: Kind
    multi: bool = False
    scale: int = 0
    column: str = ""
    folded_column: str = ""
    target: str | int | None = None


class Scope(Protocol):
    """The fields of one module, as filters see them."""

    @property
    def table(self) -> str:
        """The table that holds the module's records."""
        ...

    def find(self, name: str) -> FieldType | None:
        """The field of this name, system names such as `id` included; None when there is none."""
        ...

    def related(self, name: str) -> "Scope | None":
        """The scope of the module that reference `name` points to; None when `name` is no reference."""
        ...

    def names(self) -> list[str]:
        """Every name that `find` knows, for messages."""
        ...


def resolve(scope: Scope, path: tuple[str, ...]) -> FieldType | None:
    """The field at the end of a path of one name, or of a reference and a name behind it."""
    if len(path) == 1:
        return scope.find(path[0])
    target = scope.related(path[0]) if len(path) == 2 else None
    return target.find(path[1]) if target else None


@dataclass(frozen=True, slots=True)
class FieldScope:
    """A scope of given fields; `targets` maps the names of references to the scopes that they point to."""

    table: str
    fields: Mapping[str, FieldType]
    targets: Mapping[str, Scope] = field(default_factory=dict)

    def find(self, name: str) -> FieldType | None:
        """The field of this name, or None."""
        return self.fields.get(name)

    def related(self, name: str) -> Scope | None:
        """The scope behind reference `name`, or None."""
        return self.targets.get(name)

    def names(self) -> list[str]:
        """Every name, in the order of the fields."""
        return list(self.fields)
