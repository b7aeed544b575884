"""`/api/jobs` through a real server."""

import json
import time

import pytest


@pytest.fixture
def run(api, tmp_path):
    """A finished run of a small flow, which is a job."""
    (tmp_path / "in.jsonl").write_text('{"id":1}\n')
    started = api.post("/api/runs", json=inline(tmp_path)).json()
    return finished(api, started["id"])


def inline(folder, **flow):
    connection = {"c": {"type": "filesystem", "filesystem": {"directoryPath": str(folder)}}}
    step = {"_connectionId": "c", "file": {"type": "jsonl"}}
    return {
        "flow": {
            "name": "Copy",
            "pageGenerators": [{"_exportId": "e"}],
            "pageProcessors": [{"type": "import", "_importId": "i"}],
            **flow,
        },
        "exports": {"e": {**step, "adaptorType": "FileSystemExport", "filesystem": {"fileName": "in.jsonl"}}},
        "imports": {
            "i": {**step, "adaptorType": "FileSystemImport", "filesystem": {"fileName": "out.jsonl"}}
        },
        "connections": connection,
    }


def finished(api, run_id):
    deadline = time.monotonic() + 20
    while time.monotonic() < deadline:
        run = api.get(f"/api/runs/{run_id}").json()
        if run["status"] in ("ok", "error", "cancelled"):
            return run
    raise AssertionError(f"run {run_id} did not end: {json.dumps(run)}")


def test_a_run_is_a_job_with_its_counters_as_result(api, run):
    job = api.get(f"/api/jobs/{run['job_id']}").json()
    assert (job["kind"], job["status"], job["attempts"]) == ("flow", "ok", 1)
    assert job["result"] == {"read": 1, "ok": 1, "ignored": 0, "failed": 0}
    assert "scopes" not in job["actor"]


def test_jobs_are_listed_newest_first_and_filtered(api, run):
    listed = api.get("/api/jobs", params={"kind": "flow", "status": "ok", "limit": 1}).json()
    assert listed["items"][0]["id"] == run["job_id"]
    assert api.get("/api/jobs", params={"kind": "no such kind"}).json()["items"] == []
    future = api.get("/api/jobs", params={"created_from": "2999-01-01T00:00:00Z"}).json()
    assert future["items"] == []


def test_a_cursor_goes_on_where_the_page_ended(api, run):
    first = api.get("/api/jobs", params={"limit": 1}).json()
    if first["next_cursor"]:
        second = api.get("/api/jobs", params={"limit": 1, "cursor": first["next_cursor"]}).json()
        assert second["items"][0]["id"] < first["items"][0]["id"]
    refused = api.get("/api/jobs", params={"cursor": "x"})
    assert (refused.status_code, refused.json()["code"]) == (422, "invalid_cursor")


def test_a_log_is_a_list(api, run):
    assert api.get(f"/api/jobs/{run['job_id']}/log").json() == {"items": [], "next_cursor": None}


def test_cancelling_a_finished_job_changes_nothing_and_retrying_it_is_refused(api, run):
    assert api.post(f"/api/jobs/{run['job_id']}/cancel").json()["status"] == "ok"
    refused = api.post(f"/api/jobs/{run['job_id']}/retry")
    assert (refused.status_code, refused.json()["code"]) == (409, "job_state")


@pytest.mark.parametrize("job", ["1", "x", "99999999999999999999"])
def test_an_unknown_job_is_not_found(api, job):
    refused = api.get(f"/api/jobs/{job}")
    assert (refused.status_code, refused.json()["code"]) == (404, "job_unknown")


def test_nobody_sees_jobs(nobody):
    assert nobody.get("/api/jobs").status_code == 401
