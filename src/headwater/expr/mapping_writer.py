"""What both mappers share while they become source: constants, conversions, conditions and the faults
found.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any, Literal, NamedTuple

from headwater.expr import mapping_values, paths
from headwater.expr.generated import Source
from headwater.expr.paths import MISSING, Path
from headwater.expr.templates import template
from headwater.kernel.errors import Fault, InvalidError, SkipError

Operation = Literal["insert", "update"]
Convert = Callable[[Any], Any]

MAX_FIELDS = 5_000
_CONDITIONS = ("record_created", "record_updated", "extract_not_empty")
_IS_EXACT = {"string": "{0}.__class__ is str", "number": "{0}.__class__ is int or {0}.__class__ is float"}


class Place(NamedTuple):
    """Where generated code stands: the variables that hold the current value and its reader."""

    record: str
    get: str


ROOT = Place("record", "get")


@dataclass
class Writer:
    """One mapping on its way to source."""

    lookups: Mapping[str, Mapping[str, Any]]
    settings: Mapping[str, Any]
    operation: Operation | None
    source: Source = field(default_factory=Source)
    faults: list[Fault] = field(default_factory=list)
    count: int = 0

    def fault(self, place: str, detail: str) -> None:
        """Remember what is wrong with one field of the document."""
        self.faults.append(Fault(place, "invalid_mapping", detail))

    def is_active(self, document: Any, place: str) -> bool:
        """Whether a field takes part in this mapping; what cannot be read as a field is a fault."""
        self.count += 1
        if not isinstance(document, dict) or self.count > MAX_FIELDS:
            self.fault(place, f"A mapping is made of at most {MAX_FIELDS} objects.")
            return False
        when = _condition(document)
        if when is not None and when not in _CONDITIONS:
            self.fault(f"{place}.conditional.when", f"Condition '{str(when)[:40]}' is unknown.")
        if self.operation is None:
            return True
        if self.operation == "insert":
            return bool(when != "record_updated")
        return bool(when != "record_created") and not document.get("immutable")

    def constant(self, value: Any, convert: Convert | None, place: str) -> str:
        """A literal of a value that the document itself gives, converted now."""
        try:
            return self.source.literal(value if convert is None or value is None else convert(value))
        except SkipError as error:
            self.fault(place, error.detail)
            return "None"

    def converted(self, variable: str, convert: Convert | None, data_type: str) -> str:
        """An expression that is the variable's value in the field's data type."""
        if convert is None:
            return variable
        call = f"{self.source.bind(convert)}({variable})"
        check = _IS_EXACT.get(data_type)
        return f"({variable} if {check.format(variable)} else {call})" if check else call

    def converter(self, document: Mapping[str, Any], place: str, name: str) -> Convert | None:
        """What the field's date keys and data type do to a value; None when nothing."""
        data_type = document.get("dataType")
        try:
            redate = mapping_values.date_converter(document, name)
        except InvalidError as error:
            self.fault(place, error.detail)
            return None
        if not data_type or (redate and data_type == "string"):
            return redate
        if not isinstance(data_type, str) or data_type not in mapping_values.DATA_TYPES:
            self.fault(f"{place}.dataType", f"Data type '{str(data_type)[:40]}' is unknown.")
            return None
        convert = mapping_values.converter(data_type)
        if redate is None:
            return lambda value: convert(value, name)
        return lambda value: convert(redate(value), name)

    def look_up(self, code: str, name: Any, place: str) -> str:
        """An expression that puts a value through a lookup."""
        document = self.lookups.get(name) if isinstance(name, str) else None
        if document is None:
            self.fault(f"{place}.lookupName", f"Lookup '{str(name)[:60]}' is not defined.")
            return "None"
        try:
            return f"{self.source.bind(mapping_values.lookup(document))}({code})"
        except InvalidError as error:
            self.fault(f"{place}.lookupName", error.detail)
            return "None"

    def template(self, text: str, place: str, at: Place) -> str:
        """An expression that renders a template over the names of the record."""
        try:
            render = template.compile(text)
        except InvalidError as error:
            self.fault(f"{place}.extract", error.detail)
            return "''"
        names = {"settings": self.settings, "lookups": self.lookups}
        return f"{self.source.bind(render)}({at.record}, {self.source.bind(names)})"

    def path(self, text: Any, place: str) -> Path | None:
        """The steps of a path, or None after a fault."""
        try:
            return paths.parse(text)
        except InvalidError as error:
            self.fault(place, error.detail)
            return None


def _condition(document: Mapping[str, Any]) -> Any:
    conditional = document.get("conditional")
    return conditional.get("when") if isinstance(conditional, dict) else None


def is_for_filled_values(document: Mapping[str, Any]) -> bool:
    """Whether an empty source value leaves the key out (M3, M12)."""
    return bool(document.get("discardIfEmpty")) or _condition(document) == "extract_not_empty"


def has_constant(document: Mapping[str, Any]) -> bool:
    """Whether the document itself gives the value; a null counts only when nothing is extracted."""
    return "hardCodedValue" in document and (
        document["hardCodedValue"] is not None or not (document.get("extract") or document.get("lookupName"))
    )


def as_elements(value: Any) -> list[Any]:
    """The elements of a list; nothing has none, any other value is its own only element."""
    if isinstance(value, list):
        return value
    return [] if value is None or value is MISSING else [value]
