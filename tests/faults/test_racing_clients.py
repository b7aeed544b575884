"""Clients that change the same things at the same moment: one wins, the others are told, nothing is mixed."""

import itertools
import uuid
from concurrent.futures import ThreadPoolExecutor

import pytest

from tests.waiting import wait_for

pytestmark = pytest.mark.both_servers
CLIENTS = 8
FIELDS = [
    {"name": "code", "kind": "String", "unique": True},
    {"name": "count", "kind": "Number"},
    {"name": "name", "kind": "String"},
]


@pytest.fixture
def module(api):
    handle = f"m{uuid.uuid4().hex[:12]}"
    assert api.post("/api/modules", json={"handle": handle, "fields": FIELDS}).status_code == 201
    return handle


@pytest.fixture(scope="module")
def at_once(api):
    """Call a function with 0, 1, 2, ... on as many threads; what it gave, in that order."""
    with ThreadPoolExecutor(CLIENTS) as threads:
        yield lambda call: list(threads.map(call, range(CLIENTS)))


def statuses(answers):
    return sorted(each.status_code for each in answers)


def import_rows(api, module, count):
    raw = "code,name\n" + "".join(f"c{at},n{at}\n" for at in range(count))
    headers = {"Content-Type": "text/csv"}
    return api.post(f"/api/modules/{module}/imports", content=raw, headers=headers).json()


def finished(api, import_id):
    def look():
        found = api.get(f"/api/imports/{import_id}").json()
        return found if found["status"] in ("ok", "error", "cancelled") else None

    return wait_for(look, 60)


def test_of_clients_that_hold_one_revision_one_changes_the_record(api, module, at_once):
    made = api.post(f"/api/modules/{module}/records", json={"values": {"count": 0}})
    path, revision = made.headers["location"], made.headers["etag"]

    def change(at):
        return api.patch(path, json={"values": {"count": at + 1}}, headers={"If-Match": revision})

    answers = at_once(change)
    assert statuses(answers) == [200] + [412] * (CLIENTS - 1)
    record = api.get(path).json()
    (won,) = [each.json() for each in answers if each.status_code == 200]
    assert (record["revision"], record["values"]) == (2, won["values"])
    assert {each.json()["document"]["revision"] for each in answers if each.status_code == 412} == {2}
    assert len(api.get(f"{path}/history").json()["items"]) == 2


def test_clients_that_hold_no_revision_are_all_in_the_history(api, module, at_once):
    path = api.post(f"/api/modules/{module}/records", json={"values": {"count": 0}}).headers["location"]
    answers = at_once(lambda at: api.patch(path, json={"values": {"count": at + 1}}))
    assert statuses(answers) == [200] * CLIENTS
    history = api.get(f"{path}/history").json()["items"]
    assert [each["revision"] for each in history] == list(range(CLIENTS + 1, 0, -1))
    before_and_after = [each["changes"]["count"] for each in history[:-1]]
    assert all(new["before"] == old["after"] for new, old in itertools.pairwise(before_and_after))


def test_of_clients_that_delete_and_change_one_record_each_gets_an_answer_that_holds(api, module, at_once):
    path = api.post(f"/api/modules/{module}/records", json={"values": {"count": 0}}).headers["location"]

    def act(at):
        return api.delete(path) if at % 2 else api.patch(path, json={"values": {"count": at + 1}})

    answers = at_once(act)
    assert set(statuses(answers)) <= {200, 204, 404}
    assert statuses(answers).count(204) == 1
    assert api.get(path).status_code == 404


def test_one_unique_value_is_given_to_one_client(api, module, at_once):
    answers = at_once(
        lambda at: api.post(f"/api/modules/{module}/records", json={"values": {"code": "Same", "count": at}})
    )
    assert statuses(answers) == [201] + [422] * (CLIENTS - 1)
    assert {
        fault["code"] for each in answers if each.status_code == 422 for fault in each.json()["errors"]
    } == {"not_unique"}


def test_schema_changes_at_the_same_time_are_all_made(api, module, at_once):
    path = f"/api/modules/{module}"
    answers = at_once(lambda at: api.post(f"{path}/fields", json={"name": f"extra_{at}", "kind": "Number"}))
    assert statuses(answers) == [201] * CLIENTS
    made = api.get(path).json()
    names = [each["name"] for each in made["fields"]]
    assert len(set(names)) == len(names) == len(FIELDS) + CLIENTS
    values = {f"extra_{at}": at for at in range(CLIENTS)}
    record = api.post(f"{path}/records", json={"values": values}).json()
    assert record["values"] == values


