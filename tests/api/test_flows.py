"""`/api/flows` and `/api/runs` through a real server: from file, records and queue to file and records."""

import json
import threading
import time
import uuid

import pytest

from tests.unit.connectors.http_api import http_api

pytestmark = pytest.mark.both_servers

EXPORT = {"adaptorType": "FileSystemExport", "_connectionId": "c", "file": {"type": "jsonl"}}
IMPORT = {"adaptorType": "FileSystemImport", "_connectionId": "c", "file": {"type": "jsonl"}}
READ = {**EXPORT, "filesystem": {"fileName": "in.jsonl"}}
WRITE = {**IMPORT, "filesystem": {"fileName": "out.jsonl"}}


@pytest.fixture
def folder(tmp_path):
    return tmp_path


@pytest.fixture
def module(api):
    """The handle of a fresh module with a unique code and a name."""
    handle = f"m{uuid.uuid4().hex[:12]}"
    fields = [
        {"name": "code", "kind": "String", "label": "Code", "unique": True, "required": True},
        {"name": "size", "kind": "Number", "label": "Size", "scale": 0},
    ]
    made = api.post("/api/modules", json={"handle": handle, "name": handle, "fields": fields})
    assert made.status_code == 201, made.text
    return handle


def inline(folder, export, *imports, **flow):
    connection = {"type": "filesystem", "filesystem": {"directoryPath": str(folder)}}
    return {
        "flow": {
            "name": "Test",
            "pageGenerators": [{"_exportId": "e"}],
            "pageProcessors": [{"type": "import", "_importId": f"i{at}"} for at in range(len(imports))],
            **flow,
        },
        "exports": {"e": export},
        "imports": {f"i{at}": each for at, each in enumerate(imports)},
        "connections": {"c": connection},
    }


def perform(api, document):
    started = api.post("/api/runs", json=document)
    assert started.status_code == 202, started.text
    assert started.headers["location"] == f"/api/runs/{started.json()['id']}"
    return finished(api, started.json()["id"])


def finished(api, run_id):
    deadline = time.monotonic() + 20
    while time.monotonic() < deadline:
        run = api.get(f"/api/runs/{run_id}").json()
        if run["status"] in ("ok", "error", "cancelled"):
            return run
    raise AssertionError(f"run {run_id} did not end")


def write_lines(folder, records):
    (folder / "in.jsonl").write_text("".join(json.dumps(each) + "\n" for each in records))


def read_lines(folder, name="out.jsonl"):
    return [json.loads(line) for line in (folder / name).read_text().splitlines()]


def listed(api, module):
    return [each["values"] for each in api.get(f"/api/modules/{module}/records").json()["items"]]


def test_records_of_a_file_become_records_of_a_module(api, folder, module):
    write_lines(folder, [{"code": "a", "size": 1}, {"code": "b", "size": 2}])
    to_records = {"adaptorType": "HeadwaterImport", "records": {"module": module, "operation": "insert"}}
    run = perform(api, inline(folder, READ, to_records))
    assert (run["status"], run["records"]) == ("ok", {"read": 2, "ok": 2, "ignored": 0, "failed": 0})
    assert listed(api, module) == [{"code": "a", "size": 1}, {"code": "b", "size": 2}]
    assert [(step["kind"], step["success"]) for step in run["steps"]] == [("generator", 2), ("import", 2)]


def test_an_upsert_by_key_changes_what_is_there_and_makes_the_rest(api, folder, module):
    api.post(f"/api/modules/{module}/records", json={"values": {"code": "a", "size": 1}})
    write_lines(folder, [{"code": "a", "size": 7}, {"code": "b", "size": 2}])
    records = {"module": module, "operation": "upsert", "key": "code"}
    perform(api, inline(folder, READ, {"adaptorType": "HeadwaterImport", "records": records}))
    assert sorted((each["code"], each["size"]) for each in listed(api, module)) == [("a", 7), ("b", 2)]


def test_a_record_that_is_refused_is_a_failure_that_can_be_edited_and_retried(api, folder, module):
    write_lines(folder, [{"code": "a", "size": "many"}, {"code": "b", "size": 2}])
    to_records = {"adaptorType": "HeadwaterImport", "records": {"module": module, "operation": "insert"}}
    run = perform(api, inline(folder, READ, to_records))
    assert run["records"] == {"read": 2, "ok": 1, "ignored": 0, "failed": 1}
    failures = f"/api/flows/{run['flow_id']}/failures"
    [failure] = api.get(failures, params={"status": "open"}).json()["items"]
    assert (failure["source"], failure["data"]) == ("application", {"code": "a", "size": "many"})
    edited = api.patch(f"{failures}/{failure['id']}", json={"data": {"code": "a", "size": 5}})
    assert edited.json()["data"]["size"] == 5
    retried = api.post(f"{failures}/retry", json={"ids": [failure["id"]]})
    assert retried.status_code == 202
    again = finished(api, retried.json()["id"])
    assert (again["kind"], again["records"]["ok"]) == ("retry", 1)
    assert sorted(each["size"] for each in listed(api, module)) == [2, 5]
    assert api.get(f"{failures}/{failure['id']}").json()["status"] == "retried"
    refused = api.post(f"{failures}/retry", json={"ids": [failure["id"]]})
    assert (refused.status_code, refused.json()["code"]) == (409, "failure_closed")


