"""The integrator's documents on both databases; rule ids of wire contract integrator.md."""

import pytest

from headwater.access.actor import SYSTEM, Actor
from headwater.flows.documents import Documents, Slice
from headwater.flows.documents_clone import Clones
from headwater.kernel.errors import (
    ConflictError,
    ForbiddenError,
    InvalidError,
    MalformedError,
    NotFoundError,
    PreconditionError,
)
from headwater.kernel.events import Events
from headwater.kernel.secrets import SecretBox
from tests.unit.flows.integrator_samples import ORCHESTRATED, SIMPLE, with_ids

EXPORT = {"name": "Boats", "adaptorType": "HeadwaterExport", "records": {"module": "boat"}}
IMPORT = {"name": "ERP", "adaptorType": "HeadwaterImport", "records": {"module": "boat"}}
HTTP = {
    "name": "ERP",
    "type": "http",
    "http": {
        "baseURI": "https://erp.example.org",
        "auth": {"type": "basic", "basic": {"username": "liv", "password": "pw-1"}},
        "headers": [{"name": "X-Api-Key", "value": "key-1"}, {"name": "Accept", "value": "text/plain"}],
        "encrypted": {"pin": 1234},
    },
}


class Store:
    """The service on a database, one transaction a call."""

    def __init__(self, database, clock):
        self.database = database
        self.documents = Documents(clock, SecretBox("k" * 32), Events())
        self.clones = Clones(self.documents)

    def run(self, method, *arguments, actor=SYSTEM, **options):
        target = self.clones if method in ("flow", "step") else self.documents
        return self.database.write_now(lambda tx: getattr(target, method)(tx, actor, *arguments, **options))

    def create(self, kind, body):
        return self.run("create", kind, body)

    def load(self, kind, hex_id):
        return self.database.read_now(lambda tx: self.documents.load(tx, kind, hex_id))

    def ids(self):
        return {
            "_exportId": self.create("export", EXPORT)["_id"],
            "_importId": self.create("import", IMPORT)["_id"],
            "_integrationId": self.create("integration", {"name": "Yard"})["_id"],
        }


@pytest.fixture
def store(database, clock):
    return Store(database, clock)


def faults(call, *arguments, **options):
    with pytest.raises(InvalidError) as caught:
        call(*arguments, **options)
    return [(fault.field, fault.code) for fault in caught.value.faults]


@pytest.mark.parametrize("sample", [SIMPLE, ORCHESTRATED], ids=["simple", "orchestrated"])
def test_the_sample_flows_are_kept_with_every_key(store, sample):
    body = with_ids(sample, store.ids())
    created = store.create("flow", body)
    read = store.run("get", "flow", created["_id"])
    assert read == created
    assert set(read) == set(sample)
    for key in set(body) - {"_id", "createdAt", "lastModified", "pageGenerators"}:
        assert read[key] == body[key]
    generators = read.get("pageGenerators", [])
    assert [set(each) for each in generators] == [{"_exportId", "_id"}] * len(body.get("pageGenerators", []))
    assert len({each["_id"] for each in generators}) == len(generators)


def test_w3_ids_are_24_hex_digits_given_by_the_server(store):
    created = store.create("integration", {"name": "Yard", "_id": "mine"})
    assert len(created["_id"]) == 24
    assert set(created["_id"]) <= set("0123456789abcdef")
    assert created["createdAt"] == "2031-05-02T07:00:00.000Z"


def test_w4_server_keys_that_are_sent_change_nothing(store):
    created = store.create("script", {"name": "s", "_id": "", "createdAt": "x", "lastModified": 5})
    assert created["createdAt"] == created["lastModified"] == "2031-05-02T07:00:00.000Z"


