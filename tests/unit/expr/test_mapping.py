"""Mapper 1.0 and 2.0, one test per rule id of wire contract integrator.md section 10."""

import copy

import pytest

from headwater.expr import mapping
from headwater.kernel.errors import InvalidError, SkipError


def fields(*documents, lists=(), lookups=()):
    return mapping.compile({"mapping": {"fields": list(documents), "lists": list(lists)}, "lookups": lookups})


def tree(*documents, **options):
    active = [{"status": "Active", **each} for each in documents]
    return mapping.compile({"mappings": active, **options})


def faults_of(document):
    with pytest.raises(InvalidError) as caught:
        mapping.compile(document)
    assert caught.value.code == "invalid_mapping"
    return [(fault.field, fault.detail) for fault in caught.value.faults]


def refusal(compiled, record):
    with pytest.raises(SkipError) as caught:
        compiled(record)
    return caught.value.code, caught.value.detail


def test_m1_dots_in_generate_nest():
    assert fields({"extract": "len", "generate": "dim.l"})({"len": 9}) == {"dim": {"l": 9}}
    two = fields({"extract": "len", "generate": "dim.l"}, {"extract": "w", "generate": "dim.w"})
    assert two({"len": 9, "w": 3}) == {"dim": {"l": 9, "w": 3}}
    assert fields({"extract": "a", "generate": "b.c.d"})({"a": 1}) == {"b": {"c": {"d": 1}}}
    assert fields({"extract": "a", "generate": "b[1].d"})({"a": 1}) == {"b": [None, {"d": 1}]}


def test_m2_the_constant_wins_then_the_lookup_then_the_extract_and_empty_takes_the_default():
    assert fields({"extract": "x", "default": "n/a", "generate": "y"})({}) == {"y": "n/a"}
    assert fields({"extract": "x", "default": "n/a", "generate": "y"})({"x": ""}) == {"y": "n/a"}
    assert fields({"extract": "x", "hardCodedValue": "k", "generate": "y"})({"x": 1}) == {"y": "k"}
    ports = [{"name": "ports", "map": {"NO": "Norway"}, "default": "?"}]
    looked_up = fields({"extract": "x", "lookupName": "ports", "generate": "y"}, lookups=ports)
    assert looked_up({"x": "NO"}) == {"y": "Norway"}
    assert looked_up({"x": "SE"}) == {"y": "?"}


def test_m3_empty_is_discarded_or_empty_text_and_missing_is_left_out():
    discarding = fields({"extract": "x", "generate": "y", "discardIfEmpty": True})
    keeping = fields({"extract": "x", "generate": "y"})
    assert discarding({"x": ""}) == discarding({"x": None}) == discarding({}) == {}
    assert keeping({"x": ""}) == keeping({"x": None}) == {"y": ""}
    assert keeping({}) == {}
    assert keeping({"x": 0}) == {"y": 0}


def test_m4_an_extract_with_braces_is_a_template():
    assert fields({"extract": "{{first}} {{last}}", "generate": "name"})({"first": "A", "last": "Ø&"}) == {
        "name": "A Ø&"
    }


def test_m5_lists_give_one_item_per_element():
    document = {
        "generate": "rows",
        "jsonPath": "lines",
        "fields": [{"extract": "lines[*].sku", "generate": "s"}, {"extract": "id", "generate": "parent"}],
    }
    compiled = fields(lists=[document])
    assert compiled({"id": 7, "lines": [{"sku": "a"}, {"sku": "b"}]}) == {
        "rows": [{"s": "a", "parent": 7}, {"s": "b", "parent": 7}]
    }
    assert compiled({"id": 7, "lines": []}) == {"rows": []}
    assert compiled({"id": 7}) == {}
    without_path = fields(lists=[{**document, "jsonPath": None}])
    assert without_path({"id": 7, "lines": [{"sku": "a"}]}) == {"rows": [{"s": "a", "parent": 7}]}


def test_m6_a_data_type_that_does_not_fit_is_a_mapping_error_of_that_record_only():
    compiled = fields({"extract": "l", "generate": "len", "dataType": "number"})
    assert refusal(compiled, {"l": "8,5"}) == ("mapping", "Field 'len' wants a number; got '8,5'.")
    assert compiled({"l": "8.5"}) == {"len": 8.5}
    assert compiled({"l": " 8 "}) == {"len": 8}
    assert isinstance(compiled({"l": "8"})["len"], int)


