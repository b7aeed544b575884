"""What a document must have to be stored (W19, W20, S1, S2, B3)."""

import pytest

from tests.unit.flows.document_store import IMPORT, Store, faults
from tests.unit.flows.integrator_samples import SIMPLE, with_ids


@pytest.fixture
def store(database, clock):
    return Store(database, clock)


@pytest.mark.parametrize(
    ("kind", "body", "expected"),
    [
        ("flow", {}, [("name", "missing_required_field")]),
        ("export", {}, [("name", "missing_required_field"), ("adaptorType", "missing_required_field")]),
        ("import", {"name": "i", "adaptorType": "HTTPImport"}, [("_connectionId", "missing_required_field")]),
        (
            "export",
            {"name": "i", "adaptorType": "HTTPExport", "isLookup": True},
            [("_connectionId", "missing_required_field")],
        ),
        ("connection", {"name": "c"}, [("type", "missing_required_field")]),
        (
            "flow",
            {"name": "f", "pageGenerators": [{}], "pageProcessors": [{"type": "import"}, {}, {"type": "x"}]},
            [
                ("pageGenerators.0._exportId", "missing_required_field"),
                ("pageProcessors.0._importId", "missing_required_field"),
                ("pageProcessors.1.type", "missing_required_field"),
                ("pageProcessors.2.type", "invalid_field"),
            ],
        ),
        (
            "flow",
            {"name": "f", "routers": [{"branches": [{"pageProcessors": [{"type": "export"}]}]}]},
            [("routers.0.branches.0.pageProcessors.0._exportId", "missing_required_field")],
        ),
    ],
)
def test_w19_required_fields_are_reported_together(store, kind, body, expected):
    assert faults(store.create, kind, body) == expected


@pytest.mark.parametrize(
    "adaptor", ["WebhookExport", "SimpleExport", "HeadwaterExport", "HeadwaterQueueExport"]
)
def test_w19_exports_of_our_own_need_no_connection(store, adaptor):
    assert store.create("export", {"name": "e", "adaptorType": adaptor})["adaptorType"] == adaptor


def test_w20_an_alias_needs_one_reference_and_an_integration(store):
    ids = store.ids()
    alias = {"alias": "boats", "_exportId": ids["_exportId"]}
    integration = {"_integrationId": ids["_integrationId"]}
    assert store.create("flow", {"name": "f", "aliases": [alias], **integration})
    assert faults(store.create, "flow", {"name": "f", "aliases": [alias]}) == [
        ("aliases", "alias_not_supported")
    ]
    bad = {"name": "f", "aliases": [alias, {"alias": "x"}], **integration}
    assert faults(store.create, "flow", bad) == [("aliases.1", "missing_required_field")]
    two = {"name": "f", "aliases": [{**alias, "_importId": ids["_importId"]}], **integration}
    assert faults(store.create, "flow", two) == [("aliases.0", "invalid_field")]


def test_references_to_nothing_are_refused_together(store):
    ids = store.ids()
    body = with_ids(SIMPLE, {"_exportId": "x", "_importId": "0" * 24, "_integrationId": ids["_exportId"]})
    found = faults(store.create, "flow", body)
    assert sorted(found) == [
        ("_exportId", "invalid_field"),
        ("_importId", "invalid_ref"),
        ("_integrationId", "invalid_ref"),
    ]
    assert faults(store.create, "flow", {**body, "_exportId": "a\u0000"})[0] == ("_exportId", "invalid_field")
    assert faults(store.create, "flow", {**body, "_exportId": {"$ne": 1}})[0] == (
        "_exportId",
        "invalid_field",
    )


def test_processors_and_routers_exclude_each_other(store):
    ids = store.ids()
    processor = {"type": "import", "_importId": ids["_importId"]}
    body = {"name": "f", "pageProcessors": [processor], "routers": [{"branches": []}]}
    assert faults(store.create, "flow", body) == [("routers", "invalid_flow")]


@pytest.mark.parametrize(
    "schedule", ["? 15 6 ? * 1,3", "? 0 2 ? * *", "? */5 * ? * *", "? 0 0-4 1 1-6 ?", "", None]
)
def test_s1_schedules_that_are_good(store, schedule):
    assert store.create("flow", {"name": "f", "schedule": schedule})["schedule"] == schedule


@pytest.mark.parametrize(
    "schedule", ["* 15 6 ? * 1", "? 61 6 ? * 1", "15 6 ? * 1", "? a b c d e", "x" * 5000, 5]
)
def test_s2_bad_schedules_and_zones_are_refused(store, schedule):
    found = faults(store.create, "flow", {"name": "f", "schedule": schedule, "timezone": "Mars/Base"})
    assert {field for field, code in found if code == "invalid_field"} == {"schedule", "timezone"}


def test_b3_templates_are_read_when_a_document_is_saved(store):
    http = {
        "relativeURI": ["/a/{{x}", "/ok"],
        "headers": [{"name": "a", "value": "{{#if}}"}],
        "body": ["{{x}}"],
    }
    found = faults(store.create, "import", {**IMPORT, "http": http, "dataURITemplate": "{{nope 1}}"})
    assert found == [
        ("dataURITemplate", "handlebars_template_parse_error"),
        ("http.relativeURI.0", "handlebars_template_parse_error"),
        ("http.headers.0.value", "handlebars_template_parse_error"),
    ]


@pytest.mark.parametrize("body", [None, [], "x", 5, True])
def test_a_body_that_is_no_object_is_refused(store, body):
    assert faults(store.create, "flow", body) == [("", "invalid_field")]


def test_wrong_types_are_refused_with_the_place(store):
    body = {
        "name": {"$gt": ""}, "disabled": "yes", "pageGenerators": {}, "pageProcessors": [5, None],
        "routers": "x", "aliases": [[]], "description": 5,
    }  # fmt: skip
    fields = {field for field, _ in faults(store.create, "flow", body)}
    assert fields == {
        "name", "disabled", "pageGenerators", "pageProcessors.0", "pageProcessors.1", "routers",
        "description",
    }  # fmt: skip
    assert faults(store.create, "flow", {"name": "a\u0000b"}) == [("name", "invalid_field")]
    assert faults(store.create, "script", {"name": "x" * 101}) == [("name", "invalid_field")]
