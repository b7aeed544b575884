"""JSON Patch on documents (W10 to W12)."""

import pytest

from tests.unit.flows.document_store import Store, faults


@pytest.fixture
def store(database, clock):
    return Store(database, clock)


def test_w10_patch_changes_all_or_nothing(store):
    created = store.create("flow", {"name": "F", "description": "d"})
    operations = [
        {"op": "test", "path": "/name", "value": "F"},
        {"op": "replace", "path": "/name", "value": "G"},
        {"op": "remove", "path": "/description"},
        {"op": "add", "path": "/schedule", "value": "? 15 6 ? * 1,3"},
    ]
    patched = store.run("patch", "flow", created["_id"], operations)
    assert (patched["name"], patched.get("description"), patched["schedule"]) == ("G", None, "? 15 6 ? * 1,3")
    failing = [
        {"op": "replace", "path": "/name", "value": "H"},
        {"op": "replace", "path": "/pageProcessors", "value": []},
    ]
    assert faults(store.run, "patch", "flow", created["_id"], failing) == [("1.path", "update_not_allowed")]
    assert store.run("get", "flow", created["_id"])["name"] == "G"


def test_w11_only_listed_places_of_a_flow_may_be_patched(store):
    ids = store.ids()
    created = store.create("flow", {"name": "F", "pageGenerators": [{"_exportId": ids["_exportId"]}]})
    good = [
        {"op": "replace", "path": "/pageGenerators/0/schedule", "value": "? 0 2 ? * *"},
        {"op": "replace", "path": "/disabled", "value": True},
    ]
    patched = store.run("patch", "flow", created["_id"], good)
    assert (patched["pageGenerators"][0]["schedule"], patched["disabled"]) == ("? 0 2 ? * *", True)
    for path in (
        "/pageGenerators/0/_exportId",
        "/_integrationId",
        "/_id",
        "/lastModified",
        "/pageGenerators",
    ):
        bad = [{"op": "replace", "path": path, "value": "x"}]
        assert faults(store.run, "patch", "flow", created["_id"], bad) == [("0.path", "update_not_allowed")]


@pytest.mark.parametrize(
    "operations",
    [
        {}, None, "x", [5],
        [{}],
        [{"op": "move", "path": "/name"}],
        [{"op": "replace", "path": 5, "value": 1}],
        [{"op": "replace", "path": "name", "value": 1}], [{"op": "replace", "path": "/name"}],
        [{"op": "remove", "path": "/description"}],
        [{"op": "replace", "path": "/pageGenerators/7/schedule", "value": ""}],
        [{"op": "add", "path": "/aliases/99999999999999999999", "value": {}}],
        [{"op": "test", "path": "/name", "value": 1}],
        [{"op": "remove", "path": "/name"}], [{"op": "replace", "path": "/name", "value": {"a": 1}}],
        [{"op": "replace", "path": "/name/a/b", "value": 1}],
        [{"op": "replace", "path": "/" + "a/" * 2000, "value": 1}],
    ],
)  # fmt: skip
def test_bad_patches_are_refused_and_change_nothing(store, operations):
    created = store.create("flow", {"name": "F"})
    assert faults(store.run, "patch", "flow", created["_id"], operations)
    assert store.run("get", "flow", created["_id"]) == created


def test_w12_debugging_is_switched_on_by_patch_for_an_hour_at_most(store):
    created = store.create("script", {"name": "s", "debugUntil": "2031-05-02T07:30:00Z"})
    assert "debugUntil" not in created
    on = [{"op": "replace", "path": "/debugUntil", "value": "2031-05-02T08:00:00Z"}]
    store.run("patch", "script", created["_id"], on)
    assert (
        store.run("replace", "script", created["_id"], {"name": "t"})["debugUntil"] == "2031-05-02T08:00:00Z"
    )
    for value in ("2031-05-02T08:00:01Z", "soon", 5):
        late = [{"op": "replace", "path": "/debugUntil", "value": value}]
        assert faults(store.run, "patch", "script", created["_id"], late) == [("debugUntil", "invalid_field")]