@pytest.mark.parametrize(
    ("data_type", "value", "expected"),
    [
        ("string", 12.0, "12"),
        ("string", True, "true"),
        ("boolean", "yes", True),
        ("boolean", "false", False),
        ("stringarray", [1, "b"], ["1", "b"]),
        ("stringarray", "a", ["a"]),
        ("numberarray", ["1", 2.5], [1, 2.5]),
    ],
)
def test_m6_data_types_convert(data_type, value, expected):
    assert fields({"extract": "x", "generate": "y", "dataType": data_type})({"x": value}) == {"y": expected}


@pytest.mark.parametrize(
    ("data_type", "value", "expected"),
    [
        ("string", 5, "5"),
        ("number", "5", 5),
        ("boolean", "true", True),
        ("object", {"a": 1}, {"a": 1}),
        ("object", '{"a": 1}', {"a": 1}),
        ("stringarray", [1], ["1"]),
        ("numberarray", ["1"], [1]),
        ("booleanarray", ["true"], [True]),
        ("objectarray", [{"a": 1}], [{"a": 1}]),
        ("arrayarray", [[1], [2]], [[1], [2]]),
    ],
)
def test_m7_data_types_of_mapper_2(data_type, value, expected):
    assert tree({"generate": "y", "dataType": data_type, "extract": "$.x"})({"x": value}) == {"y": expected}


@pytest.mark.parametrize(
    ("data_type", "value"), [("number", "x"), ("boolean", "x"), ("object", "x"), ("objectarray", ["x"])]
)
def test_m7_a_value_of_another_type_is_a_mapping_error(data_type, value):
    compiled = tree({"generate": "y", "dataType": data_type, "extract": "$.x"})
    assert refusal(compiled, {"x": value})[0] == "mapping"


def test_m8_status_is_required_and_drafts_are_skipped():
    active = {"generate": "a", "extract": "$.a", "status": "Active"}
    draft = {"generate": "b", "extract": "$.a", "status": "Draft"}
    assert mapping.compile([active, draft])({"a": 1}) == {"a": 1}
    assert faults_of([{"generate": "a", "extract": "$.a"}]) == [
        ("mappings.0.status", "Mapping object must have status field present")
    ]


def test_m9_extract_is_a_path_a_template_or_a_literal():
    compiled = tree(
        {"generate": "a", "extract": "$.id"},
        {"generate": "b", "extract": "EUR"},
        {"generate": "c", "extract": "{{id}}-{{record.id}}"},
        {"generate": "d", "extract": "$"},
        {"generate": "e", "extract": "$['odd key'][0]"},
    )
    record = {"id": 4, "odd key": ["x"]}
    assert compiled(record) == {"a": 4, "b": "EUR", "c": "4-4", "d": record, "e": "x"}


def test_m10_dots_in_generate_are_part_of_the_key_and_objects_nest():
    compiled = tree(
        {"generate": "a.b", "extract": "$.x", "dataType": "number"},
        {
            "generate": "o",
            "dataType": "object",
            "mappings": [{"generate": "i", "extract": "$.x", "status": "Active"}],
        },
    )
    assert compiled({"x": 1}) == {"a.b": 1, "o": {"i": 1}}
    assert compiled({}) == {}


def test_m11_array_builders_are_concatenated_and_read_the_current_element():
    compiled = tree(
        {"generate": "skus", "dataType": "stringarray", "buildArrayHelper": [{"extract": "$.items[*].sku"}]}
    )
    assert compiled({"items": [{"sku": "a"}, {"sku": "b"}]}) == {"skus": ["a", "b"]}
    assert compiled({"items": []}) == {"skus": []}
    assert compiled({}) == {}
    inner = [
        {"generate": "sku", "extract": "$.orders.items.sku", "status": "Active"},
        {"generate": "order", "extract": "$.orders.id", "status": "Active"},
        {"generate": "customer", "extract": "$.customer", "status": "Active"},
    ]
    both = tree(
        {
            "generate": "lines",
            "dataType": "objectarray",
            "buildArrayHelper": [
                {"extract": "$.orders[*].items[*]", "mappings": inner},
                {"extract": "$.more"},
            ],
        }
    )
    record = {
        "customer": "C",
        "orders": [{"id": 1, "items": [{"sku": "a"}, {"sku": "b"}]}, {"id": 2, "items": [{"sku": "c"}]}],
        "more": [{"sku": "z"}],
    }
    assert both(record)["lines"] == [
        {"sku": "a", "order": 1, "customer": "C"},
        {"sku": "b", "order": 1, "customer": "C"},
        {"sku": "c", "order": 2, "customer": "C"},
        {"sku": "z"},
    ]


