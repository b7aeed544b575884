"""The fields of a module as filters, rules and templates see them."""

from collections.abc import Mapping
from functools import cached_property

from headwater.expr.scope import FieldType
from headwater.records.catalogue import Snapshot
from headwater.records.fields import KINDS
from headwater.records.fields.number import scale_of
from headwater.records.model import Field, Module

_SYSTEM: Mapping[str, FieldType] = {
    "id": FieldType("id", "id", column="id"),
    "revision": FieldType("revision", "number", column="revision"),
    "created_at": FieldType("created_at", "time", column="created_at"),
    "updated_at": FieldType("updated_at", "time", column="updated_at"),
    "deleted_at": FieldType("deleted_at", "time", column="deleted_at"),
    "created_by": FieldType("created_by", "id", column="created_by"),
    "updated_by": FieldType("updated_by", "id", column="updated_by"),
    "owner": FieldType("owner", "id", column="owner"),
}


class ModuleScope:
    """The `Scope` of one module. A field's name wins over `owner`, which a field may have."""

    def __init__(self, module: Module, modules: Snapshot) -> None:
        """`modules` are those that references lead to."""
        self.module = module
        self._modules = modules

    @property
    def table(self) -> str:
        """The table of the module's records."""
        return self.module.table

    @cached_property
    def _types(self) -> dict[str, FieldType]:
        return {**_SYSTEM, **{each.name: field_type(each) for each in self.module.fields}}

    def find(self, name: str) -> FieldType | None:
        """The field of this name, or a system name."""
        return self._types.get(name)

    def related(self, name: str) -> "ModuleScope | None":
        """The scope of the module that a reference leads to."""
        field = self.module.field(name)
        if field is None or field.kind != "Record":
            return None
        target = self._modules.by_ref.get(field.options["module"])
        return None if target is None else scope_of(target, self._modules)

    def names(self) -> list[str]:
        """Every name, the module's own first."""
        own = [each.name for each in self.module.fields]
        return own + [name for name in _SYSTEM if name not in own]


def scope_of(module: Module, modules: Snapshot) -> ModuleScope:
    """The scope of a module. `modules` is `catalogue.snapshot(tx)`, which keeps the scope."""
    found: ModuleScope | None = modules.scopes.get(module.id)
    if found is None or found.module is not module:
        found = modules.scopes[module.id] = ModuleScope(module, modules)
    return found


def field_type(field: Field) -> FieldType:
    """How one field compares and where it is stored."""
    kind = KINDS[field.kind]
    return FieldType(
        field.name,
        kind.filter_kind,
        field.multi,
        scale_of(field),
        field.column,
        field.folded_column if kind.is_text else "",
        field.options.get("module") if field.kind == "Record" else None,
    )
