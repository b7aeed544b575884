"""The Fluxx form of filters: wire/fluxx.md section 4."""

import pytest

from headwater.expr import fluxx, predicate
from headwater.expr.calendar import Calendar
from headwater.kernel.clock import FixedClock, parse
from headwater.kernel.errors import InvalidError

NOW = "2031-04-16T09:00:00Z"


def passes(document, values, scope, time_zone="UTC"):
    calendar = Calendar(time_zone, 0, FixedClock(NOW).now)
    countries = {1: {"code": "NO"}, 2: {"code": "SE"}, 3: {}}
    return predicate.compile(fluxx.parse(document, scope), scope, calendar)(
        values, lambda name, key: countries.get(key)
    )


def due(text):
    return {"due": parse(text)}


def faults(document, scope):
    with pytest.raises(InvalidError) as caught:
        fluxx.parse(document, scope)
    return caught.value.faults


def test_there_are_forty_one_operators():
    assert len(set(fluxx.OPERATORS)) == 41


@pytest.mark.parametrize(
    ("operator", "value", "inside", "outside"),
    [
        ("yesterday", "-", "2031-04-15T00:00:00Z", "2031-04-16T00:00:00Z"),
        ("today", "", "2031-04-16T23:59:59.999999Z", "2031-04-17T00:00:00Z"),
        ("tomorrow", None, "2031-04-17T00:00:00Z", "2031-04-18T00:00:00Z"),
        ("last-week", "-", "2031-04-07T00:00:00Z", "2031-04-14T00:00:00Z"),
        ("this-week", "-", "2031-04-20T23:59:59Z", "2031-04-21T00:00:00Z"),
        ("next-week", "-", "2031-04-27T23:59:59Z", "2031-04-28T00:00:00Z"),
        ("last-month", "-", "2031-03-01T00:00:00Z", "2031-02-28T23:59:59Z"),
        ("this-month", "-", "2031-04-30T23:59:59Z", "2031-05-01T00:00:00Z"),
        ("next-month", "-", "2031-05-31T23:59:59Z", "2031-06-01T00:00:00Z"),
        ("last-quarter", "-", "2031-03-31T23:59:59Z", "2031-04-01T00:00:00Z"),
        ("this-quarter", "-", "2031-06-30T23:59:59Z", "2031-07-01T00:00:00Z"),
        ("next-quarter", "-", "2031-07-01T00:00:00Z", "2031-10-01T00:00:00Z"),
        ("last-year", "-", "2030-12-31T23:59:59Z", "2031-01-01T00:00:00Z"),
        ("this-year", "-", "2031-12-31T23:59:59Z", "2032-01-01T00:00:00Z"),
        ("next-year", "-", "2032-12-31T23:59:59Z", "2033-01-01T00:00:00Z"),
        ("last-n-days", 3, "2031-04-13T00:00:00Z", "2031-04-16T00:00:00Z"),
        ("last-n-weeks", "1", "2031-04-13T23:59:59Z", "2031-04-14T00:00:00Z"),
        ("last-n-months", "2", "2031-02-01T00:00:00Z", "2031-04-01T00:00:00Z"),
        ("last-n-quarters", 1, "2031-01-01T00:00:00Z", "2030-12-31T23:59:59Z"),
        ("last-n-years", 1, "2030-01-01T00:00:00Z", "2031-01-01T00:00:00Z"),
        ("next-n-days", 3, "2031-04-19T23:59:59Z", "2031-04-20T00:00:00Z"),
        ("next-n-weeks", 1, "2031-04-21T00:00:00Z", "2031-04-28T00:00:00Z"),
        ("next-n-months", 2, "2031-06-30T23:59:59Z", "2031-07-01T00:00:00Z"),
        ("next-n-quarters", 1, "2031-07-01T00:00:00Z", "2031-06-30T23:59:59Z"),
        ("next-n-years", 1, "2032-01-01T00:00:00Z", "2031-12-31T23:59:59Z"),
        ("days-n-ago", "3", "2031-04-13T12:00:00Z", "2031-04-14T00:00:00Z"),
        ("weeks-n-ago", 2, "2031-04-06T23:59:59Z", "2031-04-07T00:00:00Z"),
        ("months-n-ago", 2, "2031-02-28T23:59:59Z", "2031-03-01T00:00:00Z"),
        ("quarters-n-ago", 1, "2031-01-01T00:00:00Z", "2031-04-01T00:00:00Z"),
        ("years-n-ago", 1, "2030-01-01T00:00:00Z", "2031-01-01T00:00:00Z"),
        ("eq", "2031-04-16", "2031-04-16T23:59:59Z", "2031-04-17T00:00:00Z"),
        ("not-eq", "04/16/2031", "2031-04-17T00:00:00Z", "2031-04-16T00:00:00Z"),
        ("lt", "2031-04-16", "2031-04-15T23:59:59Z", "2031-04-16T00:00:00Z"),
        ("lte", "2031-04-16", "2031-04-16T23:59:59Z", "2031-04-17T00:00:00Z"),
        ("gt", "2031-04-16", "2031-04-17T00:00:00Z", "2031-04-16T23:59:59Z"),
        ("gte", "2031-04-16", "2031-04-16T00:00:00Z", "2031-04-15T23:59:59Z"),
        ("range", "04/01/2031 - 04/16/2031", "2031-04-16T23:59:59Z", "2031-04-17T00:00:00Z"),
        ("range", "2031-04-01 - 2031-04-16", "2031-04-01T00:00:00Z", "2031-03-31T23:59:59Z"),
        ("range-year-cal", "2029 - 2030", "2030-12-31T23:59:59Z", "2031-01-01T00:00:00Z"),
    ],
)
def test_an_operator_on_a_time_is_true_within_its_bounds_only(operator, value, inside, outside, scope):
    document = ["due", operator, value]
    assert passes(document, due(inside), scope)
    assert not passes(document, due(outside), scope)