def test_m11_arrays_nest_in_arrays():
    items = {
        "generate": "items",
        "dataType": "objectarray",
        "status": "Active",
        "buildArrayHelper": [
            {
                "extract": "$.orders.items[*]",
                "mappings": [{"generate": "s", "extract": "$.orders.items.sku", "status": "Active"}],
            }
        ],
    }
    compiled = tree(
        {
            "generate": "orders",
            "dataType": "objectarray",
            "buildArrayHelper": [{"extract": "$.orders[*]", "mappings": [items]}],
        }
    )
    record = {"orders": [{"items": [{"sku": "a"}]}, {"items": [{"sku": "b"}, {"sku": "c"}]}]}
    assert compiled(record) == {
        "orders": [{"items": [{"s": "a"}]}, {"items": [{"s": "b"}, {"s": "c"}]}],
    }


def test_m12_conditions_choose_by_operation_and_by_emptiness():
    document = [
        {"generate": "c", "extract": "$.a", "status": "Active", "conditional": {"when": "record_created"}},
        {"generate": "u", "extract": "$.a", "status": "Active", "conditional": {"when": "record_updated"}},
        {"generate": "e", "extract": "$.b", "status": "Active", "conditional": {"when": "extract_not_empty"}},
    ]
    assert mapping.compile(document, operation="insert")({"a": 1, "b": ""}) == {"c": 1}
    assert mapping.compile(document, operation="update")({"a": 1, "b": 2}) == {"u": 1, "e": 2}
    assert mapping.compile(document)({"a": 1, "b": None}) == {"c": 1, "u": 1}
    document[0]["conditional"] = {"when": "on_tuesdays"}
    assert faults_of(document)[0][0] == "mappings.0.conditional.when"


def test_m13_grouped_rows_are_read_from_the_root():
    compiled = tree(
        {"generate": "first", "extract": "$[0].sku"},
        {
            "generate": "rows",
            "dataType": "objectarray",
            "buildArrayHelper": [
                {"extract": "$[*]", "mappings": [{"generate": "s", "extract": "$.sku", "status": "Active"}]}
            ],
        },
    )
    assert compiled([{"sku": 1}, {"sku": 2}]) == {"first": 1, "rows": [{"s": 1}, {"s": 2}]}


def test_m14_mapper_2_wins_over_mapper_1():
    both = {
        "mapping": {"fields": [{"extract": "a", "generate": "one"}]},
        "mappings": [{"generate": "two", "extract": "$.a", "status": "Active"}],
    }
    assert mapping.compile(both)({"a": 1}) == {"two": 1}


def test_k1_a_lookup_without_hit_is_a_lookup_error_unless_failures_are_allowed():
    strict = fields({"extract": "x", "lookupName": "p", "generate": "y"}, lookups=[{"name": "p", "map": {}}])
    assert refusal(strict, {"x": "NO"}) == ("lookup", "Lookup 'p' has no value for 'NO'.")
    forgiving = [{"name": "p", "map": {}, "allowFailures": True}]
    assert fields({"extract": "x", "lookupName": "p", "generate": "y"}, lookups=forgiving)({"x": "NO"}) == {
        "y": ""
    }
    in_tree = tree({"generate": "y", "extract": "$.x", "lookupName": "p"}, lookups=forgiving)
    assert in_tree({"x": "NO"}) == {"y": None}
    assert in_tree({}) == {"y": None}


def test_a_lookup_that_is_unknown_or_not_static_is_refused():
    field = {"extract": "x", "lookupName": "p", "generate": "y"}
    assert faults_of({"mapping": {"fields": [field]}})[0][0] == "mapping.fields.0.lookupName"
    dynamic = {"mapping": {"fields": [field]}, "lookups": [{"name": "p", "relativeURI": "/x"}]}
    assert "no static map" in faults_of(dynamic)[0][1]


