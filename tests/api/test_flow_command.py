"""`headwater flow run` and `flow check`, as a person types them, beside a running server and without one."""

import json
import os
import subprocess
import sys

import pytest

COMMAND = [sys.executable, "-c", "from headwater.cli import main; main()", "flow"]


@pytest.fixture
def file(tmp_path):
    """A flow from one file to another, in a file."""
    (tmp_path / "in.jsonl").write_text('{"id":1,"n":"1"}\n{"id":2,"n":"x"}\n')
    step = {"_connectionId": "c", "file": {"type": "jsonl"}}
    mapping = {"fields": [{"extract": "n", "generate": "n", "dataType": "number"}], "lists": []}
    document = {
        "flow": {
            "name": "Copy",
            "pageGenerators": [{"_exportId": "e"}],
            "pageProcessors": [{"type": "import", "_importId": "i"}],
        },
        "exports": {
            "e": {
                **step,
                "name": "Read",
                "adaptorType": "FileSystemExport",
                "filesystem": {"fileName": "in.jsonl"},
            }
        },
        "imports": {
            "i": {
                **step,
                "name": "Write",
                "adaptorType": "FileSystemImport",
                "filesystem": {"fileName": "out.jsonl"},
                "mapping": mapping,
            }
        },
        "connections": {"c": {"type": "filesystem", "filesystem": {"directoryPath": str(tmp_path)}}},
    }
    path = tmp_path / "flow.json"
    path.write_text(json.dumps(document))
    return path


def change(file, **parts):
    file.write_text(json.dumps({**json.loads(file.read_text()), **parts}))


def run(data, *arguments):
    environment = {**os.environ, "HEADWATER_DATA": str(data)}
    return subprocess.run([*COMMAND, *arguments], env=environment, capture_output=True, text=True, timeout=60)


def test_a_flow_in_a_file_runs_without_a_server_and_says_what_came_of_it(file, tmp_path):
    done = run(tmp_path / "data", "run", str(file))
    assert done.returncode == 1, done.stderr
    assert done.stdout.splitlines() == [
        "2 records read: 1 ok, 0 ignored, 1 failed.",
        "  0 generator Read: 2 ok, 0 ignored, 0 failed",
        "  1 import    Write: 1 ok, 0 ignored, 1 failed",
    ]
    assert "/failures" in done.stderr
    assert (tmp_path / "out.jsonl").read_text() == '{"n":1}\n'


def test_a_flow_in_a_file_runs_beside_the_server(file, served):
    change(file, imports={})
    change(file, flow={"name": "Read", "pageGenerators": [{"_exportId": "e"}]})
    done = run(served.settings.data, "run", str(file))
    assert (done.returncode, done.stdout.splitlines()[0]) == (0, "2 records read: 2 ok, 0 ignored, 0 failed.")


def test_checking_says_every_fault_and_runs_nothing(file, served, tmp_path):
    assert run(served.settings.data, "check", str(file)).returncode == 0
    change(file, connections={})
    done = run(served.settings.data, "check", str(file))
    assert done.returncode == 1
    assert len(done.stdout.splitlines()) == 2
    assert "Connection not found" in done.stdout
    assert not (tmp_path / "out.jsonl").exists()


def test_a_run_that_breaks_is_a_clear_error(file, served, tmp_path):
    (tmp_path / "in.jsonl").unlink()
    change(file, connections={"c": {"type": "filesystem", "filesystem": {"directoryPath": "nowhere"}}})
    done = run(served.settings.data, "run", str(file))
    assert done.returncode == 1
    assert "cannot be read" in done.stderr


@pytest.mark.parametrize("argument", ["no/such.json", "0123456789abcdef01234567"])
def test_what_is_not_there_is_a_clear_error(argument, served):
    done = run(served.settings.data, "run", argument)
    assert (done.returncode, "There is no" in done.stderr) == (1, True)
    assert "Traceback" not in done.stderr


def test_a_file_that_is_not_json_is_a_clear_error(file, served):
    file.write_text("{broken")
    done = run(served.settings.data, "check", str(file))
    assert done.returncode == 1
    assert "is not JSON" in done.stderr
