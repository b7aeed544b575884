"""A disk without room under a running server: writes get 507, reads go on, nothing is lost or doubled."""

import json
import subprocess

import pytest

from tests.faults.killable import started
from tests.faults.small_disk import MEGABYTE, SmallDiskServer, why_not
from tests.waiting import wait_for

pytestmark = pytest.mark.skipif(why_not() != "", reason=f"no file system of its own: {why_not()}")
BOAT = {
    "handle": "boat",
    "fields": [
        {"name": "name", "kind": "String", "indexed": True},
        {"name": "about", "kind": "Text"},
        {"name": "size", "kind": "Number"},
    ],
}
ROWS = 20_000


@pytest.fixture
def server(tmp_path):
    folder = tmp_path / "data"
    folder.mkdir()
    with started(SmallDiskServer(folder)) as server:
        yield server


@pytest.fixture
def api(server):
    with server.client() as client:
        assert client.post("/api/modules", json=BOAT).status_code == 201
        yield client


def add(api, name, about="x" * 20_000):
    return api.post("/api/modules/boat/records", json={"values": {"name": name, "about": about}})


def add_until_full(api):
    """The names that were answered with 201 before the first refusal, and that refusal."""
    names = []
    while (answer := add(api, f"n{len(names)}")).status_code == 201:
        names.append(f"n{len(names)}")
    return names, answer


def names_of(api):
    found, cursor = [], None
    while True:
        query = {"limit": 1000, "fields": "name", "sort": "id", **({"cursor": cursor} if cursor else {})}
        page = api.get("/api/modules/boat/records", params=query).json()
        found += [each["values"]["name"] for each in page["items"]]
        cursor = page["next_cursor"]
        if cursor is None:
            return found


def is_full(answer):
    return (answer.status_code, answer.json()["code"]) == (507, "storage_full")


def test_writes_are_refused_reads_go_on_and_writes_work_again_when_there_is_room(server, api):
    before = [f"b{at}" for at in range(20) if add(api, f"b{at}").status_code == 201]
    server.fill()
    names, refusal = add_until_full(api)
    assert is_full(refusal)
    assert refusal.json()["hint"]

    assert names_of(api) == before + names
    assert api.get("/api/modules/boat/records", params={"search": "b1", "sort": "-name"}).status_code == 200
    for path in ("/", "/healthz", "/api/me", "/api/stats", "/api/search?q=b1", "/api/jobs", "/metrics"):
        assert api.get(path).status_code == 200, path

    server.make_room()
    assert add(api, "after").status_code == 201
    assert names_of(api) == [*before, *names, "after"]
    assert api.get("/readyz").status_code == 200


@pytest.mark.parametrize("kilobytes", [4, 40, 120, 300])
def test_a_server_that_finds_no_room_to_start_says_so_in_one_line(tmp_path, kilobytes):
    server = SmallDiskServer(tmp_path)
    server.size = kilobytes * 1024
    done = subprocess.run(
        server.command(), env=server.environment(), capture_output=True, text=True, timeout=60, check=False
    )
    assert done.returncode == 1
    assert done.stderr.startswith("headwater: "), done.stderr
    assert "Traceback" not in done.stderr


def test_every_kind_of_write_says_so_in_the_form_of_its_door(server, api):
    alert = api.post("/api/alerts", json={"name": "All", "module": "boat", "trigger": "filter"}).json()
    add(api, "queued")
    server.fill()
    add_until_full(api)

    for path, body in (
        ("/api/modules", {**BOAT, "handle": "other"}),
        ("/api/alerts", {"name": "Other", "module": "boat", "trigger": "filter"}),
        ("/api/modules/boat/records/bulk", {"create": [{"values": {"about": "x" * 100_000}}] * 20}),
    ):
        assert is_full(api.post(path, json=body)), path
    long = "x" * 100_000
    polled = api.get(f"/fluxx/poll/client/1/uuid/queue/{alert['queue_uuid']}")
    assert polled.status_code in (200, 507)
    stored = api.post("/integrator/v1/flows", json={"name": "F", "description": long})
    assert (stored.status_code, stored.json()["errors"][0]["code"]) == (507, "storage_full")
    template = {"title": "T", "steps": [{"items": [{"title": "P", "description": long}]}]}
    made = api.post("/clust/api/templates", json=template)
    assert (made.status_code, made.json()["errors"]) == (507, {"request": "storage_full"})
    content = {"fields": [{"name": "about", "value": long}]}
    module = api.get("/api/modules/boat").json()["id"]
    told = api.post(f"/crm/module/{module}/content", json=content)
    assert (told.status_code, "full" in told.json()["error"]["message"]) == (200, True)


