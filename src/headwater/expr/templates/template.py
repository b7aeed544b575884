"""One template: its text parsed once, compiled to a function of a record."""

from collections.abc import Callable, Mapping
from typing import Any

from headwater.kernel.errors import InvalidError

Render = Callable[[Any, Mapping[str, Any]], str]


def compile(text: str) -> Render:
    """The function `render(record, names)`. A syntax error is InvalidError
    `handlebars_template_parse_error`.
    """
    raise InvalidError("handlebars_template_parse_error", f"'{text[:60]}' cannot be read.")
