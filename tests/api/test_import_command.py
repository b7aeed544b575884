"""`headwater import` as a person types it: counts, rejected rows, exit codes, and the same file twice."""

import os
import subprocess
import sys

import pytest

COMMAND = [sys.executable, "-c", "from headwater.cli import main; main()", "import"]
FIELDS = [
    {"name": "code", "kind": "String", "unique": True},
    {"name": "name", "kind": "String", "required": True},
    {"name": "score", "kind": "Number"},
]


@pytest.fixture(scope="module")
def module(api):
    body = {"handle": "person", "name": "Person", "fields": FIELDS}
    assert api.post("/api/modules", json=body).status_code == 201
    return "person"


@pytest.fixture
def command(served, tmp_path, module):
    def run(text, *options, name="people.csv"):
        file = tmp_path / name
        file.write_text(text, encoding="utf-8")
        environment = {**os.environ, "HEADWATER_DATA": str(served.settings.data)}
        done = subprocess.run(
            [*COMMAND, module, str(file), *options],
            env=environment,
            capture_output=True,
            text=True,
            timeout=60,
        )
        return done, file

    return run


def test_the_counts_are_alone_on_standard_output(command):
    done, _ = command("code,name,score\nA1,Ida,1\nA2,Ola,2\n")

    assert (done.returncode, done.stderr) == (0, "")
    assert done.stdout == "2 rows read: 2 created, 0 updated, 0 skipped, 0 rejected.\n"


def test_rejected_rows_lie_beside_the_file_and_the_exit_code_says_so(command):
    done, file = command("code,name,score\nB1,Ida,x\nB2,Ola,2\n")

    assert done.returncode == 1
    rejects = file.with_name("people.rejects.csv")
    assert str(rejects) in done.stderr
    assert rejects.read_text(encoding="utf-8").splitlines()[1].startswith("B1,Ida,x,2,score: ")


def test_the_same_file_is_imported_once_unless_it_is_meant(command, api):
    text = "code,name\nC1,Ida\n"

    first, _ = command(text)
    again, _ = command(text)
    meant, _ = command(text, "--again")

    assert again.stdout == first.stdout
    assert ("imported before" in first.stderr, "imported before" in again.stderr) == (False, True)
    assert "1 rejected" in meant.stdout
    found = api.get("/api/modules/person/records", params={"filter": '["code","eq","C1"]'}).json()["items"]
    assert len(found) == 1


def test_columns_are_mapped_and_a_key_changes_what_is_there(command, api):
    command("code,name\nD1,Ida\n")

    done, _ = command("No,Who\nD1,Ada\n", "--map", "No=code", "--map", "Who=name", "--key", "code")

    assert done.stdout == "1 rows read: 0 created, 1 updated, 0 skipped, 0 rejected.\n"
    (found,) = api.get("/api/modules/person/records", params={"filter": '["code","eq","D1"]'}).json()["items"]
    assert found["values"]["name"] == "Ada"


@pytest.mark.parametrize(
    ("text", "options", "code", "says"),
    [
        ("colour\nred\n", [], 1, "No column has the name of a field."),
        ("code,name\nE1,x\n", ["--map", "oops"], 2, "--map wants A=B"),
        ("code,name\nE1,x\n", ["--key", "name"], 1, "unique"),
    ],
)
def test_what_cannot_be_imported_is_said_in_plain_words(command, text, options, code, says):
    done, _ = command(text, *options)

    assert done.returncode == code
    assert says in done.stderr
    assert "Traceback" not in done.stderr


def test_a_file_that_is_not_there_is_said(served, module):
    environment = {**os.environ, "HEADWATER_DATA": str(served.settings.data)}

    done = subprocess.run(
        [*COMMAND, module, "nowhere.csv"], env=environment, capture_output=True, text=True, timeout=60
    )

    assert (done.returncode, done.stderr) == (1, "headwater: There is no file nowhere.csv.\n")
