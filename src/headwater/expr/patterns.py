"""Regular expressions that cannot hang: a pattern whose time could explode is refused before it is used."""

import re
from collections.abc import Callable
from dataclasses import dataclass
from functools import lru_cache

from headwater.kernel.errors import InvalidError


@dataclass(frozen=True)
class Pattern:
    """A compiled pattern. `is_found(text)` says whether it matches anywhere."""

    is_found: Callable[[str], bool]


@lru_cache(maxsize=512)
def compile(text: str) -> Pattern:
    """The pattern; unreadable ones are InvalidError `invalid_pattern`."""
    try:
        found = re.compile(text)
    except (re.error, RecursionError, OverflowError) as error:
        raise InvalidError(
            "invalid_pattern", f"'{text[:60]}' is not a regular expression: {error}."
        ) from error
    return Pattern(lambda subject: found.search(subject) is not None)
