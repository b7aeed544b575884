"""The commands, as a person types them, beside a running server and without one."""

import json
import os
import stat
import subprocess
import sys
import tarfile

import httpx
import pytest

from headwater import __version__

COMMAND = [sys.executable, "-c", "from headwater.cli import main; main()"]


def run(data, *arguments, **more):
    environment = {**os.environ, "HEADWATER_DATA": str(data), **more}
    environment.pop("HEADWATER_ADMIN_TOKEN", None)
    return subprocess.run([*COMMAND, *arguments], env=environment, capture_output=True, text=True, timeout=60)


def test_a_token_made_beside_the_server_is_alone_on_standard_output(served):
    done = run(
        served.settings.data, "token", "create", "ci", "--scope", "records:read", "--scope", "files:read"
    )
    assert done.returncode == 0 and done.stdout.count("\n") == 1
    token = done.stdout.strip()
    assert token.startswith("hw_") and token not in done.stderr
    me = httpx.get(f"{served.settings.address}/api/me", headers={"Authorization": f"Bearer {token}"}).json()
    assert (me["name"], me["scopes"]) == ("ci", ["files:read", "records:read"])


def test_an_oauth_client_is_json(served):
    done = run(served.settings.data, "token", "create", "poller", "--oauth", "--scope", "alerts")
    made = json.loads(done.stdout)
    assert set(made) == {"client_id", "client_secret"}
    bearer, _ = served.database.write_now(lambda tx: served.accounts.exchange_client(tx, **made))
    assert served.database.read_now(lambda tx: served.accounts.authenticate(tx, bearer)).name == "poller"


def test_a_jwt_is_good_for_the_crm(served):
    done = run(served.settings.data, "token", "create", "crm", "--jwt", "--scope", "records:read")
    actor = served.database.read_now(lambda tx: served.accounts.authenticate_jwt(tx, done.stdout.strip()))
    assert actor.scopes == {"records:read"}


def test_a_refusal_is_one_clear_line_and_exit_code_1(served):
    done = run(served.settings.data, "token", "create", "ci", "--scope", "nonsense")
    assert (done.returncode, done.stdout) == (1, "")
    assert done.stderr.startswith("headwater: 'nonsense' is not a scope")
    assert "Traceback" not in done.stderr


@pytest.mark.parametrize(
    ("arguments", "more"),
    [
        (("token", "create"), {}),
        (("token", "create", "x", "--scope", "jobs", "--jwt", "--oauth"), {}),
        (("nonsense",), {}),
        (("serve",), {"HEADWATER_PORT": "many"}),
    ],
)
def test_wrong_usage_is_exit_code_2(tmp_path, arguments, more):
    done = run(tmp_path, *arguments, **more)
    assert done.returncode == 2 and done.stderr and "Traceback" not in done.stderr


def test_a_second_server_of_one_folder_is_refused(served):
    done = run(served.settings.data, "serve", "--port", "0")
    assert done.returncode == 1
    assert served.settings.address in done.stderr


def test_a_used_port_is_a_clear_line(served, tmp_path):
    done = run(tmp_path, "serve", "--port", str(served.settings.port))
    assert done.returncode == 1 and "--port" in done.stderr and "Traceback" not in done.stderr


def test_a_backup_without_a_server_restores_in_another_folder(tmp_path):
    token = run(tmp_path / "a", "token", "create", "ci", "--scope", "jobs").stdout.strip()
    file = tmp_path / "backup.tar"
    assert run(tmp_path / "a", "backup", str(file)).returncode == 0
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    with tarfile.open(file) as tar:
        assert "secret.key" not in tar.getnames()
        tar.extractall(tmp_path / "b", filter="data")
    listed = run(tmp_path / "b", "doctor")
    assert listed.returncode in (0, 1) and "the database takes writes" in listed.stdout
    with tarfile.open(file) as tar:
        held = tar.extractfile("headwater.db").read()
    assert token.encode() not in held


@pytest.fixture
def sqlite_served(served):
    """The module's server, where Headwater makes its backups itself."""
    if served.database.dialect != "sqlite":
        pytest.skip("pg_dump copies a PostgreSQL database")
    return served


def test_a_backup_with_the_key_has_it_and_overwrites_nothing(sqlite_served, tmp_path):
    file = tmp_path / "backup.tar"
    assert run(sqlite_served.settings.data, "backup", str(file), "--with-key").returncode == 0
    with tarfile.open(file) as tar:
        assert {"headwater.db", "secret.key"} <= set(tar.getnames())
    again = run(sqlite_served.settings.data, "backup", str(file))
    assert again.returncode == 1 and "is there already" in again.stderr
    assert [each.name for each in tmp_path.iterdir()] == ["backup.tar"]


def test_a_backup_has_the_stored_files(sqlite_served, tmp_path):
    stored = sqlite_served.settings.data / "files" / "ab" / "abc"
    stored.parent.mkdir(parents=True)
    stored.write_bytes(b"content")
    file = tmp_path / "backup.tar"
    assert run(sqlite_served.settings.data, "backup", str(file)).returncode == 0
    with tarfile.open(file) as tar:
        assert tar.extractfile("files/ab/abc").read() == b"content"
        assert not {"server.lock", "secret.key"} & set(tar.getnames())


def test_a_backup_has_the_files_that_lie_elsewhere(tmp_path):
    stored = tmp_path / "shared" / "files" / "ab" / "abc"
    stored.parent.mkdir(parents=True)
    stored.write_bytes(b"content")
    file = tmp_path / "backup.tar"
    assert run(tmp_path / "a", "backup", str(file), HEADWATER_FILES=str(tmp_path / "shared")).returncode == 0
    with tarfile.open(file) as tar:
        assert tar.extractfile("files/ab/abc").read() == b"content"


def test_only_the_local_command_writes_a_backup(api, tmp_path):
    answer = api.post("/api/backup", json={"file": str(tmp_path / "x.tar")})
    assert (answer.status_code, answer.json()["code"]) == (403, "local_only")


def test_the_doctor_looks_over_the_server(served):
    done = run(served.settings.data, "doctor")
    assert f"Headwater {__version__}" in done.stdout
    assert f"a server runs at {served.settings.address}" in done.stdout
    assert "ok  the database takes writes and its migrations are done" in done.stdout


def test_the_doctor_finds_a_key_that_others_can_read(tmp_path):
    run(tmp_path, "token", "create", "ci", "--scope", "jobs")
    (tmp_path / "secret.key").chmod(0o644)
    done = run(tmp_path, "doctor")
    assert done.returncode == 1 and "BAD secret.key has mode 0644" in done.stdout
