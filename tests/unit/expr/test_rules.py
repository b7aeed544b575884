"""Filter rules of integrator documents, one test per rule id of wire contract integrator.md section 9."""

import pytest

from headwater.expr import rules
from headwater.kernel.errors import InvalidError


def passes(rule, record, **options):
    return rules.compile(rule, **options)(record)


def faults_of(rule):
    with pytest.raises(InvalidError) as caught:
        rules.compile(rule)
    assert caught.value.code == "invalid_filter"
    return caught.value.faults


def test_x1_and_of_text_and_number():
    rule = [
        "and",
        ["equals", ["string", ["extract", "type"]], "sail"],
        ["greaterthan", ["number", ["extract", "length"]], 8],
    ]
    assert passes(rule, {"type": "sail", "length": "8.5"})
    assert not passes(rule, {"type": "sail", "length": "8"})
    assert not passes(rule, {"type": "motor", "length": "8.5"})


def test_x2_empty_text_at_a_nested_path_is_empty():
    assert not passes(["notempty", ["extract", "crew.name"]], {"crew": {"name": ""}})
    assert passes(["empty", ["extract", "crew.name"]], {})
    assert passes(["notempty", ["extract", "crew.name"]], {"crew": {"name": "Liv"}})


def test_x3_or_with_not_and_contains_of_a_list():
    rule = [
        "or",
        ["startswith", ["lowercase", ["extract", "id"]], "n"],
        ["not", ["contains", ["extract", "tags"], "old"]],
    ]
    assert passes(rule, {"id": "K1", "tags": ["new"]})
    assert not passes(rule, {"id": "K1", "tags": ["old"]})
    assert passes(rule, {"id": "N1", "tags": ["old"]})


@pytest.mark.parametrize("rule", [[], None, {"type": "expression"}, {"rules": []}])
def test_x4_no_rules_let_everything_pass(rule):
    assert passes(rule, {"any": 1})


def test_x5_functions_nest_in_operands():
    assert passes(["equals", ["number", ["extract", "n"]], ["ceiling", ["abs", -2.2]]], {"n": 3})


def test_x6_a_missing_field_is_empty_text_and_null_and_no_number():
    assert passes(["equals", ["string", ["extract", "x"]], ""], {})
    assert passes(["equals", ["string", ["extract", "x"]], None], {})
    assert passes(["equals", ["extract", "x"], ""], {})
    for operator in ("equals", "greaterthan", "greaterthanequals", "lessthan", "lessthanequals"):
        assert not passes([operator, ["number", ["extract", "x"]], 0], {})
        assert not passes([operator, 0, ["number", ["extract", "x"]]], {})
        assert not passes([operator, ["extract", "x"], 0], {})
    assert passes(["notequals", ["number", ["extract", "x"]], 0], {})


@pytest.mark.parametrize("operator", ["isempty", "isnotempty", "like", "EQUALS", "__import__"])
def test_x7_unknown_operators_are_refused(operator):
    faults = faults_of(["and", ["empty", ["extract", "a"]], [operator, ["extract", "a"]]])
    assert faults[0].field == "2"
    assert operator in faults[0].detail


def test_every_fault_is_reported_with_its_place():
    rule = ["and", ["equals", 1], ["or", ["nope", 1], ["extract"]], {"a": 1}]
    assert [fault.field for fault in faults_of(rule)] == ["1", "2.1", "2.2", "3"]


def test_rules_are_read_from_every_form_of_the_document():
    rule = ["equals", ["extract", "a"], 1]
    for document in (
        rule,
        {"version": "1", "rules": rule},
        {"type": "expression", "expression": {"version": "1", "rules": rule}},
        {"type": "expression", "expression": {"version": "1", "rules": rule}, "rules": rule, "version": "1"},
    ):
        assert passes(document, {"a": 1})
        assert not passes(document, {"a": 2})


def test_a_script_filter_and_a_wrong_type_are_refused():
    faults_of({"type": "script", "script": {"_scriptId": "a", "function": "b"}})
    faults_of("equals")
    faults_of({"rules": "equals"})


