"""The integrator's documents on both databases; rule ids of wire contract integrator.md."""

import pytest

from headwater.access.actor import Actor
from headwater.flows.documents import Slice
from headwater.kernel.errors import ConflictError, ForbiddenError, NotFoundError, PreconditionError
from tests.unit.flows.document_store import EXPORT, HTTP, Store, faults
from tests.unit.flows.integrator_samples import ORCHESTRATED, SIMPLE, with_ids


@pytest.fixture
def store(database, clock):
    return Store(database, clock)


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


def test_documents_nest_a_hundred_deep_and_no_deeper(store):
    deep = {}
    for _ in range(45):
        deep = {"hooks": [deep]}
    created = store.create("export", {**EXPORT, "hooks": deep, "other": deep})
    assert store.run("get", "export", created["_id"])["other"] == deep
    for _ in range(400):
        deep = {"hooks": [deep]}
    assert faults(store.create, "export", {**EXPORT, "other": deep}) == [("", "invalid_field")]
    patch = [{"op": "add", "path": "/aliases", "value": [deep]}]
    assert faults(store.run, "patch", "export", created["_id"], patch) == [("", "invalid_field")]


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
