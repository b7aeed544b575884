"""The bodies and answers of the routes of modules."""

from datetime import datetime
from typing import Any, Literal

from msgspec import UNSET, Struct, UnsetType, to_builtins
from msgspec import field as attribute

KindName = Literal["String", "Text", "Number", "Bool", "DateTime", "Select", "Record", "State"]
# those of the contract that answer 501 are read too, so that they are told from what is no kind at all
AskedKind = Literal[KindName, "Date", "Email", "Url", "User", "File"]
OptionalText = str | UnsetType | None
Flag = bool | UnsetType


class Choice(Struct, forbid_unknown_fields=True, omit_defaults=True):
    """One option of a Select or state of a State; the label is the value where there is none."""

    value: str
    label: str | None = None


class Transition(Struct, forbid_unknown_fields=True, rename={"start": "from", "end": "to"}):
    """One allowed move of a State."""

    start: str
    end: str


class FieldChange(Struct, forbid_unknown_fields=True, kw_only=True):
    """What can be said of a field; which options a kind takes is told by its own fault."""

    name: str | UnsetType = UNSET
    kind: AskedKind | UnsetType = UNSET
    label: OptionalText = UNSET
    help: OptionalText = UNSET
    required: Flag = UNSET
    unique: Flag = UNSET
    indexed: Flag = UNSET
    multi: Flag = UNSET
    default: Any = UNSET
    scale: int | UnsetType = UNSET
    max_length: int | UnsetType | None = UNSET
    options: list[str | Choice] | UnsetType = UNSET
    states: list[str | Choice] | UnsetType = UNSET
    initial: OptionalText = UNSET
    transitions: list[Transition] | UnsetType | None = UNSET
    module: str | int | UnsetType = UNSET


class NewField(FieldChange, forbid_unknown_fields=True, kw_only=True):
    """A field to add."""

    name: str
    kind: AskedKind


class NewModule(Struct, forbid_unknown_fields=True, kw_only=True):
    """A module to make; its name is the handle where there is none."""

    handle: str
    name: OptionalText = UNSET
    label_field: OptionalText = UNSET
    fields: list[NewField] = attribute(default_factory=list)


class ModuleChange(Struct, forbid_unknown_fields=True, kw_only=True):
    """What can be changed of a module itself."""

    handle: str | UnsetType = UNSET
    name: OptionalText = UNSET
    label_field: OptionalText = UNSET


class FieldView(NewField, kw_only=True):
    """A field as it is shown, with the options of its kind."""

    id: int
    kind: KindName


class ModuleView(Struct, kw_only=True):
    """A module as it is shown."""

    id: int
    handle: str
    name: str
    label_field: str | None
    fields: list[FieldView]
    revision: int
    created_at: datetime
    updated_at: datetime
    created_by: int


class ModuleList(Struct):
    """Every module that the caller may see."""

    items: list[ModuleView]
    next_cursor: str | None


class DeleteModule(Struct, forbid_unknown_fields=True):
    """`force` deletes a module that others refer to."""

    force: bool = False


def said(body: Struct) -> dict[str, Any]:
    """What a body says, as the document that the service reads; what is not said is left out."""
    document: dict[str, Any] = to_builtins(body)
    return document
