"""The blocks: which of their two bodies runs, how often and on what."""

from collections.abc import Callable, Iterator
from typing import Any

from headwater.expr import paths
from headwater.expr.paths import MISSING
from headwater.expr.templates.frame import Frame
from headwater.expr.templates.helper_kind import Helper, is_truthy, list_of
from headwater.expr.templates.helpers_data import HELPERS as DATA_HELPERS
from headwater.expr.templates.helpers_data import is_equal

Render = Callable[[Frame], str]
Values = list[Any]
# A block is given the frame, its arguments, its options and the names after `as |`. It yields the frames in
# which its body runs; none means the else part.
Frames = Callable[[Frame, Values, dict[str, Any], tuple[str, ...]], Iterator[Frame]]


def _condition(name: str) -> Frames:
    helper: Helper = DATA_HELPERS[name]

    def frames(
        frame: Frame, arguments: Values, options: dict[str, Any], names: tuple[str, ...]
    ) -> Iterator[Frame]:
        if helper.call(*arguments):
            yield frame

    return frames


def _if(frame: Frame, arguments: Values, options: dict[str, Any], names: tuple[str, ...]) -> Iterator[Frame]:
    is_zero = arguments[0] == 0 and not isinstance(arguments[0], bool)
    if is_truthy(arguments[0]) or (is_zero and options.get("includeZero")):
        yield frame


def _unless(
    frame: Frame, arguments: Values, options: dict[str, Any], names: tuple[str, ...]
) -> Iterator[Frame]:
    if not is_truthy(arguments[0]):
        yield frame


def _with(
    frame: Frame, arguments: Values, options: dict[str, Any], names: tuple[str, ...]
) -> Iterator[Frame]:
    if is_truthy(arguments[0]):
        yield frame.below(arguments[0], {}, dict(zip(names, arguments, strict=False)))


def _each(
    frame: Frame, arguments: Values, options: dict[str, Any], names: tuple[str, ...]
) -> Iterator[Frame]:
    whole = arguments[0]
    if isinstance(whole, dict):
        pairs: list[tuple[Any, Any]] = list(whole.items())
    else:
        pairs = list(enumerate(whole)) if isinstance(whole, list) else []
    last = len(pairs) - 1
    for index, (key, value) in enumerate(pairs):
        data = {"index": index, "key": key, "first": index == 0, "last": index == last}
        yield frame.below(value, data, dict(zip(names, (value, key), strict=False)))


def _filter(
    frame: Frame, arguments: Values, options: dict[str, Any], names: tuple[str, ...]
) -> Iterator[Frame]:
    """`{{#filter list value property="name"}}`: the body runs on each element that equals, or whose
    property does.
    """
    wanted = options.get("property", options.get("prop", MISSING))
    for element in list_of(arguments[0]):
        found = element if wanted is MISSING else paths.member(element, str(wanted))
        if is_equal(found, arguments[1]):
            yield frame.below(element, {}, {})


BLOCKS: dict[str, tuple[int, int, Frames]] = {
    "if": (1, 1, _if),
    "unless": (1, 1, _unless),
    "with": (1, 1, _with),
    "each": (1, 1, _each),
    "filter": (2, 2, _filter),
    **{
        name: (DATA_HELPERS[name].low, DATA_HELPERS[name].high, _condition(name))
        for name in (
            *("and", "compare", "contains", "ifEven", "inArray", "isEmpty"),
            *("neither", "not", "or", "some", "startsWith"),
        )
    },
}
