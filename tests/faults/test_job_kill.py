"""SIGKILL of the process that runs a job: another one takes it over and it is done once."""

import json

from tests.waiting import wait_for


def test_jobs_of_a_killed_server_go_on_when_it_starts_again(server, tmp_path):
    folder = tmp_path / "exchange"
    folder.mkdir()
    with open(folder / "in.jsonl", "w") as file:
        file.writelines(json.dumps({"n": at}) + "\n" for at in range(30_000))
    connection = {"type": "filesystem", "filesystem": {"directoryPath": str(folder)}}
    step = {"_connectionId": "c", "file": {"type": "jsonl"}}
    document = {
        "flow": {
            "name": "Copy",
            "pageGenerators": [{"_exportId": "e"}],
            "pageProcessors": [{"type": "import", "_importId": "i"}],
        },
        "exports": {"e": {**step, "adaptorType": "FileSystemExport", "filesystem": {"fileName": "in.jsonl"}}},
        "imports": {"i": {**step, "adaptorType": "FileSystemImport", "filesystem": {"fileName": "o.jsonl"}}},
        "connections": {"c": connection},
    }
    with server.client() as client:
        job_id = client.post("/api/runs", json=document).json()["job_id"]
        wait_for(lambda: client.get(f"/api/jobs/{job_id}").json()["status"] != "queued")
    server.kill()
    server.start()
    with server.client() as client:
        job = wait_for(lambda: finished(client, job_id))
        log = client.get(f"/api/jobs/{job_id}/log").json()["items"]
    assert job["status"] == "ok", job
    # The kill may come just after the job was done; it was taken over only when it was running.
    assert len(log) == job["attempts"] - 1
    assert len((folder / "o.jsonl").read_text().splitlines()) == 30_000


def finished(client, job_id):
    job = client.get(f"/api/jobs/{job_id}").json()
    return job if job["finished_at"] else None
