"""`include` and `exclude`: which paths of the documents a list shows (L3)."""

import re
from collections.abc import Callable, Iterable, Mapping
from typing import Any

from headwater.wire.integrator.errors import bad_parameters

Tree = dict[str, Any]
Select = Callable[[Mapping[str, Any]], dict[str, Any]]
_NAMES = re.compile(r"[A-Za-z0-9._]+(,[A-Za-z0-9._]+)*")
_ALWAYS_INCLUDED = ("_id", "name", "adaptorType")


def selection(parameters: Mapping[str, str], plural: str) -> Select | None:
    """The function that picks from a document, or None for all of it. Both at once, or other characters:
    400.
    """
    include, exclude = parameters.get("include"), parameters.get("exclude")
    if include is not None and exclude is not None:
        raise bad_parameters("include and exclude exclude each other.")
    given = include if include is not None else exclude
    if given is None:
        return None
    if len(given) > 10_000 or not _NAMES.fullmatch(given):
        raise bad_parameters(
            "include and exclude take names of letters, digits, '.' and '_', parted by commas."
        )
    if include is None:
        excluded = _tree(given.split(","))
        return lambda document: {"_id": document["_id"], **_without(document, excluded)}
    always = _ALWAYS_INCLUDED if plural in ("exports", "imports") else ("_id",)
    included = _tree([*always, *given.split(",")])
    return lambda document: _only(document, included)


def _tree(names: Iterable[str]) -> Tree:
    """The names as a tree; an empty branch stands for everything below it."""
    tree: Tree = {}
    for name in names:
        branch = tree
        steps = [step for step in name.split(".") if step]
        for at, step in enumerate(steps):
            if step in branch and not branch[step]:
                break
            branch = branch.setdefault(step, {})
            if at == len(steps) - 1:
                branch.clear()
    return tree


def _only(value: Any, tree: Tree) -> Any:
    if not tree:
        return value
    if isinstance(value, list):
        return [_only(each, tree) for each in value]
    if not isinstance(value, Mapping):
        return {}
    return {key: _only(each, tree[key]) for key, each in value.items() if key in tree}


def _without(value: Any, tree: Tree) -> Any:
    if isinstance(value, list):
        return [_without(each, tree) for each in value]
    if not isinstance(value, Mapping):
        return value
    return {
        key: _without(each, tree[key]) if tree.get(key) else each
        for key, each in value.items()
        if key not in tree or tree[key]
    }
