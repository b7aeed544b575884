"""The references between documents: where they stand, what kind they mean, and how a clone changes them."""

import copy
from collections.abc import Callable, Iterator, Mapping
from typing import Any, NamedTuple

from headwater.flows.documents_model import Kind

Place = tuple[str | int, ...]


class Reference(NamedTuple):
    """One id in a document: its place, the kind it means, and the id."""

    place: Place
    kind: Kind
    value: Any

    @property
    def path(self) -> str:
        """The place as errors name it: `pageProcessors.1._importId`."""
        return ".".join(map(str, self.place))


_NAMES: dict[str, Kind] = {
    "_integrationId": "integration",
    "_connectionId": "connection",
    "_borrowConcurrencyFromConnectionId": "connection",
    "_exportId": "export",
    "_keepDeltaBehindExportId": "export",
    "_importId": "import",
    "_flowId": "flow",
    "_keepDeltaBehindFlowId": "flow",
    "_scriptId": "script",
}
_LISTS: dict[str, Kind] = {
    "_runNextFlowIds": "flow",
    "_registeredConnectionIds": "connection",
}
# Only these parts are looked into: whatever else a document carries is not ours to understand (W6).
_PARTS: dict[str, tuple[str, ...]] = {
    "flow": ("pageGenerators", "pageProcessors", "routers", "_runNextExportIds", "aliases"),
    "export": ("hooks", "filter", "inputFilter", "transform", "aliases"),
    "import": ("hooks", "filter", "responseTransform", "aliases"),
    "connection": (),
    "integration": ("aliases",),
    "script": (),
}
_INNER = ("hooks", "script", "branches", "pageProcessors", "inputFilter", "filter", "transform")


def references(kind: Kind, body: Mapping[str, Any]) -> Iterator[Reference]:
    """Every reference of a document, in its order; null and empty ones are none."""
    yield from _of_object(body, ())
    for part in _PARTS[kind]:
        yield from _of_part(body.get(part), (part,))


def _of_object(value: Mapping[str, Any], place: Place) -> Iterator[Reference]:
    for name, each in value.items():
        if name in _NAMES and each not in (None, ""):
            yield Reference((*place, name), _NAMES[name], each)
        elif name in _LISTS and isinstance(each, list):
            for at, item in enumerate(each):
                yield Reference((*place, name, at), _LISTS[name], item)


def _of_part(value: Any, place: Place) -> Iterator[Reference]:
    if isinstance(value, list):
        for at, each in enumerate(value):
            yield from _of_part(each, (*place, at))
    elif isinstance(value, Mapping) and len(place) < 12:
        yield from _of_object(value, place)
        is_hooks = place[-1] == "hooks"
        for name, each in value.items():
            if is_hooks or name in _INNER:
                yield from _of_part(each, (*place, name))


def rewritten(kind: Kind, body: Mapping[str, Any], change: Callable[[Reference], Any]) -> dict[str, Any]:
    """A copy of the body whose references are what `change(reference)` gives."""
    result = copy.deepcopy(dict(body))
    for reference in references(kind, body):
        place: Any = result
        for step in reference.place[:-1]:
            place = place[step]
        place[reference.place[-1]] = change(reference)
    return result
