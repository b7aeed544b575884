"""Reading parts of documents that anybody may have written: a part of another kind counts as absent."""

from collections.abc import Mapping
from typing import Any


def part(document: Any, *names: str) -> Mapping[str, Any]:
    """The object at a path of names, or an empty one."""
    for name in names:
        document = document.get(name) if isinstance(document, Mapping) else None
    return document if isinstance(document, Mapping) else {}


def items(document: Any, name: str) -> list[Any]:
    """The list under a name, or an empty one."""
    found = document.get(name) if isinstance(document, Mapping) else None
    return found if isinstance(found, list) else []


def objects(document: Any, name: str) -> list[Mapping[str, Any]]:
    """The objects in the list under a name."""
    return [item for item in items(document, name) if isinstance(item, Mapping)]


def text(document: Any, name: str) -> str | None:
    """The text under a name; an empty one counts as absent."""
    found = document.get(name) if isinstance(document, Mapping) else None
    return found if isinstance(found, str) and found else None


def filled(values: Mapping[str, Any]) -> dict[str, Any]:
    """Without the values that are None."""
    return {name: value for name, value in values.items() if value is not None}
