"""The set-up: nothing runs when nothing changed, and what is wrong is explained."""

import importlib.util
import json
import subprocess
import sys
from pathlib import Path

import pytest

import start


@pytest.fixture
def commands(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> list[list[str]]:
    """What the set-up would run, on an empty folder for its environment; nothing is run."""
    scripts = tmp_path / "bin"
    scripts.mkdir()
    for name, path in {
        "VENV": tmp_path,
        "STAMP": tmp_path / "stamp.json",
        "PYTHON": scripts / "python",
    }.items():
        monkeypatch.setattr(start, name, path)
    monkeypatch.setattr(start, "HEADWATER", scripts / "headwater")
    ran: list[list[str]] = []

    def run(command: list[str], failure: str) -> None:
        ran.append(command)
        start.PYTHON.touch()
        start.HEADWATER.touch()

    monkeypatch.setattr(start, "run", run)
    return ran


def test_a_second_start_runs_nothing(commands: list[list[str]]) -> None:
    start.set_up()
    assert len(commands) == 5
    start.set_up()
    assert len(commands) == 5


def test_the_packages_are_installed_with_hashes_and_the_project_without_packages(
    commands: list[list[str]],
) -> None:
    start.set_up()
    assert "--require-hashes" in commands[2]
    assert "--no-deps" in commands[3]


def test_a_changed_input_keeps_the_environment(commands: list[list[str]]) -> None:
    start.set_up()
    start.STAMP.write_text(json.dumps({**start.read_stamp(), "inputs": "other"}))
    commands.clear()
    start.set_up()
    assert [command[2] for command in commands] == ["uv", "uv", "compileall"]


@pytest.mark.parametrize("changed", ["python", "folder"])
def test_another_python_or_folder_begins_with_a_new_environment(
    commands: list[list[str]], changed: str
) -> None:
    start.set_up()
    start.STAMP.write_text(json.dumps({**start.read_stamp(), changed: "other"}))
    commands.clear()
    start.set_up()
    assert commands[0][1:4] == ["-m", "venv", "--clear"]


def test_a_stamp_that_cannot_be_read_counts_as_none(commands: list[list[str]]) -> None:
    start.STAMP.write_text("{")
    assert start.read_stamp() == {}


def test_a_python_without_ensurepip_is_told_what_to_install(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(
        importlib.util, "find_spec", lambda module: None if module == "ensurepip" else object()
    )
    with pytest.raises(start.SetUpError, match="apt install python3-venv"):
        start.make_environment()


def test_a_failed_step_says_which(monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(start.SetUpError, match=r"^It failed; the lines above say why"):
        start.run([sys.executable, "-c", "raise SystemExit(3)"], "It failed")
    with pytest.raises(start.SetUpError, match=r"^It failed: .*no-such-program"):
        start.run(["no-such-program"], "It failed")


def test_an_unknown_command_is_wrong_usage() -> None:
    done = subprocess.run([sys.executable, start.__file__, "bogus"], capture_output=True, text=True)
    assert done.returncode == 2
    assert done.stdout == ""
    assert done.stderr.startswith("No such command: bogus.")
