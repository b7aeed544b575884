"""What a change does to a record, as pure rules: which values differ, which moves are allowed."""

from collections.abc import Mapping
from typing import Any

import msgspec

from headwater.access.actor import Actor
from headwater.db.errors import DuplicateError
from headwater.kernel.errors import Fault
from headwater.records.fields.state import may_move
from headwater.records.model import Field, Module, Record
from headwater.records.tables import index_name, key_column


def differing(record: Record, given: Mapping[str, Any]) -> dict[str, Any]:
    """Those of the given values that differ from the record's."""
    current = record.values
    return {name: value for name, value in given.items() if current.get(name) != value}


def before(record: Record, changed: Mapping[str, Any]) -> dict[str, Any]:
    """The record's values of the changed fields, None where one was empty."""
    return {name: record.values.get(name) for name in changed}


def transition_faults(module: Module, record: Record, changed: Mapping[str, Any]) -> list[Fault]:
    """A fault for each state that the record may not move to from where it is."""
    faults = []
    for name, after in changed.items():
        field = module.field(name)
        if field is None or field.kind != "State" or may_move(field, record.values.get(name), after):
            continue
        detail = f"Field '{name}' of module '{module.handle}' may not go from '{record.values.get(name)}' to "
        detail += "empty." if after is None else f"'{after}'."
        faults.append(Fault(name, "transition_not_allowed", detail))
    return faults


def changed(record: Record, given: Mapping[str, Any], actor: Actor, now: int) -> Record:
    """The record with these values put in, one revision on."""
    values = {name: value for name, value in {**record.values, **given}.items() if value is not None}
    return msgspec.structs.replace(
        record, revision=record.revision + 1, values=values, updated_at=now, updated_by=actor.id
    )


def merged_extra(record: Record, extra: Mapping[str, Any] | None) -> dict[str, Any]:
    """The undeclared values after these are put in; None takes a name away."""
    merged = {**record.extra, **(extra or {})}
    return {name: value for name, value in merged.items() if value is not None}


def duplicate_fault(module: Module, error: DuplicateError, values: Mapping[str, Any]) -> Fault | None:
    """The fault that names the unique field which refused a row; None when the index is not one of ours."""
    field = next((each for each in module.fields if _is_index_of(module, each, error)), None)
    return None if field is None else not_unique(module, field, values.get(field.name))


def not_unique(module: Module, field: Field, value: Any) -> Fault:
    """The fault of a value that another record has."""
    detail = f"Field '{field.name}' of module '{module.handle}' is unique, and another record has '{value}'."
    return Fault(field.name, "not_unique", detail)


def _is_index_of(module: Module, field: Field, error: DuplicateError) -> bool:
    return field.unique and (
        error.columns == (key_column(field),) or error.index == index_name(module, field)
    )
