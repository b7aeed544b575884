"""What records are grouped by: a field, or the calendar bucket of a time."""

from collections.abc import Mapping
from dataclasses import dataclass
from dataclasses import field as attribute
from typing import Any

from headwater.db.database import Dialect
from headwater.expr.folding import fold
from headwater.expr.scope import FieldType
from headwater.kernel.errors import Fault
from headwater.records.buckets import UNITS, bucket_start
from headwater.records.fields.choices import values_of
from headwater.records.measures import shown
from headwater.records.scope import ModuleScope


@dataclass(frozen=True)
class GroupKey:
    """One key. `unit` is that of buckets, empty without; `choices` gives options by their folded text."""

    field: FieldType
    unit: str = ""
    choices: Mapping[str, str] = attribute(default_factory=dict)

    @property
    def compared_column(self) -> str:
        """The column whose equal values are one group."""
        return f"t.{self.field.folded_column or self.field.column}"

    @property
    def display_expression(self) -> str:
        """What to select of a group to show it by: of free texts that fold alike, one of them."""
        if self.unit or self.choices:
            return "null"
        return f"min(t.{self.field.column})" if self.field.folded_column else self.compared_column

    def read(self, compared: Any, display: Any, week_start: int, dialect: Dialect) -> tuple[Any, Any]:
        """What to compare and sort the group by, and the JSON form of its key."""
        if compared is None:
            return None, None
        if self.unit:
            start = bucket_start(compared, self.unit, week_start)
            return start.toordinal(), start.isoformat()
        if self.choices:
            return compared, self.choices.get(compared, compared)
        return compared, shown(display, self.field, dialect)


def read_key(scope: ModuleScope, text: str) -> GroupKey | Fault:
    """The key of a text such as `country` or `created_at:month`, or what is wrong with it."""
    name, _, unit = text.partition(":")
    field = scope.find(name)
    if field is None:
        return Fault(
            "group_by", "unknown_field", f"Module '{scope.module.handle}' has no field '{name[:80]}'."
        )
    if field.multi:
        return Fault("group_by", "not_groupable", f"Field '{name}' has several values.")
    if unit and unit not in UNITS:
        return Fault("group_by", "unknown_unit", f"Units are {', '.join(UNITS)}; got '{unit[:80]}'.")
    if unit and field.kind != "time":
        return Fault("group_by", "not_a_time", f"Field '{name}' is not a time.")
    return GroupKey(field, unit, _choices(scope, name))


def _choices(scope: ModuleScope, name: str) -> dict[str, str]:
    field = scope.module.field(name)
    if field is None:
        return {}
    choices = field.options.get("options") or field.options.get("states") or []
    return {fold(value): value for value in values_of(choices)}
