"""The native form of filters: wire/native.md 3.1."""

from datetime import date
from decimal import Decimal

import pytest

from headwater.expr import native
from headwater.expr.filter import EVERYTHING, And, Condition, Not, Or
from headwater.kernel.errors import InvalidError


def faults(document, scope):
    with pytest.raises(InvalidError) as caught:
        native.parse(document, scope)
    assert caught.value.code == "invalid_filter"
    return caught.value.faults


def test_a_bare_condition_may_be_the_whole_filter(scope):
    assert native.parse(["amount", "gte", "5.5"], scope) == Condition(("amount",), "gte", Decimal("5.5"))


def test_groups_nest(scope):
    document = {"and": [["name", "eq", "Odda"], {"or": [{"not": ["is_paid", "eq", True]}, ["due", "empty"]]}]}
    assert native.parse(document, scope) == And(
        (
            Condition(("name",), "eq", "Odda"),
            Or((Not(Condition(("is_paid",), "eq", True)), Condition(("due",), "empty"))),
        )
    )


@pytest.mark.parametrize("document", [None, {"and": []}, {"or": []}])
def test_without_conditions_everything_passes(document, scope):
    assert native.parse(document, scope) == EVERYTHING


def test_one_hop_over_a_reference_is_a_field(scope):
    assert native.parse(["country.code", "eq", "NO"], scope) == Condition(("country", "code"), "eq", "NO")


def test_on_before_and_after_compare_with_a_local_day(scope):
    assert native.parse(["due", "on", "2031-05-02"], scope) == Condition(("due",), "eq", date(2031, 5, 2))
    assert native.parse(["due", "before", "2031-05-02"], scope) == Condition(("due",), "lt", date(2031, 5, 2))
    assert native.parse(["opened", "after", "2031-05-02"], scope) == Condition(
        ("opened",), "gt", "2031-05-02"
    )


def test_has_is_for_multi_values_only(scope):
    assert native.parse(["tags", "has_any", ["a"]], scope) == Condition(("tags",), "in", ("a",))
    (fault,) = faults(["name", "has", "a"], scope)
    assert fault.code == "unknown_operator"


def test_all_faults_are_told_at_once_with_their_places(scope):
    document = {
        "and": [
            ["nam", "eq", "x"],
            {"or": [["amount", "contains", "x"], ["amount", "eq", "many"]]},
            {"not": ["due", "eq", "2031-05-02T07:00:00"]},
            {"xor": []},
            ["due", "last_n_days", 0],
        ]
    }
    found = faults(document, scope)
    assert [(fault.field, fault.code) for fault in found] == [
        ("filter.and.0", "unknown_field"),
        ("filter.and.1.or.0", "unknown_operator"),
        ("filter.and.1.or.1", "wrong_type"),
        ("filter.and.2.not", "wrong_type"),
        ("filter.and.3", "bad_form"),
        ("filter.and.4", "wrong_type"),
    ]
    assert "name, status, amount" in found[0].detail
    assert "between" in found[1].detail


@pytest.mark.parametrize(
    "document",
    [
        "name",
        5,
        {},
        {"and": [], "or": []},
        {"and": {}},
        [],
        ["name"],
        ["name", "eq"],
        ["name", "eq", 1, 2],
        [1, "eq", 2],
        ["name", "eq", 5],
        ["name", "eq", None],
        ["name", "eq", "a\0b"],
        ["amount", "eq", True],
        ["amount", "eq", "1e999999999"],
        ["amount", "eq", "NaN"],
        ["is_paid", "eq", 1],
        ["is_paid", "lt", True],
        ["country", "eq", "Norway"],
        ["country", "eq", 2**70],
        ["name", "in", "a"],
        ["tags", "has_all", []],
        ["amount", "between", [1]],
        ["amount", "between", [2, 1]],
        ["opened", "eq", "02/05/2031"],
        ["due", "on", "2031-05-02T00:00:00Z"],
        ["country.code.x", "eq", 1],
        ["name.code", "eq", 1],
    ],
)
def test_what_is_not_a_filter_is_refused(document, scope):
    assert len(faults(document, scope)) == 1


def test_filters_nest_at_most_twenty_deep(scope):
    def nested(depth):
        document = ["name", "eq", "x"]
        for _ in range(depth):
            document = {"not": document}
        return document

    native.parse(nested(20), scope)
    (fault,) = faults(nested(21), scope)
    assert fault.code == "too_deep"


def test_filters_have_at_most_two_hundred_conditions(scope):
    native.parse({"or": [["name", "eq", "x"]] * 200}, scope)
    (fault,) = faults({"or": [["name", "eq", "x"]] * 5000}, scope)
    assert fault.code == "too_many_conditions"


def test_days_in_a_list_stand_for_local_days(scope):
    parsed = native.parse(["due", "in", ["2031-05-02", "2031-05-02T07:00:00Z"]], scope)
    assert isinstance(parsed, Or)
    assert parsed.items[0] == Condition(("due",), "eq", date(2031, 5, 2))