def test_w5_secrets_are_masked_when_read_and_whole_for_the_engine(store):
    created = store.create("connection", HTTP)
    http = store.run("get", "connection", created["_id"])["http"]
    assert http["auth"]["basic"] == {"username": "liv", "password": "******"}
    assert http["headers"] == [
        {"name": "X-Api-Key", "value": "******"},
        {"name": "Accept", "value": "text/plain"},
    ]
    assert http["encrypted"] == {"pin": "******"}
    assert store.load("connection", created["_id"])["http"] == HTTP["http"]
    raw = store.database.read_now(lambda tx: tx.one("select document, secrets from flow_document"))
    assert "pw-1" not in str(raw)
    assert "key-1" not in str(raw)


def test_w5_writing_the_mask_keeps_the_stored_secret_and_another_value_replaces_it(store):
    created = store.create("connection", HTTP)
    read = store.run("get", "connection", created["_id"])
    read["http"]["headers"].insert(0, {"name": "X-Other", "value": "plain"})
    read["http"]["auth"]["basic"]["password"] = "pw-2"
    store.run("replace", "connection", created["_id"], read)
    loaded = store.load("connection", created["_id"])["http"]
    assert loaded["auth"]["basic"]["password"] == "pw-2"
    assert loaded["headers"][1] == {"name": "X-Api-Key", "value": "key-1"}
    del read["http"]["headers"]
    store.run("replace", "connection", created["_id"], read)
    read["http"]["headers"] = [{"name": "X-Api-Key", "value": "******"}]
    store.run("replace", "connection", created["_id"], read)
    assert store.load("connection", created["_id"])["http"]["headers"] == [{"name": "X-Api-Key", "value": ""}]


def test_w5_webhook_tokens_and_tokens_beside_harmless_words_are_secret(store):
    export = {
        **EXPORT,
        "type": "webhook",
        "webhook": {"verify": "token", "token": "t", "key": "k", "algorithm": "a"},
    }
    assert store.create("export", export)["webhook"] == {
        "verify": "token", "token": "******", "key": "******", "algorithm": "a",
    }  # fmt: skip
    auth = {"type": "token", "token": {"token": "abc", "location": "header", "headerName": "X-T"}}
    shown = store.create("connection", {"name": "c", "type": "http", "http": {"auth": auth}})["http"]["auth"]
    assert shown == {"type": "token", "token": {"token": "******", "location": "header", "headerName": "X-T"}}


def test_w6_unknown_keys_come_back_as_they_were_sent(store):
    extra = {"ui": {"x": [1.0, 2.5, None, {"_exportId": "not looked at"}], "ø": "\u0000"}, "aa": 10**30}
    created = store.create("export", {**EXPORT, **extra})
    assert {key: store.run("get", "export", created["_id"])[key] for key in extra} == extra


def test_w8_if_match_guards_against_lost_updates(store, clock):
    created = store.create("script", {"name": "s"})
    first = created["lastModified"]
    changed = store.run("replace", "script", created["_id"], {"name": "t"}, first)
    assert changed["lastModified"] > first  # even though the clock stands still
    for method, arguments in (("replace", [{"name": "u"}]), ("delete", []), ("patch", [[]])):
        with pytest.raises(PreconditionError) as caught:
            store.run(method, "script", created["_id"], *arguments, if_modified=first)
        assert caught.value.document["name"] == "t"


def test_w9_put_replaces_and_clears_what_is_left_out(store):
    ids = store.ids()
    created = store.create("flow", {"name": "F", "pageGenerators": [{"_exportId": ids["_exportId"]}]})
    replaced = store.run("replace", "flow", created["_id"], {"name": "A", "description": "d"})
    assert not replaced.get("pageGenerators")
    assert replaced["createdAt"] == created["createdAt"]
    store.run("delete", "export", ids["_exportId"])  # nothing refers to it any more


def test_w9_put_of_what_was_read_changes_only_last_modified(store, clock):
    created = store.create("flow", with_ids(ORCHESTRATED, store.ids()))
    clock.move(60)
    again = store.run("replace", "flow", created["_id"], created)
    assert again["lastModified"] != created["lastModified"]
    assert {**again, "lastModified": ""} == {**created, "lastModified": ""}


