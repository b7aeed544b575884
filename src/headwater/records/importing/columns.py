"""Which column of a file goes into which field, decided once from the header."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from headwater.expr.folding import fold
from headwater.kernel.errors import Fault, InvalidError
from headwater.records.importing.model import ImportOptions
from headwater.records.model import Field, Module


@dataclass(frozen=True, slots=True)
class ColumnPlan:
    """`fields` maps a column of the file to its field; `ignored` are the columns that go nowhere.

    `late` are names of fields that a later line of JSON may have, though the first lines do not.
    """

    names: tuple[str, ...]
    fields: Mapping[str, Field]
    ignored: tuple[str, ...]
    late: tuple[str, ...] = ()

    def field_name(self, name: str) -> str | None:
        """The field that a column goes into, or None."""
        return self.fields[name].name if name in self.fields else None


def plan_columns(module: Module, names: Sequence[str], options: ImportOptions) -> ColumnPlan:
    """Match columns and fields: by `mapping`, else by equal names after case folding.

    InvalidError `columns_do_not_fit` names all that is wrong: unknown columns or fields of the mapping, a
    field or a
    column twice, no match at all, a required field without a column, an unknown key or reference.
    """
    faults: list[Fault] = []
    duplicates = sorted(name for name, times in Counter(names).items() if times > 1)
    faults += [
        Fault("header", "duplicate_column", f"The file has column '{name}' twice.") for name in duplicates
    ]
    fields = _mapped(module, names, options.mapping, faults) if options.mapping else _matched(module, names)
    _check(module, names, fields, options, faults)
    if faults:
        raise InvalidError(
            "columns_do_not_fit",
            f"The columns of the file do not fit module '{module.handle}': {faults[0].detail}",
            hint=f"Columns: {_listing(names)}. Fields: {_listing([each.name for each in module.fields])}.",
            faults=faults,
        )
    ignored = tuple(name for name in names if name not in fields)
    return ColumnPlan(tuple(names), fields, ignored)


def with_late_fields(plan: ColumnPlan, module: Module) -> ColumnPlan:
    """The plan for lines of JSON: a field may first be named further down than anybody looks before."""
    used = {field.name for field in plan.fields.values()}
    late = {field.name: field for field in module.fields if field.name not in used.union(plan.names)}
    return replace(plan, fields={**plan.fields, **late}, late=tuple(late))


def _mapped(
    module: Module, names: Sequence[str], mapping: Mapping[str, str], faults: list[Fault]
) -> dict[str, Field]:
    fields = {}
    for column, field_name in mapping.items():
        field = module.field(field_name)
        if field is None:
            detail = f"Module '{module.handle}' has no field '{field_name}'."
            faults.append(Fault(f"mapping.{column}", "unknown_field", detail))
        elif column not in names:
            faults.append(Fault(f"mapping.{column}", "unknown_column", f"The file has no column '{column}'."))
        else:
            fields[column] = field
    return fields


def _matched(module: Module, names: Sequence[str]) -> dict[str, Field]:
    by_name = {fold(field.name): field for field in module.fields}
    found = {name: by_name.get(fold(name.strip())) for name in names}
    return {name: field for name, field in found.items() if field is not None}


def _check(
    module: Module,
    names: Sequence[str],
    fields: Mapping[str, Field],
    options: ImportOptions,
    faults: list[Fault],
) -> None:
    used = [field.name for field in fields.values()]
    faults += [
        Fault("header", "duplicate_field", f"Two columns go into field '{name}'.")
        for name in sorted({name for name in used if used.count(name) > 1})
    ]
    if not fields and not faults:
        faults.append(Fault("header", "no_matching_column", "No column has the name of a field."))
    faults += [
        Fault(field.name, "required_column", f"The required field '{field.name}' has no column.")
        for field in module.fields
        if field.required and field.default is None and field.kind != "State" and field.name not in used
    ]
    key = module.field(options.key) if options.key else None
    if options.key and (key is None or not key.unique):
        faults.append(Fault("key", "not_unique_field", f"The key '{options.key}' wants a unique field."))
    elif options.key and options.key not in used:
        faults.append(Fault("key", "required_column", f"The key '{options.key}' has no column."))
    for name in options.references:
        field = module.field(name)
        if field is None or field.kind != "Record":
            faults.append(Fault(f"references.{name}", "unknown_field", f"'{name}' is no reference."))


def _listing(names: Sequence[str]) -> str:
    shown = ", ".join(name[:40] for name in names[:30])
    return f"{shown} and {len(names) - 30} more" if len(names) > 30 else shown
