"""Reading one text: what String, Text, Select and State have in common."""

from collections.abc import Callable, Mapping
from typing import Any

from headwater.records.errors import BadValueError
from headwater.records.model import Field

# In characters. PostgreSQL keeps at most 2,704 bytes of a value in an index.
MAX_INDEXED = 500


def read_text(value: Any) -> str:
    """The text itself. Anything but text, and a NUL character, raises BadValueError."""
    if type(value) is not str:
        raise BadValueError("wrong_type", "wants text")
    if "\0" in value:
        raise BadValueError("nul_character", "does not take the NUL character")
    return value


def text_reader(field: Field) -> Callable[[Any], str | None]:
    """A reader of texts of at most `max_length` characters, where that is set; blank text is empty."""
    limit = longest(field)

    def read(value: Any) -> str | None:
        text = read_text(value)
        if limit and len(text) > limit:
            raise BadValueError("too_long", f"takes at most {limit} characters; there are {len(text)}")
        return text or None

    return read


def longest(field: Field) -> int:
    """How many characters a text of the field may have; 0 without a limit."""
    own = int(field.options.get("max_length") or 0)
    if not (field.indexed or field.unique) or field.multi:
        return own
    return min(own or MAX_INDEXED, MAX_INDEXED)


def read_max_length(document: Mapping[str, Any]) -> dict[str, Any]:
    """The option `max_length`, left out when it is absent or 0."""
    limit = document.get("max_length")
    if limit in (None, 0):
        return {}
    if type(limit) is not int or limit < 0:
        raise BadValueError("wrong_type", "wants a whole number above 0 as max_length", option="max_length")
    return {"max_length": limit}