def test_an_upload_that_finds_no_room_leaves_nothing_behind_or_goes_on_later(server, api):
    raw = ("name\n" + "".join(f"r{at}\n" for at in range(300_000))).encode()
    begun = api.post("/api/modules/boat/imports", headers={"Upload-Length": str(len(raw))}).json()
    content = f"/api/imports/{begun['id']}/content"
    server.fill()

    assert is_full(api.post("/api/modules/boat/imports", content=raw, headers={"Content-Type": "text/csv"}))
    assert len(list((server.place / "imports").iterdir())) == 1
    assert is_full(api.patch(content, content=raw, headers={"Upload-Offset": "0"}))

    server.make_room()
    offset = int(api.head(content).headers["upload-offset"])
    api.patch(content, content=raw[offset:], headers={"Upload-Offset": str(offset)})
    done = wait_for(lambda: ended(api, f"/api/imports/{begun['id']}"), 60)
    assert (done["status"], done["created"], done["rejected"]) == ("ok", 300_000, 0)


def test_a_document_that_finds_no_room_leaves_nothing_behind(server, api):
    steps = [{"items": [{"title": "Proof", "accept": ["pdf"], "max_size_mb": 5}]}]
    template = api.post("/api/templates", json={"title": "T", "steps": steps}).json()
    contact = {"email": "ida@example.org", "firstname": "Ida", "lastname": "Ek"}
    made = api.post("/api/applications", json={"template_id": template["id"], "contact": contact}).json()
    portal = "/api/portal/" + made["public_url"].rsplit("/", 1)[1]
    files = f"{portal}/items/{api.get(portal).json()['items'][0]['id']}/files"
    proof = {"file": ("proof.pdf", b"%PDF-1.4 " + b"x" * 3 * MEGABYTE, "application/pdf")}
    server.fill()

    assert is_full(api.post(files, files=proof))
    assert [each for each in (server.place / "files").rglob("*") if each.is_file()] == []
    assert api.get(portal).status_code == 200

    server.make_room()
    assert api.post(files, files=proof).is_success


def test_an_import_waits_for_room_and_loses_and_doubles_no_row(server, api):
    raw = "name,size\n" + "".join(f"r{at},{at}\n" for at in range(ROWS))
    sent = api.post("/api/modules/boat/imports", content=raw, headers={"Content-Type": "text/csv"}).json()
    path = f"/api/imports/{sent['id']}"
    wait_for(lambda: api.get(path).json()["rows_read"] > 0)
    server.fill()
    assert stands_still(api, path, lambda found: found["rows_read"]) < ROWS

    server.make_room()
    done = wait_for(lambda: ended(api, path), 60)
    assert (done["status"], done["created"], done["rejected"]) == ("ok", ROWS, 0)
    assert names_of(api) == [f"r{at}" for at in range(ROWS)]


def test_a_flow_waits_for_room_and_loses_and_doubles_no_record(server, api):
    folder = server.place / "folders" / "exchange"
    folder.mkdir(parents=True)
    (folder / "in.jsonl").write_text("".join(json.dumps({"name": f"r{at}"}) + "\n" for at in range(ROWS)))
    run = api.post("/api/runs", json=copying()).json()
    path = f"/api/runs/{run['id']}"
    wait_for(lambda: api.get(path).json()["records"]["read"] > 0)
    server.fill()
    assert stands_still(api, path, lambda found: found["records"]["ok"]) < ROWS

    server.make_room()
    done = wait_for(lambda: ended(api, path), 60)
    assert done["status"] == "ok", done
    names = [f"r{at}" for at in range(ROWS)]
    lines = (folder / "out.jsonl").read_text().splitlines()
    assert [json.loads(line)["name"] for line in lines] == names
    assert names_of(api) == names


def stands_still(api, path, progress):
    """The progress that is the same in a hundred looks, while the work is neither given up nor done."""
    seen = []

    def look():
        found = api.get(path).json()
        assert found["status"] in ("queued", "running"), found
        seen.append(progress(found))
        return len(seen) > 100 and len(set(seen[-100:])) == 1

    wait_for(look)
    return seen[-1]


def copying():
    """A flow from a file of the data folder into the module and into another file."""
    step = {"_connectionId": "c", "file": {"type": "jsonl"}}
    places = [{"type": "import", "_importId": each} for each in ("r", "f")]
    return {
        "flow": {"name": "Copy", "pageGenerators": [{"_exportId": "e"}], "pageProcessors": places},
        "exports": {"e": {**step, "adaptorType": "FileSystemExport", "filesystem": {"fileName": "in.jsonl"}}},
        "imports": {
            "r": {"adaptorType": "HeadwaterImport", "records": {"module": "boat", "operation": "insert"}},
            "f": {**step, "adaptorType": "FileSystemImport", "filesystem": {"fileName": "out.jsonl"}},
        },
        "connections": {"c": {"type": "filesystem", "filesystem": {"directoryPath": "exchange"}}},
    }


def ended(api, path):
    found = api.get(path).json()
    return found if found["status"] in ("ok", "error", "cancelled") else None
