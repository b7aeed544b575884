"""JSON values as integrator documents compare and convert them: text, numbers, booleans, emptiness, times."""

import json
import math
from decimal import Decimal
from typing import Any

from headwater.kernel import clock
from headwater.kernel.errors import InvalidError, SkipError

NAN = math.nan
_EXACT = 2.0**53
TRUE_WORDS = frozenset(("true", "t", "yes", "y", "1"))
FALSE_WORDS = frozenset(("false", "f", "no", "n", "0"))


def is_empty(value: Any) -> bool:
    """None, "", an empty list or object, and what is not a number."""
    if value is None or value == "" or value == [] or value == {}:
        return True
    return isinstance(value, float) and value != value


def number(value: Any) -> int | float:
    """The number that a value stands for, or NaN. Text is read in plain decimal or exponent form; true is
    1.
    """
    kind = value.__class__
    if kind is int or kind is float:
        return value  # type: ignore[no-any-return]
    if kind is str:
        return _number_of_text(value)
    if kind is bool:
        return int(value)
    return float(value) if kind is Decimal else NAN


def _number_of_text(value: str) -> int | float:
    try:
        result = float(value)
    except ValueError:
        return NAN
    if "_" in value or not value.isascii() or result - result != 0.0:
        return NAN
    if -_EXACT < result < _EXACT:
        return result
    try:
        return int(value)  # ids above 2^53 stay exact
    except ValueError:
        return result


def text(value: Any) -> str:
    """The text of a value: nothing is "", booleans are `true` and `false`, whole numbers have no point, lists
    join by commas.
    """
    if value.__class__ is str:
        return value
    if value is None:
        return ""
    if value is True or value is False:
        return "true" if value else "false"
    if isinstance(value, float):
        return _number_text(value)
    if isinstance(value, list | dict):
        return _nested_text(value)
    return format(value, "f") if isinstance(value, Decimal) else str(value)


def _nested_text(value: Any) -> str:
    try:
        if isinstance(value, list):
            return ",".join(map(text, value))
        return json.dumps(value, ensure_ascii=False, separators=(",", ":"), default=str)
    except RecursionError as error:
        raise SkipError("too_deep", "A value nests too deep to be written as text.") from error


def _number_text(value: float) -> str:
    if value != value:
        return "NaN"
    return str(int(value)) if abs(value) < 1e21 and value == int(value) else repr(value)


def boolean(value: Any) -> bool | None:
    """True or false as words and numbers say it (true, yes, y, t, 1 and their opposites), or None for
    anything else.
    """
    if value is True or value is False:
        return bool(value)
    word = text(value).strip().lower()
    if word in TRUE_WORDS:
        return True
    return False if word in FALSE_WORDS else None


def truth(value: Any) -> bool:
    """Whether a value counts as true in a condition, as JavaScript says: not empty text, not 0, not NaN, not
    null.
    """
    if isinstance(value, list | dict):
        return True
    return bool(value) and value == value


def equal(left: Any, right: Any) -> bool:
    """Equal in type and value; nothing and "" are equal to each other; a number that is none equals
    nothing.
    """
    if left is None or left == "":
        return right is None or right == ""
    if isinstance(left, bool) or isinstance(right, bool):
        return left is right
    return bool(left == right)


def less(left: Any, right: Any) -> bool:
    """Texts compare by code point, everything else as numbers; false when one side is not a number."""
    if isinstance(left, str) and isinstance(right, str):
        return left < right
    return number(left) < number(right)


def at_most(left: Any, right: Any) -> bool:
    """Like `less`, or equal."""
    if isinstance(left, str) and isinstance(right, str):
        return left <= right
    return number(left) <= number(right)


def contains(whole: Any, part: Any) -> bool:
    """An element of a list, a key of an object, or a piece of text."""
    if isinstance(whole, list):
        return any(equal(element, part) for element in whole)
    if isinstance(whole, dict):
        return text(part) in whole
    return text(part) in text(whole)


def epoch_milliseconds(value: Any) -> int | float:
    """Milliseconds since 1970 of a time with a zone, of a plain date (UTC), or of a number as it is; else
    NaN.
    """
    if not isinstance(value, str):
        return number(value)
    for candidate in (value, f"{value}T00:00:00Z", f"{value}Z"):
        try:
            return clock.parse(candidate) // 1000
        except InvalidError:
            continue
    return _number_of_text(value)
