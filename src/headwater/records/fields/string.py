"""String: one line of text, or a list of them."""

from collections.abc import Mapping
from typing import Any, ClassVar

from headwater.records.fields.kind import Convert, Kind
from headwater.records.fields.text_value import read_max_length, text_reader
from headwater.records.model import Field


class String(Kind):
    """Text of one line."""

    name = "String"
    filter_kind = "text"
    is_text = True
    may_be_multi = True
    option_names: ClassVar[frozenset[str]] = frozenset({"max_length"})

    def read_options(self, document: Mapping[str, Any]) -> dict[str, Any]:
        """`max_length` in characters."""
        return read_max_length(document)

    def reader(self, field: Field) -> Convert:
        """Text within `max_length`."""
        return text_reader(field)

    def schema(self, field: Field) -> dict[str, Any]:
        """A string."""
        limit = field.options.get("max_length")
        return {"type": "string", "maxLength": limit} if limit else {"type": "string"}
