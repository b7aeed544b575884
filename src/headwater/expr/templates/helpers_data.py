"""The helpers that work on lists and objects, and those that ask about a value."""

from typing import Any

from headwater.expr import paths, values
from headwater.expr.paths import MISSING
from headwater.expr.templates.frame import Frame
from headwater.expr.templates.helper_kind import MANY, Helper, count_of, is_truthy, list_of, refusal, text_of
from headwater.kernel.errors import InvalidError


def _path(name: str, text: Any) -> paths.Path:
    try:
        return paths.parse(text_of(text))
    except InvalidError as error:
        raise refusal(name, f"cannot read the path '{text_of(text)[:40]}'") from error


def _after(value: Any, count: Any) -> list[Any]:
    return list_of(value)[count_of("after", count) :]


def _before(value: Any, count: Any) -> list[Any]:
    items = list_of(value)
    return items[: max(0, len(items) - count_of("before", count))]


def _get_value(value: Any, second: Any = MISSING) -> Any:
    """The value at a path of an object, or a value with what stands in for it when it is empty."""
    if isinstance(value, dict | list) and second is not MISSING:
        return paths.read(value, _path("getValue", second))
    return second if value is MISSING or values.is_empty(value) else value


def _lookup(frame: Frame, whole: Any, key: Any) -> Any:
    """A value of a static lookup by its name, or the member of an object or list (K1)."""
    tables = frame.names.get("lookups")
    document = tables.get(whole) if isinstance(tables, dict) and isinstance(whole, str) else None
    if document is None:
        return paths.member(whole, text_of(key))
    found = (document.get("map") or {}).get(text_of(key))
    if found is None and document.get("default") is None and not document.get("allowFailures"):
        raise refusal("lookup", f"has no value for '{text_of(key)[:60]}' in '{text_of(whole)[:40]}'")
    return document.get("default") if found is None else found


def _pluck(value: Any, path: Any) -> list[Any]:
    steps = _path("pluck", path)
    found = (paths.read(each, steps) for each in list_of(value))
    return [each for each in found if each is not MISSING]


def _sort(value: Any, path: Any = MISSING) -> list[Any]:
    steps = () if path is MISSING else _path("sort", path)

    def rank(element: Any) -> tuple[int, float, str]:
        found = paths.read(element, steps)
        is_number = isinstance(found, int | float) and not isinstance(found, bool)
        return (0, found, "") if is_number else (1, 0, text_of(found))

    return sorted(list_of(value), key=rank)


def _unique(value: Any) -> list[Any]:
    kept: dict[str, Any] = {}
    for each in list_of(value):
        kept.setdefault(f"{_type_of(each)}:{text_of(each)}", each)
    return list(kept.values())


def _type_of(value: Any) -> str:
    if value is MISSING:
        return "undefined"
    if isinstance(value, bool):
        return "boolean"
    names = ((str, "string"), (int | float, "number"), (list, "array"), (dict, "object"))
    return next((name for kind, name in names if isinstance(value, kind)), "null")


def is_equal(left: Any, right: Any) -> bool:
    """Equal in type and value; missing counts as nothing."""
    return values.equal(None if left is MISSING else left, None if right is MISSING else right)


def compare(left: Any, sign: Any, right: Any) -> bool:
    """A comparison by its sign: `== === != !== < <= > >= typeof`; `==` lets numbers and their texts be
    equal.
    """
    left, right = None if left is MISSING else left, None if right is MISSING else right
    if sign in ("<", "<=", ">", ">="):
        first, second = (left, right) if sign[0] == "<" else (right, left)
        is_within = values.at_most if len(sign) == 2 else values.less
        return is_within(first, second)
    if sign in ("===", "!=="):
        return is_equal(left, right) is (sign == "===")
    if sign in ("==", "!="):
        return (is_equal(left, right) or text_of(left) == text_of(right)) is (sign == "==")
    if sign == "typeof":
        return _type_of(left) == text_of(right)
    raise refusal("compare", f"has no operator '{text_of(sign)[:10]}'")


def contains(whole: Any, part: Any, start: Any = 0) -> bool:
    """A piece of text or an element of a list, from a position on."""
    if whole is MISSING or whole is None:
        return False
    return values.contains(
        whole[count_of("contains", start) :] if isinstance(whole, str | list) else whole, part
    )


def is_blank(value: Any) -> bool:
    """Missing, null, empty text, list or object."""
    return value is MISSING or values.is_empty(value)


def some(value: Any, wanted: Any = MISSING) -> bool:
    """Whether any element is true, or equals what is wanted."""
    return any(is_truthy(each) if wanted is MISSING else is_equal(each, wanted) for each in list_of(value))


HELPERS: dict[str, Helper] = {
    "after": Helper(_after, 2, 2),
    "arrayify": Helper(list_of, 1, 1),
    "before": Helper(_before, 2, 2),
    "getValue": Helper(_get_value, 1, 2),
    "lookup": Helper(_lookup, 2, 2, needs_frame=True),
    "pluck": Helper(_pluck, 2, 2),
    "sort": Helper(_sort, 1, 2),
    "unique": Helper(_unique, 1, 1),
    "eq": Helper(is_equal, 2, 2),
    "hasNoItems": Helper(lambda value: not list_of(value), 1, 1),
    "hasOwn": Helper(lambda value, key: isinstance(value, dict) and text_of(key) in value, 2, 2),
    "isFalsey": Helper(lambda value: not is_truthy(value), 1, 1),
    "isTruthy": Helper(is_truthy, 1, 1),
    "typeOf": Helper(_type_of, 1, 1),
    "and": Helper(lambda *parts: all(map(is_truthy, parts)), 1, MANY),
    "or": Helper(lambda *parts: any(map(is_truthy, parts)), 1, MANY),
    "not": Helper(lambda value: not is_truthy(value), 1, 1),
    "neither": Helper(lambda *parts: not any(map(is_truthy, parts)), 1, MANY),
    "compare": Helper(compare, 3, 3),
    "contains": Helper(contains, 2, 3),
    "ifEven": Helper(lambda value: values.number(value) % 2 == 0, 1, 1),
    "inArray": Helper(lambda value, wanted: some(value, wanted), 2, 2),
    "isEmpty": Helper(is_blank, 1, 1),
    "some": Helper(some, 1, 2),
    "startsWith": Helper(lambda prefix, value: text_of(value).startswith(text_of(prefix)), 2, 2),
}