def test_generators_keep_their_ids_while_they_are_sent_with_them(store):
    export = store.ids()["_exportId"]
    created = store.create(
        "flow", {"name": "F", "pageGenerators": [{"_exportId": export}, {"_exportId": export}]}
    )
    first, second = created["pageGenerators"]
    foreign = {"_exportId": export, "_id": "0" * 24}
    body = {"name": "F", "pageGenerators": [second, second, {"_exportId": export}, foreign]}
    after = store.run("replace", "flow", created["_id"], body)["pageGenerators"]
    assert after[0] == second
    assert len({each["_id"] for each in after} | {first["_id"], "0" * 24}) == 6


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


def test_w15_dependencies_name_the_users_by_kind(store):
    ids = store.ids()
    flow = store.create("flow", with_ids(SIMPLE, ids))
    found = store.run("dependencies", "export", ids["_exportId"])
    assert found == {
        "flows": [
            {
                "id": flow["_id"],
                "name": flow["name"],
                "accessLevel": "owner",
                "dependencyIds": {"exports": [ids["_exportId"]]},
            }
        ]
    }
    assert store.run("dependencies", "flow", flow["_id"]) == {}


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


def test_a_document_in_use_is_not_deleted_and_its_users_are_named(store):
    ids = store.ids()
    flow = store.create("flow", with_ids(SIMPLE, ids))
    with pytest.raises(ConflictError) as caught:
        store.run("delete", "export", ids["_exportId"])
    assert caught.value.code == "dependency_exists"
    assert flow["_id"] in caught.value.detail
    store.run("delete", "flow", flow["_id"])
    store.run("delete", "export", ids["_exportId"])
    with pytest.raises(NotFoundError):
        store.run("get", "export", ids["_exportId"])


def test_a_flow_may_name_itself_and_still_be_deleted(store):
    flow = store.create("flow", {"name": "f"})
    store.run("replace", "flow", flow["_id"], {"name": "f", "_runNextFlowIds": [flow["_id"]]})
    store.run("delete", "flow", flow["_id"])


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


def test_deep_documents_are_kept_and_do_not_exhaust_the_stack(store):
    deep = {}
    for _ in range(200):
        deep = {"hooks": [deep]}
    created = store.create("export", {**EXPORT, "hooks": deep, "other": deep})
    assert store.run("get", "export", created["_id"])["other"] == deep


def test_lists_are_in_the_order_of_ids_and_come_in_slices(store, clock):
    ids = []
    for number in range(5):
        clock.move(1)
        ids.append(store.create("script", {"name": str(number)})["_id"])
    assert [each["_id"] for each in store.run("list", "script")] == ids
    assert [each["_id"] for each in store.run("list", "script", Slice(ids[1], 1, 2))] == ids[3:5]
    assert store.run("list", "flow") == []


def test_everything_needs_the_scope_flows(store):
    nobody = Actor("token", 7, "small", frozenset({"records:read"}))
    created = store.create("script", {"name": "s"})
    for method, arguments in (
        ("list", ["script"]), ("get", ["script", created["_id"]]), ("create", ["script", {"name": "x"}]),
        ("replace", ["script", created["_id"], {}]), ("patch", ["script", created["_id"], []]),
        ("delete", ["script", created["_id"]]), ("dependencies", ["script", created["_id"]]),
        ("flow", [created["_id"], {}]), ("step", ["export", created["_id"], {}]),
    ):  # fmt: skip
        with pytest.raises(ForbiddenError):
            store.run(method, *arguments, actor=nobody)


def test_watchers_hear_of_every_change_inside_its_transaction(store):
    heard = []
    store.documents.watch(
        lambda tx, actor, before, after: heard.append((before and before.name, after and after.name))
    )
    created = store.create("script", {"name": "a"})
    store.run("replace", "script", created["_id"], {"name": "b"})
    store.run("delete", "script", created["_id"])
    assert heard == [(None, "a"), ("a", "b"), ("b", None)]


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
