"""Reading the body of a template."""

import itertools

import pytest

from headwater.applications.template_body import Faults, read_mapping, read_steps


def read(steps):
    faults = Faults()
    found = read_steps(steps, faults, itertools.count(100).__next__)
    return found, {fault.field: fault.code for fault in faults.found}


def test_step_and_items_get_ids_and_positions():
    (step,), faults = read([{"title": "Papers", "items": [{"title": "Proof"}, {"id": 5, "title": "Plan"}]}])

    assert faults == {}
    assert [(item.title, item.kind, item.mandatory, item.position) for item in step.items] == [
        ("Proof", "document", True, 0),
        ("Plan", "document", True, 1),
    ]
    assert step.items[1].id == 5


def test_extensions_are_lower_case_without_dots():
    (step,), _ = read([{"items": [{"title": "Proof", "accept": [".PDF", "png"]}]}])

    assert step.items[0].accept == ("pdf", "png")


@pytest.mark.parametrize(
    ("steps", "expected"),
    [
        ("x", {"steps": "not_a_list"}),
        ([{"items": [{}]}], {"steps.0.items.0.title": "required"}),
        ([{"items": [{"title": "T", "kind": "poem"}]}], {"steps.0.items.0.kind": "unknown_kind"}),
        ([{"items": [{"title": "T", "kind": "form"}]}], {"steps.0.items.0.kind": "not_built"}),
        ([{"items": [{"title": "T", "kind": "statement"}]}], {"steps.0.items.0.statement": "required"}),
        (
            [{"items": [{"title": "T", "max_size_mb": -1, "mandatory": "perhaps"}]}],
            {
                "steps.0.items.0.max_size_mb": "not_whole_number",
                "steps.0.items.0.mandatory": "not_true_or_false",
            },
        ),
    ],
)
def test_every_fault_is_named_by_its_place(steps, expected):
    assert read(steps)[1] == expected


def test_more_than_two_hundred_items_are_refused():
    assert read([{"items": [{"title": "T"}] * 201}])[1] == {"steps": "too_many_items"}


def test_record_rule_reads_its_key_and_fields():
    faults = Faults()
    rule = {
        "module": "city",
        "on": "approved",
        "operation": "update",
        "key": {"code": "custom.city"},
        "fields": {"population": "custom.population"},
    }

    mapping = read_mapping(rule, faults)

    assert faults.found == []
    assert mapping.key == ("code", "custom.city")


def test_record_rule_without_key_cannot_update():
    faults = Faults()

    read_mapping(
        {"module": "city", "on": "approved", "operation": "update", "fields": {"p": "env.secret"}}, faults
    )

    assert {fault.field: fault.code for fault in faults.found} == {
        "record_mapping.key": "required",
        "record_mapping.fields.p": "unknown_path",
    }
