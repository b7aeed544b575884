"""Filters of alerts in both forms, and what is stored of them."""

import pytest

from headwater.alerts import filters
from headwater.expr.filter import EVERYTHING, And, Condition
from headwater.expr.scope import FieldScope, FieldType
from headwater.kernel.errors import InvalidError

CODE = FieldType("code", "text", column="f_1", folded_column="f_1_k")
SCOPE = FieldScope(
    "r_1",
    {
        "name": FieldType("name", "text", column="f_2", folded_column="f_2_k"),
        "amount": FieldType("amount", "number", column="f_3"),
        "country": FieldType("country", "reference", column="f_4"),
    },
    {"country": FieldScope("r_2", {"code": CODE})},
)


@pytest.mark.parametrize(
    ("document", "expected"),
    [
        (None, EVERYTHING),
        (["amount", "gte", "5"], Condition(("amount",), "gte", 5)),
        (["name", "null", "-"], Condition(("name",), "empty")),
        (["name", "not_empty"], Condition(("name",), "not_empty")),
        (["country.code", "eq", "NO"], Condition(("country", "code"), "eq", "NO")),
        ({"group_type": "and", "conditions": [["amount", "eq", 5]]}, And((Condition(("amount",), "eq", 5),))),
        ({"and": [["amount", "eq", 5]]}, And((Condition(("amount",), "eq", 5),))),
    ],
)
def test_either_form_is_read(document, expected):
    assert filters.parse(document, SCOPE) == expected


def test_a_basic_list_and_an_advanced_filter_become_one_document():
    basic, advanced = [["name", "eq", "Odda"], ["country.code", "eq", "NO"]], {"not": ["amount", "eq", 5]}
    document = filters.joined(basic, advanced)
    assert document == {
        "and": [
            {"group_type": "and", "conditions": [["name", "eq", "Odda"]]},
            ["country.code", "eq", "NO"],
            {"not": ["amount", "eq", 5]},
        ]
    }
    assert isinstance(filters.parse(document, SCOPE), And)


@pytest.mark.parametrize(
    ("basic", "advanced", "stored"),
    [(None, None, None), ([], None, None), ([], ["amount", "eq", 1], ["amount", "eq", 1])],
)
def test_nothing_basic_leaves_the_advanced_filter(basic, advanced, stored):
    assert filters.joined(basic, advanced) == stored


@pytest.mark.parametrize("basic", [{}, {"and": []}, ["name", "eq", "x"], [["name", "eq", "x"], {}]])
def test_a_basic_filter_is_a_list_of_conditions(basic):
    with pytest.raises(InvalidError):
        filters.joined(basic, None)


def test_faults_in_both_forms_are_told_at_once():
    document = {"and": [{"group_type": "and", "conditions": [["nope", "eq", 1]]}, ["amount", "eq", "x"]]}
    with pytest.raises(InvalidError) as caught:
        filters.parse(document, SCOPE)
    assert [fault.field for fault in caught.value.faults] == ["filter.and.0.conditions.0", "filter.and.1"]


@pytest.mark.parametrize(
    ("document", "conditions"),
    [
        (None, []),
        (["amount", "eq", 1], [["amount", "eq", 1]]),
        ({"group_type": "and", "conditions": [["amount", "eq", 1]]}, [["amount", "eq", 1]]),
        ({"and": [["amount", "eq", 1]]}, [["amount", "eq", 1]]),
        ({"or": [["amount", "eq", 1]]}, None),
        ({"group_type": "or", "conditions": [["amount", "eq", 1]]}, None),
        ({"and": [{"or": []}]}, None),
    ],
)
def test_a_plain_list_of_conditions_is_shown_as_one(document, conditions):
    assert filters.basic_conditions(document) == conditions


def test_a_renamed_field_is_renamed_wherever_it_stands():
    document = {"and": [["amount", "eq", 1], {"not": ["country.code", "eq", "amount"]}]}
    names = {"amount": "total", "country": "land"}
    assert filters.renamed(document, names) == {
        "and": [["total", "eq", 1], {"not": ["land.code", "eq", "amount"]}]
    }