def test_records_of_a_module_go_to_a_file_with_ids_and_times(api, folder, module):
    for code in ("a", "b", "c"):
        api.post(f"/api/modules/{module}/records", json={"values": {"code": code, "size": 1}})
    records = {"module": module, "filter": ["code", "ne", "b"], "sort": "-code"}
    run = perform(api, inline(folder, {"adaptorType": "HeadwaterExport", "records": records}, WRITE))
    assert run["status"] == "ok"
    lines = read_lines(folder)
    assert [line["code"] for line in lines] == ["c", "a"]
    assert all(line["id"] and line["created_at"].endswith("Z") for line in lines)


def test_the_queue_of_an_alert_is_taken_once_and_no_poll_job_opened(api, folder, module):
    alert = api.post(
        "/api/alerts",
        json={"name": "All", "module": module, "trigger": "filter", "filter": ["size", "gt", 0]},
    )
    assert alert.status_code == 201, alert.text
    for code in ("a", "b"):
        api.post(f"/api/modules/{module}/records", json={"values": {"code": code, "size": 1}})
    queue = {"adaptorType": "HeadwaterQueueExport", "queue": {"queueUUID": alert.json()["queue_uuid"]}}
    run = perform(api, inline(folder, queue, WRITE))
    assert run["records"]["ok"] == 2
    assert [(line["code"], line["_change"]) for line in read_lines(folder)] == [
        ("a", "create"),
        ("b", "create"),
    ]
    assert perform(api, inline(folder, queue, WRITE))["records"]["read"] == 0
    shown = api.get(f"/api/alerts/{alert.json()['id']}").json()
    assert (shown["queued"], shown["processing"]) == (0, 0)


def test_a_flow_that_cannot_run_is_refused_with_every_fault(api, folder):
    document = inline(folder, {**READ, "_connectionId": "x"}, {**WRITE, "filesystem": {}})
    refused = api.post("/api/runs", json=document)
    assert (refused.status_code, refused.json()["code"]) == (422, "invalid_flow")
    assert [fault["field"] for fault in refused.json()["errors"]] == [
        "pageGenerators.0._connectionId",
        "pageProcessors.0.file.name",
    ]
    checked = api.post("/api/flows/check", json=document).json()
    assert (checked["is_runnable"], len(checked["errors"])) == (False, 2)


def test_a_module_that_is_not_there_is_a_fault_before_the_run(api, folder):
    write_lines(folder, [])
    records = {"module": "nowhere", "operation": "insert"}
    refused = api.post(
        "/api/runs", json=inline(folder, READ, {"adaptorType": "HeadwaterImport", "records": records})
    )
    assert refused.status_code == 422
    assert [(fault["field"], fault["code"]) for fault in refused.json()["errors"]] == [
        ("records.module", "module_unknown")
    ]


def test_a_missing_file_ends_the_run_with_a_clear_error(api, folder):
    missing = inline(folder / "nowhere", READ, WRITE)
    run = perform(api, missing)
    assert (run["status"], run["error"]["code"]) == ("error", "file_unreadable")


def test_runs_are_listed_newest_first_and_by_status(api, folder):
    write_lines(folder, [{"id": 1}])
    run = perform(api, inline(folder, READ, WRITE))
    assert api.get("/api/runs", params={"status": "ok", "limit": 1}).json()["items"][0]["id"] == run["id"]
    of_flow = api.get(f"/api/flows/{run['flow_id']}/runs").json()["items"]
    assert [each["id"] for each in of_flow] == [run["id"]]


