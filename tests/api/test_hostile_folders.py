"""Flows over folders full of traps: no path, link or device leads out, blocks or breaks the server."""

import json
import os

import pytest

from tests.waiting import wait_for

STEP = {"_connectionId": "c", "file": {"type": "jsonl"}}
ROW = json.dumps({"name": "a"}) + "\n"


def journey(directory, source="in.jsonl", target="out.jsonl"):
    return {
        "flow": {
            "name": "Trap",
            "pageGenerators": [{"_exportId": "e"}],
            "pageProcessors": [{"type": "import", "_importId": "i"}],
        },
        "exports": {"e": {**STEP, "adaptorType": "FileSystemExport", "filesystem": {"fileName": source}}},
        "imports": {"i": {**STEP, "adaptorType": "FileSystemImport", "filesystem": {"fileName": target}}},
        "connections": {"c": {"type": "filesystem", "filesystem": {"directoryPath": str(directory)}}},
    }


@pytest.fixture
def folder(tmp_path):
    path = tmp_path / "exchange"
    path.mkdir()
    (path / "in.jsonl").write_text(ROW)
    (tmp_path / "secret.txt").write_text('{"name":"secret"}\n')
    return path


def run(api, document):
    """The run when it has ended, or None when it was refused before it began."""
    started = api.post("/api/runs", json=document)
    if started.status_code == 422:
        assert started.json()["errors"]
        return None
    assert started.status_code == 202, started.text
    path = f"/api/runs/{started.json()['id']}"

    def look():
        found = api.get(path).json()
        return found if found["status"] in ("ok", "error", "cancelled") else None

    return wait_for(look)


def is_refused(found):
    return found is None or found["status"] == "error" or found["records"]["failed"] > 0


@pytest.mark.parametrize(
    "name",
    [
        "../secret.txt",
        "../../../../etc/passwd",
        "/etc/passwd",
        "a/../../secret.txt",
        "link",
        "chain",
        "..",
        ".",
        "\0",
    ],
)
def test_nothing_outside_the_folder_is_read(api, folder, name):
    (folder / "link").symlink_to(folder.parent / "secret.txt")
    (folder / "chain").symlink_to("link")
    found = run(api, journey(folder, source=name))
    assert is_refused(found) or found["records"]["read"] == 0, found
    assert not any("secret" in path.read_text() for path in folder.glob("out*"))


@pytest.mark.parametrize(
    "name", ["../out", "/tmp/headwater-out", "link/out", "\0", "a" * 300, "in.jsonl/out"]
)
def test_nothing_outside_the_folder_is_written(api, folder, name):
    (folder / "link").symlink_to(folder.parent)
    before = sorted(folder.parent.iterdir())
    assert is_refused(run(api, journey(folder, target=name)))
    assert sorted(folder.parent.iterdir()) == before


@pytest.mark.parametrize("place", ["", "headwater.db", "imports", "files", "folders/..", "folders/../files"])
def test_our_own_data_is_no_folder_of_a_connection(api, served, place):
    assert is_refused(run(api, journey(served.settings.data / place)))


@pytest.mark.parametrize(
    "directory", ["/proc/self", "/dev", "/dev/null", "no/such/folder", "\0", "x" * 5_000]
)
def test_a_folder_that_is_none_ends_the_run_with_a_reason(api, directory):
    assert is_refused(run(api, journey(directory)))
    assert api.get("/healthz").status_code == 200


def test_what_is_no_file_is_passed_over_and_blocks_nothing(api, folder):
    os.mkfifo(folder / "pipe.jsonl")
    (folder / "folder.jsonl").mkdir()
    (folder / "dangling.jsonl").symlink_to("nowhere")
    for name in ("pipe.jsonl", "folder.jsonl", "dangling.jsonl"):
        found = run(api, journey(folder, source=name))
        assert (found["status"], found["records"]["read"]) == ("ok", 0), name


def test_a_pipe_in_place_of_the_target_blocks_nothing(api, folder):
    os.mkfifo(folder / "out.jsonl")
    found = run(api, journey(folder))
    assert found is not None
    assert api.get("/healthz").status_code == 200


def test_names_of_any_script_are_names(api, folder):
    for name in ("\U0001f6a2 æøå.jsonl", "-rf.jsonl", "a;b&c|d.jsonl", "%00.jsonl", "..jsonl"):
        found = run(api, journey(folder, target=name))
        assert (found["status"], (folder / name).read_text()) == ("ok", ROW.replace(" ", "")), name
