"""What a helper is: a function, how many arguments it takes, and how it refuses a record."""

from collections.abc import Callable
from typing import Any, NamedTuple

from headwater.expr import values
from headwater.expr.paths import MISSING
from headwater.kernel.errors import SkipError

MANY = 100
MAX_WIDTH = 10_000


class Helper(NamedTuple):
    """`call` takes the arguments; with `needs_frame`, the frame before them."""

    call: Callable[..., Any]
    low: int
    high: int
    needs_frame: bool = False


def refusal(name: str, why: str) -> SkipError:
    """The record's own error: this helper cannot work with what the record holds."""
    return SkipError("handlebars_template_parse_error", f"Helper '{name}' {why}.")


def number_of(name: str, value: Any) -> int | float:
    """The number an argument stands for; anything else is refused."""
    number = values.number(value)
    if number != number:
        shown = "nothing" if value is MISSING else f"'{values.text(value)[:40]}'"
        raise refusal(name, f"wants a number; got {shown}")
    return number


def text_of(value: Any) -> str:
    """The text of an argument; what is missing is empty."""
    return "" if value is MISSING else values.text(value)


def list_of(value: Any) -> list[Any]:
    """The elements of an argument: of a list, or the one value; nothing has none."""
    if value is MISSING or value is None or value == "":
        return []
    return value if isinstance(value, list) else [value]


def count_of(name: str, value: Any, limit: int = MAX_WIDTH) -> int:
    """A whole number from 0 to the limit."""
    count = number_of(name, value)
    if not 0 <= count <= limit:
        raise refusal(name, f"wants a number from 0 to {limit}; got {count}")
    return int(count)


def is_truthy(value: Any) -> bool:
    """As Handlebars decides `#if`: nothing, false, 0, empty text and empty lists are false."""
    return value is not MISSING and value != [] and values.truth(value)
