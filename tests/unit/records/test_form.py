"""The form of a module: defaults, required fields, and every fault in one answer."""

import pytest

from headwater.kernel.errors import InvalidError
from headwater.records.form import Form, shown
from headwater.records.model import Field, Module

STATES = {"states": [{"value": "draft", "label": "Draft"}], "initial": "draft"}
LEAD = Module(
    1,
    "lead",
    "Lead",
    None,
    (
        Field(2, "name", "String", required=True),
        Field(3, "score", "Number", default=5),
        Field(4, "status", "State", options=STATES, required=True),
    ),
    1,
    0,
    0,
    0,
)
FORM = Form(LEAD)


def faults(work, values):
    with pytest.raises(InvalidError) as caught:
        work(values)
    assert caught.value.code == "invalid_record"
    return [(fault.field, fault.code) for fault in caught.value.faults]


def test_defaults_fill_what_is_absent_in_the_order_of_the_fields():
    assert list(FORM.read_new({"status": "draft", "name": "Ida"}).items()) == [
        ("name", "Ida"),
        ("score", 5),
        ("status", "draft"),
    ]


def test_an_explicit_null_wins_over_a_default():
    assert FORM.read_new({"name": "Ida", "score": None}) == {"name": "Ida", "status": "draft"}


def test_all_faults_come_at_once_and_a_bad_value_is_not_also_missing():
    assert faults(FORM.read_new, {"name": 5, "score": "x", "colour": 1}) == [
        ("name", "wrong_type"),
        ("score", "wrong_type"),
        ("colour", "unknown_field"),
    ]


def test_a_message_says_what_where_and_what_was_sent():
    _, found = FORM.try_new({"name": "Ida", "score": "x"})
    assert found[0].detail == "Field 'score' of module 'lead' wants a number; got 'x'."


def test_a_change_reads_only_what_it_says():
    assert FORM.read_changed({"score": None}) == {"score": None}
    assert faults(FORM.read_changed, {"name": None}) == [("name", "required")]
    assert faults(FORM.read_changed, {"name": ""}) == [("name", "required")]


@pytest.mark.parametrize(
    ("value", "text"),
    [
        ("x", "'x'"),
        ("x" * 61, f"'{'x' * 60}…'"),
        (1.5, "1.5"),
        (None, "null"),
        ([1], "[1]"),
        (object(), "object"),
    ],
)
def test_a_value_is_shown_short(value, text):
    assert shown(value) == text
