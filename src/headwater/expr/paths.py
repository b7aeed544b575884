"""Paths into JSON values as integrator documents write them: `crew.name`, `data[0].id`, `$.lines[*].sku`,
`['odd key']`.
"""

import itertools
import re
from typing import Any, Final

from headwater.kernel.errors import InvalidError


class _Mark:
    """A value that equals nothing but itself."""

    def __init__(self, name: str) -> None:
        self.name = name

    def __repr__(self) -> str:
        return self.name


MISSING: Final = _Mark("MISSING")
EACH: Final = _Mark("EACH")

Step = Any  # a key (str), an index (int) or EACH
Path = tuple[Step, ...]

MAX_LENGTH = 1_000
_STEP = re.compile(
    r"\.?(?:\[(?P<index>\d{1,9})\]|(?P<each>\[\*\])|\[(?P<quote>['\"])(?P<quoted>.*?)(?P=quote)\]"
    r"|\[(?P<bracket>[^\[\]]+)\])|(?:^|\.)(?P<name>[^.\[\]]+)",
    re.DOTALL,
)


def parse(text: str) -> Path:
    """The steps of a path; a leading `$` is the root and adds none, so `$` alone is the whole value.

    Anything unreadable is InvalidError `invalid_path`.
    """
    if not isinstance(text, str) or len(text) > MAX_LENGTH:
        raise _unreadable(text)
    rest = text[1:] if text.startswith("$") and text[1:2] in ("", ".", "[") else text
    if rest.startswith(".") and rest is not text:
        rest = rest[1:] or "."
    steps: list[Step] = []
    position = 0
    while position < len(rest):
        match = _STEP.match(rest, position)
        if match is None:
            raise _unreadable(text)
        steps.append(_step(match))
        position = match.end()
    if not steps and not text.startswith("$"):
        raise _unreadable(text)
    return tuple(steps)


def _step(match: re.Match[str]) -> Step:
    if match["each"]:
        return EACH
    if match["index"] is not None:
        return int(match["index"])
    if match["quote"]:
        return match["quoted"]
    return match["bracket"] or match["name"]


def member(value: Any, step: Step) -> Any:
    """One step down, or MISSING. A key of digits also counts in a list; EACH is refused here by being
    missing.
    """
    if isinstance(value, dict):
        return value.get(step if isinstance(step, str) else str(step), MISSING)
    if not isinstance(value, list):
        return MISSING
    if isinstance(step, str):
        if not (step.isascii() and step.isdigit() and len(step) < 10):
            return MISSING
        step = int(step)
    return value[step] if isinstance(step, int) and step < len(value) else MISSING


def read(value: Any, path: Path) -> Any:
    """The value at a path, or MISSING. After EACH the answer is one flat list of what the elements have."""
    for position, step in enumerate(path):
        if step is EACH:
            return _read_each(value, path[position + 1 :])
        value = member(value, step)
        if value is MISSING:
            return MISSING
    return value


def _read_each(value: Any, rest: Path) -> Any:
    if not isinstance(value, list):
        return MISSING
    found: list[Any] = []
    for element in value:
        inner = read(element, rest)
        if inner is MISSING:
            continue
        if EACH in rest:
            found.extend(inner)
        else:
            found.append(inner)
    return found


def write(target: dict[str, Any], path: Path, value: Any) -> None:
    """Put a value at a path of keys and indexes; objects and lists on the way are made, and what is no object
    is replaced.
    """
    place: Any = target
    for step, following in itertools.pairwise(path):
        place = _descend(place, step, [] if isinstance(following, int) else {})
    _put(place, path[-1], value)


def _descend(place: Any, step: Step, empty: Any) -> Any:
    current = member(place, step)
    if not isinstance(current, dict | list) or (isinstance(empty, dict) and isinstance(current, list)):
        current = empty
        _put(place, step, current)
    return current


def _put(place: Any, step: Step, value: Any) -> None:
    if isinstance(place, dict):
        place[step if isinstance(step, str) else str(step)] = value
        return
    index = int(step)
    place.extend([None] * (index + 1 - len(place)))
    place[index] = value


def _unreadable(text: Any) -> InvalidError:
    return InvalidError(
        "invalid_path",
        f"'{str(text)[:60]}' is not a path.",
        hint="Names with dots, indexes in brackets: crew.name, data[0].id, $.lines[*].sku.",
    )
