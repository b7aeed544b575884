"""Between the kinds of this dialect and ours: what a field form means, and how a field of ours is shown."""

from collections.abc import Callable, Mapping
from typing import Any

import msgspec

from headwater.expr.folding import fold
from headwater.kernel.json import dumps
from headwater.records.errors import BadValueError
from headwater.records.fields import KINDS
from headwater.records.model import Field
from headwater.wire.crm.envelope import NO_ID
from headwater.wire.crm.field_form import FieldForm, restored, stored
from headwater.wire.crm.field_types import MULTIPLE_REFERENCES, OUR_KINDS
from headwater.wire.crm.value_text import read_value, show_value

KEY = "crm"
FREE_SCALE = 6
_MAX_SCALE = 15


def definition(form: FieldForm, name: str) -> dict[str, Any]:
    """The whole definition of a field of ours with this name; the form itself is kept in its `extra`."""
    document = kind_definition(form)
    default: Any = read_value(document["kind"], form.defaultValue) if form.defaultValue else None
    if document.get("multi") and default is not None:
        default = [default]
    return {
        "name": name,
        "label": form.label or None,
        "help": form.helpText,
        "required": form.isRequired,
        "default": default,
        "extra": {KEY: stored(form)},
        **document,
    }


def kind_definition(form: FieldForm) -> dict[str, Any]:
    """Kind, multi and options of the field of ours that a form asks for."""
    if form.kind == MULTIPLE_REFERENCES:
        return {"kind": "String", "multi": True, "max_length": 0}
    kind = OUR_KINDS.get(form.kind, "String")
    return _DEFINITIONS[kind](form)


def shown_form(field: Field) -> FieldForm:
    """The form of a field as clients see it.

    What the client sent is given back word for word, except where the field was changed by others since.
    """
    native = _native_form(field)
    if KEY not in field.extra:
        return native
    sent = restored(field.extra[KEY])
    changes: dict[str, Any] = {"helpText": field.help, "isRequired": field.required}
    if not _is_of_kind(sent, field):
        changes |= {"kind": native.kind, "options": native.options, "maxLength": native.maxLength}
    if (sent.label or field.name) != field.label:
        changes["label"] = field.label
    if definition(sent, field.name)["default"] != field.default:
        changes["defaultValue"] = native.defaultValue
    return msgspec.structs.replace(sent, **changes)


def original_name(field: Field) -> str:
    """The name by which clients of this dialect know the field."""
    kept = field.extra.get(KEY)
    return kept["name"] if kept else field.name


def holds_references(field: Field) -> bool:
    """Whether the values are ids of contents."""
    sent_kind = field.extra.get(KEY, {}).get("kind")
    return field.kind == "Record" or (field.multi and sent_kind == MULTIPLE_REFERENCES)


def _native_form(field: Field) -> FieldForm:
    default = field.default[0] if field.multi and field.default else field.default
    options = dict(field.options)
    max_length = options.pop("max_length", 0)
    if field.kind == "Number":
        options = {"precision": options.get("scale", 0)}
    elif field.kind == "Record":
        options = {"moduleID": str(options["module"])}
    if field.multi:
        options["multi"] = True
    return FieldForm(
        name=field.name,
        kind=field.kind,
        label=field.label,
        helpText=field.help,
        defaultValue="" if default is None else show_value(default),
        maxLength=max_length,
        options=options,
        isRequired=field.required,
        isVisible=True,
    )


def _is_of_kind(sent: FieldForm, field: Field) -> bool:
    asked = kind_definition(sent)
    if (asked["kind"], bool(asked.get("multi"))) != (field.kind, field.multi):
        return False
    if field.kind == "Record":
        return True  # the target of a reference may be named in several ways
    try:
        return KINDS[field.kind].read_options(asked) == dict(field.options)
    except BadValueError:
        return False


def _text(form: FieldForm) -> dict[str, Any]:
    return {
        "kind": "String",
        "multi": form.options.get("multi") is True,
        "max_length": max(0, form.maxLength),
    }


def _long_text(form: FieldForm) -> dict[str, Any]:
    return {"kind": "Text", "multi": False, "max_length": max(0, form.maxLength)}


def _number(form: FieldForm) -> dict[str, Any]:
    scale = precision(form.options)
    return {"kind": "Number", "multi": False, "scale": FREE_SCALE if scale is None else scale}


def precision(options: Mapping[str, Any]) -> int | None:
    """The decimals that the options of a number ask for; None when they do not say."""
    given = options.get("precision")
    if isinstance(given, str) and given.isascii() and given.isdigit() and len(given) <= 2:
        given = int(given)
    is_usable = isinstance(given, int) and not isinstance(given, bool) and 0 <= given <= _MAX_SCALE
    return given if is_usable else None


def _choice(form: FieldForm) -> dict[str, Any]:
    return {
        "kind": "Select",
        "multi": form.options.get("multi") is True,
        "options": _choices(form.options.get("options") or form.options.get("choices")),
    }


def _state(form: FieldForm) -> dict[str, Any]:
    states = _choices(form.options.get("states"))
    if not states:
        return _choice(form)
    found = {"kind": "State", "multi": False, "states": states}
    for name in ("initial", "transitions"):
        if name in form.options:
            found[name] = form.options[name]
    return found


def _reference(form: FieldForm) -> dict[str, Any]:
    for name in ("moduleID", "module"):
        module = form.options.get(name)
        if isinstance(module, str | int) and not isinstance(module, bool) and module not in ("", NO_ID, 0):
            return {"kind": "Record", "multi": False, "module": module}
    return _text(form)


def _plain(kind: str) -> Callable[[FieldForm], dict[str, Any]]:
    return lambda _: {"kind": kind, "multi": False}


def _choices(given: Any) -> list[dict[str, str]]:
    """Texts, numbers, or objects of value and label; the first of those that are alike counts."""
    found: dict[str, dict[str, str]] = {}
    for each in given if isinstance(given, list) else []:
        value = each.get("value", each.get("label")) if isinstance(each, dict) else each
        label = each.get("label") if isinstance(each, dict) else None
        text = value if isinstance(value, str) else "" if value is None else dumps(value)
        if text:
            choice = {"value": text, "label": label if isinstance(label, str) and label else text}
            found.setdefault(fold(text), choice)
    return list(found.values())


_DEFINITIONS: dict[str, Callable[[FieldForm], dict[str, Any]]] = {
    "Bool": _plain("Bool"),
    "DateTime": _plain("DateTime"),
    "Number": _number,
    "Record": _reference,
    "Select": _choice,
    "State": _state,
    "String": _text,
    "Text": _long_text,
}