def test_dates_are_rewritten_in_formats_and_zones():
    field = {
        "extract": "d",
        "generate": "d",
        "extractDateFormat": "DD.MM.YYYY HH:mm",
        "extractDateTimezone": "Europe/Oslo",
        "generateDateFormat": "YYYY-MM-DD[T]HH:mm:ssZ",
    }
    assert fields(field)({"d": "01.07.2031 12:00"}) == {"d": "2031-07-01T10:00:00+00:00"}
    assert refusal(fields(field), {"d": "July"})[0] == "mapping"
    default_out = tree({"generate": "d", "dataType": "string", "extract": "$.d", "extractDateFormat": "X"})
    assert default_out({"d": 1}) == {"d": "1970-01-01T00:00:01.000Z"}
    assert faults_of({"fields": [{**field, "extractDateTimezone": "Mars/Base"}]})[0][0] == "mapping.fields.0"


def test_an_immutable_field_is_left_out_of_updates():
    document = {"fields": [{"extract": "a", "generate": "a", "immutable": True}]}
    assert mapping.compile(document, operation="update")({"a": 1}) == {}
    assert mapping.compile(document, operation="insert")({"a": 1}) == {"a": 1}


def test_no_mapping_is_none():
    assert mapping.compile({"name": "x"}) is None
    assert mapping.compile({"mapping": {}, "mappings": []}) is None


def test_the_record_is_never_changed():
    record = {"a": {"b": 1}, "lines": [{"x": 1}]}
    before = copy.deepcopy(record)
    compiled = fields(
        {"extract": "a", "generate": "o"},
        {"hardCodedValue": 5, "generate": "o.b"},
        {"extract": "lines", "generate": "l"},
    )
    assert compiled(record)["o"] == {"b": 5}
    assert record == before


def test_every_fault_of_a_mapping_is_reported_with_its_place():
    found = faults_of(
        {
            "fields": [
                {"extract": "a"},
                {"extract": "a[", "generate": "x"},
                7,
                {"generate": "b", "dataType": "x"},
            ],
            "lists": [{"generate": "l"}],
        }
    )
    places = [place for place, _ in found]
    assert "mapping.fields.0.generate" in places
    assert "mapping.fields.1.extract" in places
    assert "mapping.fields.2" in places
    assert "mapping.fields.3.dataType" in places
    assert "mapping.lists.0.fields" in places


@pytest.mark.parametrize(
    "document",
    [
        {"mapping": "x"},
        {"mapping": {"fields": "x"}},
        {"mappings": [None]},
        {"mappings": [{"generate": 5, "status": "Active"}]},
        {"mappings": [{"generate": "a", "status": "Active", "extract": 5}]},
        {"mappings": [{"generate": "a", "status": "Active", "dataType": ["x"]}]},
        {
            "mappings": [
                {"generate": "a", "status": "Active", "dataType": "stringarray", "buildArrayHelper": 5}
            ]
        },
        {"mapping": {"fields": [{"generate": "a", "extract": {"x": 1}}]}},
        {"mapping": {"fields": [{"generate": "a", "hardCodedValue": "x", "dataType": "number"}]}},
    ],
)
def test_wrong_types_in_a_mapping_are_faults(document):
    assert faults_of(document)


def test_deep_mappings_are_refused():
    inner = {"generate": "a", "status": "Active", "extract": "$.a"}
    for _ in range(200):
        inner = {"generate": "a", "status": "Active", "dataType": "object", "mappings": [inner]}
    assert "deep" in faults_of([inner])[0][1]
    path = "$" + "[*]" * 30
    nested = {"generate": "a", "status": "Active", "dataType": "objectarray"}
    nested["buildArrayHelper"] = [{"extract": path, "mappings": [{**inner, "mappings": []}]}]
    assert "deep" in faults_of([nested])[0][1]


def test_names_in_a_mapping_are_data_and_never_code():
    text = "'] = 1; raise SystemExit #\n\\"
    assert fields({"extract": "a", "generate": "['" + text.replace("'", "") + "']"})({"a": 1})
    assert tree({"generate": text, "extract": "$.a"})({"a": 1}) == {text: 1}


def test_an_index_far_beyond_a_list_is_refused():
    assert faults_of({"fields": [{"extract": "a", "generate": "b[999999999]"}]})


def test_a_value_that_nests_too_deep_fails_its_record_only():
    deep = []
    for _ in range(900):
        deep = [deep]
    compiled = fields({"extract": "a", "generate": "a", "dataType": "string"})
    assert refusal(compiled, {"a": deep})[0] == "too_deep"
