"""How a value is written into its place: URI, JSON body or plain text (B1)."""

import json
from collections.abc import Callable
from typing import Any, Literal
from urllib.parse import quote

from headwater.expr import values
from headwater.expr.paths import MISSING

Place = Literal["text", "uri", "json"]


class Encoded(str):
    """Text that a helper has encoded already and that is not encoded a second time."""

    __slots__ = ()


def text_of(value: Any) -> str:
    """The plain text of a value; nothing, and what is missing, is empty (B3)."""
    if value is MISSING:
        return ""
    return values.text(value)


def uri_text(value: Any) -> str:
    """Percent-encoded as one part of a URI."""
    return value if isinstance(value, Encoded) else quote(text_of(value), safe="!~*'()", errors="replace")


def json_text(value: Any) -> str:
    """JSON of an object or list; the text of anything else with quotes and control characters escaped."""
    if isinstance(value, Encoded):
        return value
    if isinstance(value, dict | list):
        return to_json(value)
    return escape(text_of(value))


def quoted_json_text(value: Any) -> str:
    """As inside the quotes of a JSON text: everything is escaped."""
    return value if isinstance(value, Encoded) else escape(text_of(value))


def escape(text: str) -> str:
    """The inside of a JSON text."""
    return json.dumps(text, ensure_ascii=False)[1:-1]


def to_json(value: Any) -> str:
    """Compact JSON."""
    return json.dumps(value, ensure_ascii=False, separators=(",", ":"), default=values.text)


ENCODERS: dict[Place, Callable[[Any], str]] = {"text": text_of, "uri": uri_text, "json": json_text}


def is_inside_quotes(text: str, *, was_inside: bool) -> bool:
    """Whether the end of this piece of JSON stands inside a quoted text."""
    position = 0
    while True:
        quote_at = text.find('"', position)
        if quote_at < 0:
            return was_inside
        slashes = quote_at - len(text[:quote_at].rstrip("\\"))
        if not was_inside or slashes % 2 == 0:
            was_inside = not was_inside
        position = quote_at + 1