def test_a_stored_flow_is_listed_run_and_shown_with_its_last_run(api, folder):
    write_lines(folder, [{"id": 1}])
    v1 = "/integrator/v1"
    connection = {"name": "Folder", "type": "filesystem", "filesystem": {"directoryPath": str(folder)}}
    c = api.post(f"{v1}/connections", json=connection).json()["_id"]
    e = api.post(f"{v1}/exports", json={**READ, "name": "E", "_connectionId": c}).json()["_id"]
    i = api.post(f"{v1}/imports", json={**WRITE, "name": "I", "_connectionId": c}).json()["_id"]
    flow = {
        "name": "Stored",
        "pageGenerators": [{"_exportId": e}],
        "pageProcessors": [{"type": "import", "_importId": i}],
    }
    flow_id = api.post(f"{v1}/flows", json=flow).json()["_id"]
    assert api.post(f"/api/flows/{flow_id}/check").json() == {
        "is_runnable": True,
        "errors": [],
        "warnings": [],
    }
    started = api.post(f"/api/flows/{flow_id}/run")
    assert started.status_code == 202, started.text
    run = finished(api, started.json()["id"])
    assert (run["status"], run["flow_id"]) == ("ok", flow_id)
    shown = api.get(f"/api/flows/{flow_id}").json()
    assert (shown["name"], shown["format"], shown["last_run"]["id"]) == ("Stored", "integrator", run["id"])
    assert flow_id in [each["id"] for each in api.get("/api/flows", params={"limit": 1000}).json()["items"]]
    assert api.get(f"/api/flows/{flow_id}/document").json()["name"] == "Stored"
    unknown_export = api.post(f"/api/flows/{flow_id}/run", json={"export_ids": ["nope"]})
    assert unknown_export.status_code == 422


def test_an_unknown_flow_run_and_failure_are_not_found(api):
    assert api.get("/api/flows/nope").json()["code"] == "flow_unknown"
    assert api.post("/api/flows/nope/run").json()["code"] == "flow_unknown"
    unknown = 2**53 - 1  # a smaller one may be the run of another test of this server
    assert api.get(f"/api/runs/{unknown}").json()["code"] == "run_unknown"
    assert api.get(f"/api/flows/nope/failures/{unknown}").json()["code"] == "failure_unknown"
    assert api.post("/api/flows/nope/failures/retry", json={"ids": [1]}).json()["code"] == "nothing_to_retry"


def test_connectors_say_what_they_can_do(api):
    kinds = {each["kind"] for each in api.get("/api/connectors").json()["items"]}
    assert {"file", "records", "queue"} <= kinds
    shown = api.get("/api/connectors/file").json()
    assert {operation["role"] for operation in shown["operations"]} == {"source", "sink"}
    assert api.get("/api/connectors/nope").json()["code"] == "connector_unknown"


def test_a_schedule_can_be_previewed_over_a_change_of_the_clocks(api):
    asked = {
        "schedule": "? 30 2 ? * *",
        "time_zone": "Europe/Oslo",
        "after": "2031-03-29T00:00:00Z",
        "count": 3,
    }
    found = api.post("/api/schedules/preview", json=asked)
    assert found.json() == {"times": ["2031-03-29T01:30:00Z", "2031-03-30T01:00:00Z", "2031-03-31T00:30:00Z"]}
    refused = api.post("/api/schedules/preview", json={"schedule": "whenever"})
    assert (refused.status_code, refused.json()["code"]) == (422, "invalid_schedule")


def test_cancelling_a_run_that_waits_for_another_system_takes_less_than_a_second(api, folder):
    asked, release = threading.Event(), threading.Event()

    def answer(request):
        asked.set()
        release.wait(20)
        return 200, []

    with http_api(answer) as slow:
        document = inline(folder, {"adaptorType": "HTTPExport", "_connectionId": "web", "http": {}}, WRITE)
        document["connections"]["web"] = {"type": "http", "http": {"baseURI": slow.address}}
        run = api.post("/api/runs", json=document).json()
        assert asked.wait(10)
        before = time.monotonic()
        assert api.post(f"/api/runs/{run['id']}/cancel").status_code == 200
        done = finished(api, run["id"])
        took = time.monotonic() - before
        release.set()
    assert (done["status"], took < 1) == ("cancelled", True)


def test_a_cancelled_run_goes_on_where_it_stopped_when_its_job_is_retried(api, folder):
    write_lines(folder, [{"id": number} for number in range(5)])
    asked, release = threading.Event(), threading.Event()

    def answer(request):
        asked.set()
        release.wait(20)
        return 200, {}

    send = {"adaptorType": "HTTPImport", "_connectionId": "web", "http": {"method": ["POST"]}}
    with http_api(answer) as slow:
        document = inline(folder, READ, send, WRITE)
        document["connections"]["web"] = {"type": "http", "http": {"baseURI": slow.address}}
        run = api.post("/api/runs", json=document).json()
        assert asked.wait(10)
        api.post(f"/api/runs/{run['id']}/cancel")
        assert finished(api, run["id"])["status"] == "cancelled"
        release.set()
        (folder / "in.jsonl").unlink()
        assert api.post(f"/api/jobs/{run['job_id']}/retry").status_code == 200
        done = finished(api, run["id"])
    assert (done["status"], done["records"]["ok"]) == ("ok", 5)
    assert [line["id"] for line in read_lines(folder)] == [0, 1, 2, 3, 4]
