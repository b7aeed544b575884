"""The JSON form of a field's definition (native.md section 2): read with every fault at once, and shown."""

from collections.abc import Mapping
from typing import Any

from headwater.kernel.errors import Fault, NotBuiltError
from headwater.records.errors import BadValueError
from headwater.records.fields import KINDS, NOT_BUILT
from headwater.records.fields.kind import Kind
from headwater.records.form import reader_of
from headwater.records.model import Field
from headwater.records.names import FORM_TEXT, is_name, is_system

_FLAGS = ("required", "unique", "indexed", "multi")
_COMMON = frozenset({"id", "name", "kind", "label", "help", "default", "position", "extra", *_FLAGS})
_OPTION_NAMES = frozenset().union(*(kind.option_names for kind in KINDS.values()))


class FieldReader:
    """Reads one document of a field and gathers what is wrong with it under `place`, such as `fields.2`."""

    def __init__(self, document: Mapping[str, Any], place: str) -> None:
        """Nothing is read yet."""
        self._document = document
        self._place = place
        self.faults: list[Fault] = []

    def read(self, field_id: int, position: int) -> Field | None:
        """The field, or None when there are faults."""
        document = self._document
        self._check_keys()
        self._check_name()
        label, help_text = self._text("label"), self._text("help")
        flags = {name: self._flag(name) for name in _FLAGS}
        kind = self._kind()
        if kind is None:
            return None
        self._check_flags(kind, flags)
        options = self._options(kind)
        if self.faults:
            return None
        field = Field(
            field_id,
            document["name"],
            kind.name,
            label or document["name"],
            help_text,
            **flags,
            options=options,
            default=document.get("default"),
            position=position,
            extra=document.get("extra") or {},
        )
        self._check_default(field)
        return None if self.faults else field

    def _check_keys(self) -> None:
        for key in self._document:
            if key not in _COMMON and key not in _OPTION_NAMES:
                self._fault(key, "unknown_key", f"'{key}' means nothing in a field.")

    def _check_name(self) -> None:
        name = self._document.get("name")
        if not is_name(name):
            self._fault("name", "bad_name", f"A field's name has {FORM_TEXT}; got {name!r:.80}.")
        elif is_system(str(name)):
            self._fault("name", "system_name", f"'{name}' is a name that every record has already.")

    def _text(self, key: str) -> str:
        text = self._document.get(key)
        if text is None:
            return ""
        if isinstance(text, str) and "\0" not in text:
            return text
        self._fault(key, "wrong_type", f"{key} wants text.")
        return ""

    def _flag(self, key: str) -> bool:
        value = self._document.get(key)
        if value is None or isinstance(value, bool):
            return bool(value)
        self._fault(key, "wrong_type", f"{key} wants true or false.")
        return False

    def _kind(self) -> Kind | None:
        name = self._document.get("kind")
        kind = KINDS.get(name) if isinstance(name, str) else None
        if isinstance(name, str) and name in NOT_BUILT:
            raise NotBuiltError(
                "not_built",
                f"Fields of kind {name} are not built yet.",
                hint=f"Kinds are {', '.join(KINDS)}.",
            )
        if kind is None:
            self._fault("kind", "unknown_kind", f"Kinds are {', '.join(KINDS)}; got {name!r:.80}.")
        return kind

    def _check_flags(self, kind: Kind, flags: Mapping[str, bool]) -> None:
        if flags["multi"] and not kind.may_be_multi:
            self._fault("multi", "not_for_kind", f"A {kind.name} field has one value only.")
        if flags["multi"] and flags["unique"]:
            self._fault("unique", "not_for_kind", "A field of several values cannot be unique.")

    def _options(self, kind: Kind) -> dict[str, Any]:
        for key in self._document:
            if key in _OPTION_NAMES and key not in kind.option_names:
                self._fault(key, "not_for_kind", f"'{key}' means nothing in a {kind.name} field.")
        try:
            return kind.read_options(self._document)
        except BadValueError as error:
            self._fault(error.option, error.code, f"A {kind.name} field {error.detail}.")
        return {}

    def _check_default(self, field: Field) -> None:
        if field.default is None:
            return
        try:
            reader_of(field)(field.default)
        except BadValueError as error:
            self._fault("default", error.code, f"The default {error.detail}; got {field.default!r:.80}.")

    def _fault(self, key: str, code: str, detail: str) -> None:
        self.faults.append(Fault(f"{self._place}.{key}" if self._place else key, code, detail))


def field_document(field: Field) -> dict[str, Any]:
    """The definition as it is shown, and as `FieldReader` takes it again."""
    document: dict[str, Any] = {
        "id": field.id,
        "name": field.name,
        "kind": field.kind,
        "label": field.label,
        "help": field.help,
        "required": field.required,
        "unique": field.unique,
        "indexed": field.indexed,
        "multi": field.multi,
        "default": field.default,
        **field.options,
    }
    if field.extra:
        document["extra"] = field.extra
    return document
