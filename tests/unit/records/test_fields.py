"""Field kinds: what each takes, refuses, stores and shows."""

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from headwater.kernel.clock import parse
from headwater.records.column import column_of
from headwater.records.errors import BadValueError
from headwater.records.fields import KINDS
from headwater.records.fields.state import may_move
from headwater.records.form import reader_of
from headwater.records.model import Field

MOVES = [{"from": "draft", "to": "ready"}, {"from": "ready", "to": "paid"}]


def field(kind, **options):
    flags = {name: options.pop(name) for name in ("multi", "indexed", "unique") if name in options}
    return Field(7, "f", kind, **flags, options=KINDS[kind].read_options(options))


def refusal(field, value):
    with pytest.raises(BadValueError) as caught:
        reader_of(field)(value)
    return caught.value.code


@pytest.mark.parametrize(
    ("of", "given", "expected"),
    [
        (field("String"), "Å", "Å"),
        (field("String"), "", None),
        (field("String", max_length=2), "ab", "ab"),
        (field("String", multi=True), ["a", None, "", "b"], ["a", "b"]),
        (field("String", multi=True), [], None),
        (field("Text"), "a\nb", "a\nb"),
        (field("Number"), 5, 5),
        (field("Number"), "5", 5),
        (field("Number"), 5.0, 5),
        (field("Number"), "5e2", 500),
        (field("Number", scale=2), 0.1, Decimal("0.10")),
        (field("Number", scale=2), "1.500", Decimal("1.50")),
        (field("Number", scale=2), -3, Decimal("-3.00")),
        (field("Bool"), False, False),
        (field("DateTime"), "2031-05-02T09:00:00+02:00", parse("2031-05-02T07:00:00Z")),
        (field("Select", options=["a", "b"]), "b", "b"),
        (field("Select"), "anything", "anything"),
        (field("Record", module="city"), 31, 31),
        (field("Record", module="city"), "31", 31),
        (field("State", states=["a"]), "a", "a"),
    ],
)
def test_a_value_is_read(of, given, expected):
    found = reader_of(of)(given)
    assert found == expected
    assert type(found) is type(expected)


@pytest.mark.parametrize(
    ("of", "given", "code"),
    [
        (field("String"), 1, "wrong_type"),
        (field("String"), "a\0b", "nul_character"),
        (field("String", max_length=2), "abc", "too_long"),
        (field("String", indexed=True), "x" * 501, "too_long"),
        (field("Select", unique=True), "x" * 501, "too_long"),
        (field("String", multi=True), "a", "wrong_type"),
        (field("String", multi=True), ["a", 1], "wrong_type"),
        (field("String", multi=True), ["a"] * 10_001, "too_long"),
        (field("Number"), True, "wrong_type"),
        (field("Number"), "x", "wrong_type"),
        (field("Number"), "", "wrong_type"),
        (field("Number"), " 5", "wrong_type"),
        (field("Number"), "1_000", "wrong_type"),
        (field("Number"), "٣", "wrong_type"),
        (field("Number"), "NaN", "wrong_type"),
        (field("Number"), float("inf"), "wrong_type"),
        (field("Number"), [], "wrong_type"),
        (field("Number"), "1e999", "out_of_range"),
        (field("Number"), "1e-999", "too_many_decimals"),
        (field("Number"), 1.5, "too_many_decimals"),
        (field("Number"), 2**53 + 1, "out_of_range"),
        (field("Number", scale=6), "9007199254.740993", "out_of_range"),
        (field("Number", scale=6), "1.1234567", "too_many_decimals"),
        (field("Number", scale=1), "0.1" + "0" * 30 + "1", "too_many_decimals"),
        (field("Bool"), 1, "wrong_type"),
        (field("Bool"), "true", "wrong_type"),
        (field("DateTime"), "2031-05-02T07:00:00", "wrong_type"),
        (field("DateTime"), "2031-05-02", "wrong_type"),
        (field("DateTime"), 5, "wrong_type"),
        (field("DateTime"), "9999-12-31T23:59:59-01:00", "out_of_range"),
        (field("DateTime"), "0001-01-01T00:00:00+01:00", "out_of_range"),
        (field("Select", options=["a"]), "A", "unknown_option"),
        (field("Select", options=["a"]), 1, "wrong_type"),
        (field("Record", module="city"), 0, "wrong_type"),
        (field("Record", module="city"), "x", "wrong_type"),
        (field("Record", module="city"), True, "wrong_type"),
        (field("Record", module="city"), 2**60, "wrong_type"),
        (field("State", states=["a"]), "b", "unknown_state"),
    ],
)
def test_a_value_is_refused(of, given, code):
    assert refusal(of, given) == code


