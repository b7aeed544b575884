"""What clients send as a content: items of name, value and related (wire/crm.md section 7)."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from headwater.kernel.errors import Fault, InvalidError
from headwater.kernel.json import dumps
from headwater.records.model import Field, Module
from headwater.wire.crm.body import lowered, parsed_text
from headwater.wire.crm.field_kinds import holds_references, original_name
from headwater.wire.crm.value_text import read_value

_WANTED = {
    "Number": "not a number",
    "Bool": "not true or false",
    "DateTime": "not a time",
    "Record": "not the id of one content",
}


@dataclass(frozen=True)
class Item:
    """One value as sent: a text, or JSON that is none and will be refused; `related` has the ids in it."""

    name: str
    value: Any
    related: Sequence[str] | None


@dataclass
class ContentForm:
    """Values in the JSON forms of our records by our names, and what the module does not declare."""

    values: dict[str, Any] = field(default_factory=dict)
    extra: dict[str, Any] = field(default_factory=dict)
    repeated: set[str] = field(default_factory=set)


def read_items(fields: Any) -> list[Item]:
    """The items of `fields`. InvalidError `crm_no_content` when it is absent or no array of objects."""
    try:
        given = parsed_text(fields)
    except InvalidError as error:
        raise _no_content(error.detail) from error
    if not isinstance(given, list):
        raise _no_content("expected an array of fields")
    return [_item(each) for each in given]


def read_content(module: Module, items: Sequence[Item]) -> ContentForm:
    """The items as values of a record of the module; a later item of a name goes to the others of it."""
    form = ContentForm()
    known = {original_name(each): each for each in module.fields}
    for name, found in _by_name(items):
        declared = known.get(name)
        if declared is None:
            form.extra[name] = _kept(found)
            continue
        values = list(_values(declared, found))
        if declared.multi or len(values) > 1:
            form.values[declared.name] = values
        else:
            form.values[declared.name] = values[0] if values else None
        if len(found) > 1 and not declared.multi:
            form.repeated.add(declared.name)
    return form


def in_their_words(error: InvalidError, module: Module, form: ContentForm) -> InvalidError:
    """The refusal of a record as clients of this dialect read it: `name: reason` for every fault at once."""
    faults = [_told(each, module, form) for each in error.faults]
    message = "; ".join(f"{each.field}: {each.detail}" for each in faults)
    return InvalidError(error.code, message or error.detail, faults=faults)


def _item(given: Any) -> Item:
    item = lowered(given) if isinstance(given, dict) else {}
    name, related = item.get("name"), item.get("related")
    if not isinstance(name, str) or not name:
        raise _no_content("expected an array of fields, each with a name")
    if related is not None and not isinstance(related, list):
        raise _no_content(f"related of {name[:100]} is not an array of ids")
    ids = None if related is None else [_scalar(each) for each in related]
    return Item(name, _scalar(item.get("value")), ids)


def _scalar(value: Any) -> Any:
    """Null is empty, a number or a boolean its JSON text; arrays and objects stay what they are."""
    if value is None:
        return ""
    return dumps(value) if isinstance(value, int | float) else value


def _by_name(items: Sequence[Item]) -> Iterator[tuple[str, list[Item]]]:
    found: dict[str, list[Item]] = {}
    for each in items:
        found.setdefault(each.name, []).append(each)
    yield from found.items()


def _values(declared: Field, items: Sequence[Item]) -> Iterator[Any]:
    for each in items:
        texts: Sequence[Any] = [each.value]
        if holds_references(declared) and each.related:
            texts = each.related
        for text in texts:
            kind = "Record" if holds_references(declared) else declared.kind
            yield read_value(kind, text) if isinstance(text, str) else text


def _kept(items: Sequence[Item]) -> Any:
    """An undeclared value as it is stored: a text; items with ids or of a name sent twice as a list."""
    if len(items) == 1 and items[0].related is None:
        return items[0].value
    return [{"value": each.value, "related": each.related} for each in items]


def _told(fault: Fault, module: Module, form: ContentForm) -> Fault:
    field_of = module.field(fault.field)
    name = original_name(field_of) if field_of else fault.field
    return Fault(name, fault.code, _reason(fault, module, field_of, form))


def _reason(fault: Fault, module: Module, field_of: Field | None, form: ContentForm) -> str:
    if fault.field in form.repeated:
        return "given more than once"
    if fault.code == "required":
        return "required"
    if fault.code == "wrong_type" and field_of is not None:
        return _WANTED.get(field_of.kind, "not a text")
    detail = fault.detail.removeprefix(f"Field '{fault.field}' of module '{module.handle}' ").rstrip(".")
    # without the value, which the client knows; a semicolon separates the faults of a message
    return (detail.rpartition("; got ")[0] or detail).replace("; ", ", ")


def _no_content(reason: str) -> InvalidError:
    return InvalidError("crm_no_content", f"No content: {reason}")


def shown_items(extra: Mapping[str, Any]) -> Iterator[dict[str, Any]]:
    """The undeclared values of a record, as they were sent."""
    for name, kept in extra.items():
        for each in kept if _is_list_of_items(kept) else [{"value": kept, "related": None}]:
            value = each["value"]
            text = value if isinstance(value, str) else dumps(value)
            yield {"name": name, "value": text, "related": each["related"]}


def _is_list_of_items(kept: Any) -> bool:
    return isinstance(kept, list) and all(
        isinstance(each, dict) and set(each) == {"value", "related"} for each in kept
    )
