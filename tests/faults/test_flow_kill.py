"""SIGKILL of a real server in the middle of a flow: nothing is lost, nothing is doubled."""

import json

import pytest

from tests.waiting import wait_for

COUNT = 12_000
EXPORT = {"adaptorType": "FileSystemExport", "_connectionId": "c", "file": {"type": "jsonl"}}
IMPORT = {"adaptorType": "FileSystemImport", "_connectionId": "c", "file": {"type": "jsonl"}}
WRITE = {**IMPORT, "filesystem": {"fileName": "out.jsonl"}}


@pytest.fixture
def folder(tmp_path):
    path = tmp_path / "exchange"
    path.mkdir()
    return path


def make_module(client, handle):
    fields = [
        {"name": "code", "kind": "String", "label": "Code", "required": True},
        {"name": "size", "kind": "Number", "label": "Size", "scale": 0},
    ]
    made = client.post("/api/modules", json={"handle": handle, "name": handle, "fields": fields})
    assert made.status_code == 201, made.text


def inline(folder, export, *imports):
    connection = {"type": "filesystem", "filesystem": {"directoryPath": str(folder)}}
    places = [{"type": "import", "_importId": f"i{at}"} for at in range(len(imports))]
    return {
        "flow": {"name": "Killed", "pageGenerators": [{"_exportId": "e"}], "pageProcessors": places},
        "exports": {"e": export},
        "imports": {f"i{at}": each for at, each in enumerate(imports)},
        "connections": {"c": connection},
    }


def run_with_kills(server, document, kill_points):
    """Start the flow, kill the server each time it has read so many records, and see it to its end."""
    with server.client() as client:
        run_id = client.post("/api/runs", json=document).json()["id"]
    for point in kill_points:
        with server.client() as client:
            wait_for(lambda: has_come_to(client, run_id, point))  # noqa: B023  called within the loop
        server.kill()
        server.start()
    with server.client() as client:
        return wait_for(lambda: ended(client, run_id), 60)


def has_come_to(client, run_id, point):
    run = client.get(f"/api/runs/{run_id}").json()
    return run["status"] not in ("queued", "running") or run["records"]["read"] >= point


def ended(client, run_id):
    run = client.get(f"/api/runs/{run_id}").json()
    return run if run["status"] not in ("queued", "running") else None


def sizes_in(client, module):
    sizes, cursor = [], None
    while True:
        query = {"limit": 1000, **({"cursor": cursor} if cursor else {})}
        page = client.get(f"/api/modules/{module}/records", params=query).json()
        sizes += [each["values"]["size"] for each in page["items"]]
        cursor = page["next_cursor"]
        if cursor is None:
            return sizes


def test_file_to_records_and_file_survives_kills_at_several_points(server, folder):
    with open(folder / "in.jsonl", "w") as file:
        file.writelines(json.dumps({"code": f"c{at}", "size": at}) + "\n" for at in range(COUNT))
    with server.client() as client:
        make_module(client, "killed")
    read = {**EXPORT, "filesystem": {"fileName": "in.jsonl"}}
    to_records = {"adaptorType": "HeadwaterImport", "records": {"module": "killed", "operation": "insert"}}
    run = run_with_kills(server, inline(folder, read, to_records, WRITE), [0, 1_000, 4_000, 9_000])
    assert run["status"] == "ok", run
    assert run["records"] == {"read": COUNT, "ok": COUNT, "ignored": 0, "failed": 0}
    assert [step["success"] for step in run["steps"]] == [COUNT, COUNT, COUNT]
    with server.client() as client:
        assert sorted(sizes_in(client, "killed")) == list(range(COUNT))
    lines = [json.loads(line)["size"] for line in (folder / "out.jsonl").read_text().splitlines()]
    assert lines == list(range(COUNT))
    assert [path.name for path in folder.iterdir() if path.name.startswith(".")] == []


def test_queue_to_records_and_file_survives_kills_at_several_points(server, folder):
    with server.client() as client:
        make_module(client, "watched")
        make_module(client, "delivered")
        alert = client.post(
            "/api/alerts",
            json={"name": "All", "module": "watched", "trigger": "filter", "filter": ["size", "gte", 0]},
        ).json()
        for start in range(0, COUNT, 4_000):
            rows = [{"values": {"code": f"c{at}", "size": at}} for at in range(start, start + 4_000)]
            made = client.post("/api/modules/watched/records/bulk", json={"create": rows, "atomic": True})
            assert made.status_code == 200, made.text
    queue = {"adaptorType": "HeadwaterQueueExport", "queue": {"queueUUID": alert["queue_uuid"]}}
    mapping = {
        "fields": [{"extract": "code", "generate": "code"}, {"extract": "size", "generate": "size"}],
        "lists": [],
    }
    to_records = {
        "adaptorType": "HeadwaterImport",
        "records": {"module": "delivered", "operation": "insert"},
        "mapping": mapping,
    }
    to_file = {**WRITE, "mapping": mapping}
    run = run_with_kills(server, inline(folder, queue, to_records, to_file), [0, 2_000, 8_000])
    assert run["status"] == "ok", run
    with server.client() as client:
        assert sorted(sizes_in(client, "delivered")) == list(range(COUNT))
        shown = client.get(f"/api/alerts/{alert['id']}").json()
    lines = [json.loads(line)["size"] for line in (folder / "out.jsonl").read_text().splitlines()]
    assert sorted(lines) == list(range(COUNT))
    assert (shown["queued"], shown["processing"]) == (0, 0)
