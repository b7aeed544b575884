"""The form of a field in this dialect, as clients send and read it (wire/crm.md section 6)."""

from typing import Any

import msgspec

from headwater.wire.crm.body import lowered, unreadable
from headwater.wire.crm.envelope import NO_ID


class FieldForm(msgspec.Struct, frozen=True, rename="lower"):
    """A field of a module. Members that a client leaves out, or sends as null, have these values."""

    name: str = ""
    kind: str = ""
    label: str = ""
    helpText: str = ""
    defaultValue: str = ""
    maxLength: int = 0
    options: dict[str, Any] = {}
    isPrivate: bool = False
    isRequired: bool = False
    isVisible: bool = False


def read_forms(documents: list[Any]) -> list[FieldForm]:
    """The fields of a module that a client sent; MalformedError when one has another form."""
    return [_read(each) for each in documents]


def stored(form: FieldForm) -> dict[str, Any]:
    """What is kept with the field of ours, for `restored`."""
    found: dict[str, Any] = msgspec.to_builtins(form)
    return found


def restored(document: dict[str, Any]) -> FieldForm:
    """The form that was kept."""
    return msgspec.convert(document, FieldForm)


def shown(form: FieldForm) -> dict[str, Any]:
    """The JSON that clients read; help and default are left out when they are empty."""
    optional = {"helpText": form.helpText, "defaultValue": form.defaultValue}
    return {
        "moduleID": NO_ID,
        "kind": form.kind,
        "name": form.name,
        "label": form.label,
        **{name: text for name, text in optional.items() if text},
        "maxLength": form.maxLength,
        "options": form.options,
        "isPrivate": form.isPrivate,
        "isRequired": form.isRequired,
        "isVisible": form.isVisible,
    }


def _read(document: Any) -> FieldForm:
    if not isinstance(document, dict):
        raise unreadable("a field is an object")
    given = {name: value for name, value in lowered(document).items() if value is not None}
    default = given.get("defaultvalue")
    if isinstance(default, int | float):
        given["defaultvalue"] = msgspec.json.encode(default).decode()
    try:
        return msgspec.convert(given, FieldForm)
    except msgspec.ValidationError as error:
        raise unreadable(str(error)) from error