@pytest.mark.parametrize(
    ("rule", "record", "expected"),
    [
        (["notequals", ["extract", "a"], "x"], {"a": "y"}, True),
        (["greaterthanequals", ["number", ["extract", "a"]], 2], {"a": "2"}, True),
        (["lessthan", ["extract", "a"], ["extract", "b"]], {"a": "10", "b": "9"}, True),
        (["lessthan", ["extract", "a"], ["extract", "b"]], {"a": 10, "b": 9}, False),
        (["lessthanequals", ["extract", "a"], ["extract", "b"]], {"a": 9, "b": "9"}, True),
        (["endswith", ["extract", "a"], "rk"], {"a": "bark"}, True),
        (["doesnotcontain", ["extract", "a"], "k"], {"a": "bark"}, False),
        (["contains", ["string", ["extract", "a"]], "ar"], {"a": "bark"}, True),
        (["anyof", ["extract", "a"], ["x", "y"]], {"a": "y"}, True),
        (["anyof", ["extract", "a"], "x", "y"], {"a": "z"}, False),
        (["anyof", ["extract", "a"], ["extract", "b"]], {"a": "z", "b": "z"}, True),
        (["uppercase", ["extract", "a"]], {"a": ""}, False),
        (["equals", ["uppercase", ["extract", "a"]], "Å"], {"a": "å"}, True),
        (["equals", ["boolean", ["extract", "a"]], True], {"a": "yes"}, True),
        (["equals", ["extract", "a"], 1], {"a": True}, False),
        (["equals", ["add", 1, ["extract", "a"], 2], 6], {"a": "3"}, True),
        (["equals", ["subtract", 5, 2], ["divide", 9, 3]], {}, True),
        (["equals", ["divide", 1, 0], ["divide", 1, 0]], {}, False),
        (["equals", ["multiply", 3, 4], 12], {}, True),
        (["equals", ["floor", 2.9], 2], {}, True),
        (["equals", ["floor", ["extract", "nothing"]], 2], {}, False),
        (["greaterthan", ["epochtime", ["extract", "a"]], 0], {"a": "1970-01-01T00:00:01Z"}, True),
        (["equals", ["epochtime", ["extract", "a"]], 86400000], {"a": "1970-01-02"}, True),
        (["equals", ["extract", "data[1].id"], 5], {"data": [{"id": 4}, {"id": 5}]}, True),
        (["equals", ["extract", "data.1.id"], 5], {"data": [{"id": 4}, {"id": 5}]}, True),
        (["equals", ["string", ["extract", "a"]], "12"], {"a": 12.0}, True),
        (["extract", "active"], {"active": True}, True),
    ],
)
def test_operators_answer_as_the_contract_says(rule, record, expected):
    assert passes(rule, record) is expected


def test_settings_are_read_by_scope():
    rule = ["equals", ["extract", "a"], ["settings", "flow.x"]]
    assert passes(rule, {"a": 3}, settings={"flow": {"x": 3}})
    assert not passes(rule, {"a": 3})


def test_grouped_rows_are_reached_by_index():
    assert passes(["equals", ["extract", "0.sku"], "a"], [{"sku": "a"}])
    assert not passes(["equals", ["extract", "sku"], "a"], [{"sku": "a"}])


@pytest.mark.parametrize("record", [None, 5, "text", [], [1], {"a": None}, {"a": {"b": []}}, {"a": [[[]]]}])
def test_odd_records_never_raise(record):
    rule = [
        "or",
        ["greaterthan", ["number", ["extract", "a"]], 1],
        ["contains", ["extract", "a"], "x"],
        ["startswith", ["extract", "a.b"], "x"],
        ["equals", ["ceiling", ["extract", "a"]], ["multiply", ["extract", "a"], 2]],
        ["greaterthan", ["epochtime", ["extract", "a"]], 1],
        ["matches", ["extract", "a"], "^x+$"],
    ]
    assert passes(rule, record) is False


def test_numbers_read_as_text_stay_exact_and_odd_forms_are_no_numbers():
    rule = ["equals", ["number", ["extract", "a"]], 9007199254740993]
    assert passes(rule, {"a": "9007199254740993"})
    assert not passes(rule, {"a": "9007199254740992"})
    for text in ("1_0", "nan", "inf", "Infinity", "१२", "0x10", "1e999", ""):
        assert passes(["notequals", ["number", ["extract", "a"]], ["number", ["extract", "a"]]], {"a": text})


def test_text_in_rules_is_data_and_never_code():
    text = '\'); raise SystemExit #\n""" \\ {x} \x00 \ud800'
    rule = ["and", ["equals", ["extract", "a"], text], ["equals", ["extract", text.replace(".", "")], 1]]
    assert passes(rule, {"a": text, text.replace(".", ""): 1}) is True


def test_deep_and_wide_rules_are_refused_and_do_not_exhaust_the_stack():
    deep = ["extract", "a"]
    for _ in range(100_000):
        deep = ["not", deep]
    assert "deep" in faults_of(deep)[0].detail
    assert "parts" in faults_of(["and", *([["empty", ["extract", "a"]]] * 900)])[0].detail
    at_the_limit = ["extract", "a"]
    for _ in range(rules.MAX_DEPTH):
        at_the_limit = ["not", at_the_limit]
    assert passes(at_the_limit, {"a": 1}) is True
