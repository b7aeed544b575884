"""Clones of flows, exports and imports (C1 to C3)."""

import pytest

from headwater.kernel.errors import InvalidError, MalformedError
from tests.unit.flows.document_store import HTTP, Store


@pytest.fixture
def store(database, clock):
    return Store(database, clock)


def linked_flow(store, **rest):
    """A flow of two generators on one export, a lookup and an import, each on its connection."""
    one, two = (store.create("connection", {**HTTP, "name": name})["_id"] for name in "ab")
    script = store.create("script", {"name": "s"})["_id"]
    export = store.create(
        "export", {"name": "E", "adaptorType": "HTTPExport", "_connectionId": one, "apiIdentifier": "e1"}
    )
    hooks = {"preMap": {"_scriptId": script, "function": "f"}}
    target = store.create(
        "import", {"name": "I", "adaptorType": "HTTPImport", "_connectionId": two, "hooks": hooks}
    )
    integration = store.create("integration", {"name": "Yard"})["_id"]
    generator = {"_exportId": export["_id"]}
    body = {
        "name": "F", "_integrationId": integration, "schedule": "? 0 2 ? * *",
        "pageGenerators": [generator, generator],
        "pageProcessors": [{"type": "import", "_importId": target["_id"]}],
        "aliases": [{"alias": "x", "_importId": target["_id"]}],
        **rest,
    }  # fmt: skip
    return store.create("flow", body), {"one": one, "two": two, "script": script, "import": target["_id"]}


def test_c1_a_clone_in_the_same_integration_needs_no_map(store):
    flow, ids = linked_flow(store)
    clone = store.run("flow", flow["_id"], {})
    assert (clone["name"], clone["disabled"], clone["_sourceId"]) == ("Clone - F", True, flow["_id"])
    assert (clone["_integrationId"], clone["schedule"]) == (flow["_integrationId"], flow["schedule"])
    copied = store.run("get", "import", clone["pageProcessors"][0]["_importId"])
    assert copied["_connectionId"] == ids["two"]


def test_c1_a_clone_into_another_integration_needs_every_connection_mapped(store):
    flow, ids = linked_flow(store)
    elsewhere = store.create("integration", {"name": "Other"})["_id"]
    new = store.create("connection", {**HTTP, "name": "new"})["_id"]
    for given in (None, {}, {ids["one"]: new}, "x", {ids["one"]: 5}):
        with pytest.raises(MalformedError) as caught:
            store.run("flow", flow["_id"], {"_integrationId": elsewhere, "connectionMap": given})
        assert caught.value.faults[0].code == "invalid_connectionMap"
    options = {
        "_integrationId": elsewhere,
        "connectionMap": {ids["one"]: new, ids["two"]: new},
        "name": "Mine",
    }
    clone = store.run("flow", flow["_id"], options)
    assert (clone["name"], clone["_integrationId"]) == ("Mine", elsewhere)
    assert store.run("get", "export", clone["pageGenerators"][0]["_exportId"])["_connectionId"] == new


def test_c1_an_unknown_integration_is_refused(store):
    flow, _ = linked_flow(store)
    for value in ("0" * 24, "x", 5):
        with pytest.raises(InvalidError) as caught:
            store.run("flow", flow["_id"], {"_integrationId": value})
        fault = caught.value.faults[0]
        assert (fault.field, fault.code) == ("_integrationId", "invalid_ref")
        assert fault.detail == "Integration not found for the given id."


def test_c2_exports_and_imports_are_copied_once_and_scripts_are_shared(store):
    flow, ids = linked_flow(store)
    clone = store.run("flow", flow["_id"], None)
    first, second = clone["pageGenerators"]
    assert first["_exportId"] == second["_exportId"] != flow["pageGenerators"][0]["_exportId"]
    assert {first["_id"], second["_id"]}.isdisjoint(each["_id"] for each in flow["pageGenerators"])
    copied = store.run("get", "import", clone["pageProcessors"][0]["_importId"])
    assert (copied["_sourceId"], copied["hooks"]["preMap"]["_scriptId"]) == (ids["import"], ids["script"])
    assert clone["aliases"][0]["_importId"] == copied["_id"]
    assert "apiIdentifier" not in store.run("get", "export", first["_exportId"])
    assert len(store.run("list", "export")) == 2


def test_c3_an_export_is_cloned_alone_with_its_secrets(store):
    webhook = {"name": "W", "adaptorType": "WebhookExport", "webhook": {"token": "t-1"}}
    created = store.create("export", webhook)
    clone = store.run("step", "export", created["_id"], {})
    assert (clone["name"], clone["_sourceId"]) == ("Clone - W", created["_id"])
    assert store.load("export", clone["_id"])["webhook"]["token"] == "t-1"