def test_today_is_counted_in_the_alert_zone(scope):
    assert passes(["due", "today", "-"], due("2031-04-15T22:30:00Z"), scope, "Europe/Oslo")


@pytest.mark.parametrize(
    ("document", "values", "expected"),
    [
        (["name", "eq", "ÄRGER"], {"name": "ärger"}, True),
        (["name", "not-eq", "x"], {}, True),
        (["name", "eq", ""], {}, False),
        (["name", "null", "-"], {"name": " "}, True),
        (["name", "null"], {"name": "x"}, False),
        (["name", "not-null", ""], {"name": "x"}, True),
        (["tags", "null", "-"], {"tags": []}, True),
        (["tags", "eq", "B"], {"tags": ["a", "b"]}, True),
        (["tags", "not-eq", "b"], {"tags": ["a", "b"]}, False),
        (["name", "CONTAINS", "RÄ"], {"name": "träge"}, True),
        (["amount", "gte", "500"], {"amount": 500}, True),
        (["amount", "lt", 500], {}, False),
        (["amount", "range", "-20 - -10"], {"amount": -15}, True),
        (["amount", "range", "10 - 20"], {"amount": 20}, True),
        (["amount", "range", "10 - 20"], {"amount": 21}, False),
        (["is_paid", "eq", "true"], {"is_paid": True}, True),
        (["name", "eq", 7], {"name": "7"}, True),
        (["country", "eq", "1"], {"country": 1}, True),
        (["opened", "today", "-"], {"opened": "2031-04-16"}, True),
        (["opened", "range-year-cal", "2029 - 2031"], {"opened": "2031-12-31"}, True),
        (
            ["country", "filter", {"group_type": "and", "conditions": [["code", "eq", "no"]]}],
            {"country": 1},
            True,
        ),
        (
            ["country", "filter", {"group_type": "not-or", "conditions": [["code", "eq", "NO"]]}],
            {"country": 3},
            True,
        ),
        (
            ["country", "filter", {"group_type": "not-or", "conditions": [["code", "eq", "NO"]]}],
            {"country": 9},
            False,
        ),
        (["country", "filter", ["code", "null", "-"]], {}, False),
    ],
)
def test_a_condition_is_decided_as_the_contract_says(document, values, expected, scope):
    assert passes(document, values, scope) is expected


@pytest.mark.parametrize(
    ("group", "expected"),
    [
        ("and", [False, False, True]),
        ("or", [False, True, True]),
        ("not-and", [True, True, False]),
        ("not-or", [True, False, False]),
    ],
)
def test_the_four_groups(group, expected, scope):
    document = {"group_type": group, "conditions": [["name", "eq", "a"], ["amount", "eq", 1]]}
    records = [{}, {"name": "a"}, {"name": "a", "amount": 1}]
    assert [passes(document, values, scope) for values in records] == expected


@pytest.mark.parametrize("group", ["and", "or", "not-and", "not-or"])
def test_a_group_without_conditions_passes(group, scope):
    assert passes({"group_type": group, "conditions": []}, {}, scope)


@pytest.mark.parametrize(
    ("document", "code"),
    [
        (["nme", "eq", "x"], "unknown_field"),
        (["country.code", "eq", "NO"], "unknown_field"),
        (["name", "like", "x"], "unknown_operator"),
        (["name", "today", "-"], "unknown_operator"),
        (["amount", "last-n-days", 3], "unknown_operator"),
        (["name", "filter", ["code", "eq", "x"]], "unknown_operator"),
        (["due", "last-n-days", 0], "wrong_type"),
        (["due", "last-n-days", "1.5"], "wrong_type"),
        (["due", "last-n-days", True], "wrong_type"),
        (["due", "eq", "soon"], "wrong_type"),
        (["due", "eq", "13/40/2031"], "wrong_type"),
        (["amount", "eq", "much"], "wrong_type"),
        (["amount", "eq", ["1"]], "wrong_type"),
        (["amount", "range", "20 - 10"], "wrong_type"),
        (["amount", "range", "10"], "wrong_type"),
        (["due", "range-year-cal", "2030 - 2029"], "wrong_type"),
        (["amount", "range-year-cal", "2029 - 2030"], "wrong_type"),
        ({"group_type": "xor", "conditions": []}, "bad_form"),
        ({"group_type": "and", "conditions": {}}, "bad_form"),
        ({"and": []}, "bad_form"),
        ("name", "bad_form"),
    ],
)
def test_what_is_not_a_filter_is_refused(document, code, scope):
    (fault,) = faults(document, scope)
    assert fault.code == code


def test_all_faults_are_told_at_once_with_their_places(scope):
    inner = {"group_type": "or", "conditions": [["cod", "eq", "x"]]}
    document = {"group_type": "and", "conditions": [["amount", "eq", "x"], ["country", "filter", inner]]}
    assert [fault.field for fault in faults(document, scope)] == [
        "filter.conditions.0",
        "filter.conditions.1.filter.conditions.0",
    ]


def test_the_example_of_the_contract_reads(scope):
    document = {
        "group_type": "and",
        "conditions": [
            ["status", "eq", "ready"],
            ["amount", "gte", 500],
            [
                "country",
                "filter",
                {"group_type": "not-or", "conditions": [["code", "eq", "NO"], ["code", "null", "-"]]},
            ],
        ],
    }
    assert passes(document, {"status": "Ready", "amount": 500, "country": 2}, scope)
    assert not passes(document, {"status": "ready", "amount": 500, "country": 1}, scope)
