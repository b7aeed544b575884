"""The fields that a chart names, however it does (wire/crm.md section 9)."""

from collections.abc import Iterator
from dataclasses import dataclass

from headwater.expr.folding import fold
from headwater.expr.scope import FieldType, Kind
from headwater.kernel.errors import InvalidError
from headwater.records.model import Field, Module
from headwater.records.scope import field_type
from headwater.wire.crm.field_kinds import original_name

_KINDS = {"time": "datetime", "date": "datetime", "number": "number", "bool": "bool"}


@dataclass(frozen=True)
class ChartField:
    """A field as charts see it; `field` is None for a system field, whose `id` is its name."""

    id: str
    name: str
    ours: FieldType
    field: Field | None = None

    @property
    def kind(self) -> str:
        """What clients are told of its values: datetime, number, bool or string."""
        return _KINDS.get(self.ours.kind, "string")

    @property
    def is_number(self) -> bool:
        """Whether its values can be added up."""
        return self.ours.kind == "number" and not self.ours.multi


def _system(name: str, ours: str, kind: Kind) -> ChartField:
    return ChartField(name, name, FieldType(ours, kind))


CREATED = _system("createdAt", "created_at", "time")
_SYSTEM = {
    "id": _system("id", "id", "id"),
    "createdat": CREATED,
    "updatedat": _system("updatedAt", "updated_at", "time"),
    "userid": _system("userID", "created_by", "id"),
}


def chart_field(module: Module, text: str) -> ChartField:
    """The field of a name, else of a label, else of an id; InvalidError `crm_unknown_field` without one.

    The module's name or handle and a dot may stand before it.
    """
    for name in _spellings(module, text):
        found = _named(module, name)
        if found is not None:
            return found
    raise InvalidError("crm_unknown_field", f"Unknown field: {text[:200]}")


def _named(module: Module, text: str) -> ChartField | None:
    fields = module.fields
    found = next((each for each in fields if original_name(each) == text), None)
    if found is None and text.lower() in _SYSTEM:
        return _SYSTEM[text.lower()]
    found = found or next((each for each in fields if fold(each.label) == fold(text)), None)
    found = found or next((each for each in fields if str(each.id) == text), None)
    return (
        None if found is None else ChartField(str(found.id), original_name(found), field_type(found), found)
    )


def _spellings(module: Module, text: str) -> Iterator[str]:
    yield text
    prefix, dot, rest = text.partition(".")
    known = {form for word in (module.name, module.handle) for form in _numbers_of(fold(word))}
    if dot and fold(prefix.strip()) in known:
        yield rest.strip()


def _numbers_of(word: str) -> set[str]:
    """A word in singular and plural, as English makes them."""
    forms = {word, f"{word}s", f"{word}es", word.removesuffix("s"), word.removesuffix("es")}
    if word.endswith("y"):
        forms.add(f"{word[:-1]}ies")
    if word.endswith("ies"):
        forms.add(f"{word[:-3]}y")
    return forms - {""}