@pytest.mark.parametrize(
    ("kind", "options", "code", "option"),
    [
        ("Number", {"scale": 16}, "out_of_range", "scale"),
        ("Number", {"scale": "2"}, "out_of_range", "scale"),
        ("String", {"max_length": -1}, "wrong_type", "max_length"),
        ("Select", {"options": "a"}, "wrong_type", "options"),
        ("Select", {"options": ["a", "A"]}, "duplicate_value", "options"),
        ("Select", {"options": [{"value": ""}]}, "wrong_type", "options"),
        ("Select", {"options": [{"value": "a", "colour": 1}]}, "wrong_type", "options"),
        ("State", {}, "required", "states"),
        ("State", {"states": ["a"], "initial": "b"}, "unknown_state", "initial"),
        (
            "State",
            {"states": ["a"], "transitions": [{"from": "a", "to": "b"}]},
            "unknown_state",
            "transitions",
        ),
        ("State", {"states": ["a"], "transitions": [["a", "a"]]}, "wrong_type", "transitions"),
        ("Record", {}, "required", "module"),
    ],
)
def test_a_definition_is_refused_and_says_which_option(kind, options, code, option):
    with pytest.raises(BadValueError) as caught:
        KINDS[kind].read_options(options)
    assert (caught.value.code, caught.value.option) == (code, option)


def test_a_record_starts_in_the_initial_state():
    assert KINDS["State"].initial(field("State", states=["a", "b"])) == "a"
    assert KINDS["State"].initial(field("State", states=["a", "b"], initial="b")) == "b"


def test_a_state_moves_only_along_its_transitions():
    of = field("State", states=["draft", "ready", "paid"], transitions=MOVES)
    assert may_move(of, "draft", "ready")
    assert may_move(of, None, "paid")
    assert may_move(of, "paid", "paid")
    assert not may_move(of, "draft", "paid")
    assert not may_move(of, "ready", None)
    assert may_move(field("State", states=["a", "b"]), "b", "a")


@given(st.integers(0, 15), st.integers(-(2**53), 2**53))
def test_every_number_within_the_limit_is_kept_exactly(scale, scaled):
    of = field("Number", scale=scale)
    text = f"{Decimal(scaled).scaleb(-scale):f}"
    value = reader_of(of)(text)
    for dialect in ("sqlite", "postgres"):
        column = column_of(of, dialect)
        stored = column.store(value) if column.store else value
        assert (column.load(stored) if column.load else stored) == value
        shown = column.show(value) if column.show else value
        assert (column.show_stored(stored) if column.show_stored else stored) == shown
        assert Decimal(shown) == Decimal(text)


@given(st.datetimes(timezones=st.just(__import__("datetime").UTC)))
def test_every_moment_is_kept_exactly(moment):
    of = field("DateTime")
    value = reader_of(of)(moment.isoformat())
    for dialect in ("sqlite", "postgres"):
        column = column_of(of, dialect)
        stored = column.store(value) if column.store else value
        assert (column.load(stored) if column.load else stored) == value
        assert column.show_stored(stored) == column.show(value)
        assert reader_of(of)(column.show(value)) == value


@pytest.mark.parametrize("kind", KINDS)
def test_every_kind_has_a_name_a_column_and_a_schema(kind):
    options = {"State": {"states": ["a"]}, "Record": {"module": "city"}}.get(kind, {})
    of = field(kind, **options)
    assert KINDS[kind].name == kind
    assert all(KINDS[kind].column_type(of, dialect) for dialect in ("sqlite", "postgres"))
    assert KINDS[kind].schema(of)["type"] in ("string", "integer", "boolean")