def test_of_equal_schema_changes_at_the_same_time_one_is_made(api, module, at_once):
    path = f"/api/modules/{module}"
    answers = at_once(lambda _: api.post(f"{path}/fields", json={"name": "extra", "kind": "Number"}))
    assert statuses(answers)[0] == 201
    assert set(statuses(answers)[1:]) <= {409, 422}
    assert [each["name"] for each in api.get(path).json()["fields"]].count("extra") == 1


def test_of_clients_that_hold_one_revision_of_a_module_one_changes_it(api, module, at_once):
    path = f"/api/modules/{module}"
    revision = api.get(path).headers["etag"]
    answers = at_once(lambda at: api.patch(path, json={"name": f"N{at}"}, headers={"If-Match": revision}))
    assert statuses(answers) == [200] + [412] * (CLIENTS - 1)


def test_of_equal_modules_at_the_same_time_one_is_made(api, at_once):
    handle = f"m{uuid.uuid4().hex[:12]}"
    answers = at_once(lambda _: api.post("/api/modules", json={"handle": handle, "fields": FIELDS}))
    assert statuses(answers) == [201] + [409] * (CLIENTS - 1)


def test_records_are_written_while_the_module_is_deleted_or_told_that_it_is_gone(api, module, at_once):
    def act(at):
        if at == CLIENTS // 2:
            return api.delete(f"/api/modules/{module}")
        return api.post(f"/api/modules/{module}/records", json={"values": {"count": at}})

    answers = at_once(act)
    assert set(statuses(answers)) <= {201, 204, 404}
    assert statuses(answers).count(204) == 1
    assert api.get(f"/api/modules/{module}").status_code == 404


def test_an_import_goes_on_when_the_module_changes_in_the_middle(api, module):
    begun = import_rows(api, module, 20_000)
    path = f"/api/imports/{begun['id']}"
    wait_for(lambda: api.get(path).json()["rows_read"] > 0)
    field = {"name": "extra", "kind": "String", "default": "x"}
    assert api.post(f"/api/modules/{module}/fields", json=field).status_code == 201
    assert api.patch(f"/api/modules/{module}/fields/name", json={"label": "Its name"}).status_code == 200

    done = finished(api, begun["id"])
    assert (done["status"], done["created"], done["rejected"]) == ("ok", 20_000, 0)
    found = api.get(
        f"/api/modules/{module}/records", params={"total": "capped", "filter": '["code","not_empty",null]'}
    )
    assert found.json()["total"] == 10_000


def test_an_import_whose_module_is_deleted_ends_and_says_so(api, module):
    begun = import_rows(api, module, 20_000)
    wait_for(lambda: api.get(f"/api/imports/{begun['id']}").json()["rows_read"] > 0)
    assert api.delete(f"/api/modules/{module}").status_code == 204

    done = finished(api, begun["id"])
    assert done["status"] == "error" or done["created"] == 20_000, done
    assert done["error"] is None or done["error"]["code"] == "module_unknown", done["error"]


def test_a_module_in_use_is_deleted_only_by_force_and_what_used_it_says_so(api, module):
    child = f"m{uuid.uuid4().hex[:12]}"
    reference = {"name": "parent", "kind": "Record", "module": module}
    assert api.post("/api/modules", json={"handle": child, "fields": [reference]}).status_code == 201
    alert = api.post("/api/alerts", json={"name": "A", "module": module, "trigger": "filter"}).json()
    made = api.post(f"/api/modules/{module}/records", json={"values": {"code": "a"}}).json()
    api.post(f"/api/modules/{child}/records", json={"values": {"parent": made["id"]}})

    refusal = api.delete(f"/api/modules/{module}")
    assert (refusal.status_code, child in refusal.text) == (409, True)
    assert api.delete(f"/api/modules/{module}", params={"force": "true"}).status_code == 204

    (record,) = api.get(f"/api/modules/{child}/records").json()["items"]
    assert record["values"] == {"parent": made["id"]}
    assert (
        api.get(f"/api/modules/{child}/records/{record['id']}", params={"expand": "parent"}).status_code
        == 200
    )
    for path in (f"/api/alerts/{alert['id']}", "/api/alerts", "/api/search?q=a", "/api/stats"):
        assert api.get(path).status_code in (200, 404), path
    queue = api.get(f"/fluxx/poll/client/1/uuid/queue/{alert['queue_uuid']}")
    assert queue.status_code in (200, 404), queue.text
    refused = api.post(f"/api/modules/{child}/records", json={"values": {"parent": made["id"]}})
    assert refused.status_code == 422
