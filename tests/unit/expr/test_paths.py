"""Paths into JSON values."""

import pytest

from headwater.expr import paths
from headwater.expr.paths import EACH, MISSING
from headwater.kernel.errors import InvalidError


@pytest.mark.parametrize(
    ("text", "steps"),
    [
        ("a", ("a",)),
        ("a.b", ("a", "b")),
        ("$", ()),
        ("$.a", ("a",)),
        ("$.a[*].b", ("a", EACH, "b")),
        ("$[*]", (EACH,)),
        ("data[0].id", ("data", 0, "id")),
        ("errors.0.code", ("errors", "0", "code")),
        ("['odd.key'].x", ("odd.key", "x")),
        ("[Item Name]", ("Item Name",)),
        ("$.['a']", ("a",)),
        ("$price", ("$price",)),
        ("_json.x", ("_json", "x")),
    ],
)
def test_paths_are_read(text, steps):
    assert paths.parse(text) == steps


@pytest.mark.parametrize("text", ["", ".", "a.", "a..b", "a[", "a]", "[]", "a[0", None, 5, "x" * 2000, "$."])
def test_unreadable_paths_are_refused(text):
    with pytest.raises(InvalidError) as caught:
        paths.parse(text)
    assert caught.value.code == "invalid_path"


@pytest.mark.parametrize(
    ("text", "value", "expected"),
    [
        ("a.b", {"a": {"b": 1}}, 1),
        ("a.b", {"a": 5}, MISSING),
        ("a.0", {"a": ["x"]}, "x"),
        ("a.0", {"a": {"0": "x"}}, "x"),
        ("a[0]", {"a": {"0": "x"}}, "x"),
        ("a[3]", {"a": ["x"]}, MISSING),
        ("a[*].b", {"a": [{"b": 1}, {}, {"b": 2}]}, [1, 2]),
        ("a[*].b[*].c", {"a": [{"b": [{"c": 1}]}, {"b": [{"c": 2}, {"c": 3}]}]}, [1, 2, 3]),
        ("a[*]", {"a": 5}, MISSING),
        ("a", {"a": None}, None),
    ],
)
def test_values_are_found_at_paths(text, value, expected):
    assert paths.read(value, paths.parse(text)) == expected
