"""What a connector says it takes is held against what it is given."""

import pytest

from headwater.connectors.spec import Parameter, check

TAKES = (
    Parameter("name", "text", "Name", required=True),
    Parameter("size", "number", "Size"),
    Parameter("is_open", "bool", "Open"),
    Parameter("parts", "list", "Parts"),
    Parameter("body", "object", "Body"),
    Parameter("module", "name_or_id", "Module"),
    Parameter("way", "text", "Way", choices=("in", "out")),
    Parameter("rest", "any", "Rest"),
)
GOOD = {
    "name": "a",
    "size": 1.5,
    "is_open": False,
    "parts": [],
    "body": {},
    "module": 7,
    "way": "in",
    "rest": [],
}


def faults(**values):
    return [(fault.field, fault.code) for fault in check(TAKES, {**GOOD, **values}, "at")]


def test_what_fits_has_no_fault():
    assert faults() == []
    assert faults(module="city", size=None, way="") == []


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("name", 1),
        ("size", "1"),
        ("size", True),
        ("is_open", 0),
        ("parts", "a,b"),
        ("body", []),
        ("module", {"a": 1}),
        ("module", [1]),
        ("module", True),
        ("module", 1.5),
        ("way", "up"),
    ],
)
def test_a_value_of_another_kind_is_a_fault_at_its_place(name, value):
    assert faults(**{name: value}) == [(f"at.{name}", "invalid_field")]


@pytest.mark.parametrize("nothing", [None, ""])
def test_what_is_required_and_missing_is_a_fault(nothing):
    assert faults(name=nothing) == [("at.name", "missing_required_field")]
