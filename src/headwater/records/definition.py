"""Definitions as they come in: the document of a module and its fields, read with every fault at once."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from typing import Any

from headwater.kernel.errors import Fault, InvalidError
from headwater.records.field_document import FieldReader
from headwater.records.model import MAX_FIELDS, Field
from headwater.records.names import FORM_TEXT, is_name

_KEYS = frozenset({"handle", "name", "label_field", "fields", "extra"})
# From a handle or an id to the id of the module, None when there is none.
Resolve = Callable[[str | int], int | None]


@dataclass(frozen=True)
class Head:
    """What a module has beside its fields."""

    handle: str = ""
    name: str = ""
    label_field: str | None = None
    extra: Mapping[str, Any] | None = None


def read_head(document: Mapping[str, Any], current: Head) -> tuple[Head, list[Fault]]:
    """The head with the document's keys put in; the handle is the name where there is none."""
    faults = [
        Fault(str(key)[:100], "unknown_key", f"'{str(key)[:100]}' means nothing in a module.")
        for key in document
        if key not in _KEYS
    ]
    merged = {**vars(current), **{key: value for key, value in document.items() if key in vars(current)}}
    if not is_name(merged["handle"]):
        faults.append(Fault("handle", "bad_name", f"A handle has {FORM_TEXT}; got {merged['handle']!r:.80}."))
    for key in ("name", "label_field"):
        value = merged[key]
        if value is not None and (not isinstance(value, str) or "\0" in value):
            faults.append(Fault(key, "wrong_type", f"{key} wants text."))
    head = Head(
        merged["handle"], merged["name"] or merged["handle"], merged["label_field"], merged["extra"] or {}
    )
    return head, faults


def read_fields(
    documents: Any, resolve: Resolve, next_id: Callable[[], int]
) -> tuple[tuple[Field, ...], list[Fault]]:
    """The fields of a new module."""
    if not isinstance(documents, list) or not all(isinstance(each, Mapping) for each in documents):
        return (), [Fault("fields", "wrong_type", "fields wants a list of objects.")]
    if len(documents) > MAX_FIELDS:
        return (), [too_many_fields("fields")]
    fields: list[Field] = []
    faults: list[Fault] = []
    for position, document in enumerate(documents):
        place = f"fields.{position}"
        field, found = read_field(document, place, (next_id(), position), resolve)
        faults += found
        if field is not None:
            faults += taken_name(fields, field, place)
            fields.append(field)
    return tuple(fields), faults


def read_field(
    document: Mapping[str, Any], place: str, identity: tuple[int, int], resolve: Resolve
) -> tuple[Field | None, list[Fault]]:
    """The field with this id and position, its reference resolved; or None and what is wrong."""
    reader = FieldReader(document, place)
    field = reader.read(*identity)
    if field is None or field.kind != "Record":
        return field, reader.faults
    target = resolve(field.options["module"])
    if target is None:
        detail = f"There is no module '{str(field.options['module'])[:80]}' to refer to."
        return None, [Fault(f"{place}.module" if place else "module", "unknown_module", detail)]
    return replace(field, options={"module": target}), []


def taken_name(fields: list[Field], field: Field, place: str = "") -> list[Fault]:
    """The fault of a field whose name another one has."""
    if all(each.name != field.name for each in fields):
        return []
    path = f"{place}.name" if place else "name"
    return [Fault(path, "duplicate_name", f"There are two fields '{field.name}'.")]


def unknown_label_field(head: Head, fields: tuple[Field, ...]) -> list[Fault]:
    """The fault of a label field that the module does not have."""
    if head.label_field is None or any(each.name == head.label_field for each in fields):
        return []
    return [
        Fault(
            "label_field", "unknown_field", f"There is no field '{head.label_field}' to label records with."
        )
    ]


def too_many_fields(place: str) -> Fault:
    """The fault of one field too many."""
    return Fault(place, "too_many_fields", f"A module has at most {MAX_FIELDS} fields.")


def invalid_module(faults: list[Fault]) -> InvalidError:
    """The error for a definition with these faults."""
    count = f"{len(faults)} faults" if len(faults) > 1 else "1 fault"
    return InvalidError("invalid_module", f"The definition has {count}: {faults[0].detail}", faults=faults)
