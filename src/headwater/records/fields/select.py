"""Select: one of a list of options, or several of them."""

from collections.abc import Mapping
from typing import Any, ClassVar

from headwater.records.errors import BadValueError
from headwater.records.fields.choices import listing, read_choices, values_of
from headwater.records.fields.kind import Convert, Kind
from headwater.records.fields.text_value import read_text, text_reader
from headwater.records.model import Field


class Select(Kind):
    """A choice; without options any text is one, as a dialect needs it."""

    name = "Select"
    filter_kind = "choice"
    is_text = True
    may_be_multi = True
    option_names: ClassVar[frozenset[str]] = frozenset({"options"})

    def read_options(self, document: Mapping[str, Any]) -> dict[str, Any]:
        """`options`: texts, or objects of value and label."""
        return {"options": read_choices(document.get("options") or [], "options")}

    def reader(self, field: Field) -> Convert:
        """A text that is one of the options."""
        values = values_of(field.options.get("options", []))
        return choice_reader(values, "unknown_option") if values else text_reader(field)

    def schema(self, field: Field) -> dict[str, Any]:
        """A string out of the options."""
        values = values_of(field.options.get("options", []))
        return {"type": "string", "enum": values} if values else {"type": "string"}


def choice_reader(values: list[str], code: str) -> Convert:
    """A reader of texts that are among these."""
    known = {each: each for each in values}

    def read(value: Any) -> str | None:
        text = known.get(value) if type(value) is str else None
        if text is not None:
            return text
        if read_text(value):
            raise BadValueError(code, f"wants one of {listing(values)}")
        return None

    return read
