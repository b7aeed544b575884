"""The server itself: TLS, proxies, the lock of the data folder, signals, start without a fault."""

import datetime
import ipaddress
import os
import signal
import ssl
import subprocess
import sys
import urllib.request

import httpx
import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from headwater.db.lock import holder_of
from headwater.kernel.errors import ConflictError
from headwater.kernel.settings import Settings
from headwater.server import running


@pytest.fixture(scope="module")
def certificate(tmp_path_factory):
    """The paths of a certificate for 127.0.0.1 and its key."""
    folder = tmp_path_factory.mktemp("tls")
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "headwater.example.org")])
    now = datetime.datetime.now(datetime.UTC)
    made = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(1)
        .not_valid_before(now - datetime.timedelta(days=1))
        .not_valid_after(now + datetime.timedelta(days=1))
        .add_extension(
            x509.SubjectAlternativeName([x509.IPAddress(ipaddress.ip_address("127.0.0.1"))]), critical=False
        )
        .sign(key, hashes.SHA256())
    )
    (folder / "cert.pem").write_bytes(made.public_bytes(serialization.Encoding.PEM))
    (folder / "key.pem").write_bytes(
        key.private_bytes(
            serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
        )
    )
    return str(folder / "cert.pem"), str(folder / "key.pem")


def test_it_speaks_https_with_the_files_of_the_settings(certificate, tmp_path):
    settings = Settings(data=tmp_path, tls_certificate=certificate[0], tls_key=certificate[1])
    with running(settings) as app:
        assert app.settings.address.startswith("https://127.0.0.1:")
        assert holder_of(tmp_path).address == app.settings.address
        context = ssl.create_default_context(cafile=certificate[0])
        assert httpx.get(f"{app.settings.address}/healthz", verify=context).json() == {"status": "ok"}


def test_commands_reach_a_server_with_tls(certificate, tmp_path):
    settings = Settings(data=tmp_path, tls_certificate=certificate[0], tls_key=certificate[1])
    with running(settings):
        command = [sys.executable, "-c", "from headwater.cli import main; main()"]
        done = subprocess.run(
            [*command, "token", "create", "x", "--scope", "jobs", "--data", str(tmp_path)],
            capture_output=True,
            text=True,
            timeout=60,
        )
    assert done.returncode == 0 and done.stdout.startswith("hw_")


@pytest.mark.parametrize(
    ("trusted", "is_secure"), [(("127.0.0.1",), True), (("10.0.0.0/8",), False), ((), False)]
)
def test_forwarded_headers_count_only_from_a_trusted_proxy(tmp_path, trusted, is_secure):
    with running(Settings(data=tmp_path, trusted_proxies=trusted)) as app:
        token = app.database.write_now(app.people.first_link)
        body = {"token": token, "name": "Ida", "email": "ida@example.org", "password": "a long enough one"}
        headers = {"X-Forwarded-Proto": "https", "X-Forwarded-For": "203.0.113.9"}
        answer = httpx.post(f"{app.settings.address}/api/session/link", json=body, headers=headers)
        assert answer.headers["set-cookie"].endswith("; Secure") is is_secure


def test_one_server_holds_a_data_folder(tmp_path):
    with running(Settings(data=tmp_path)) as app:
        assert holder_of(tmp_path).key == app.local_key
        with pytest.raises(ConflictError) as caught, running(Settings(data=tmp_path)):
            pass
        assert caught.value.code == "data_in_use"
    assert holder_of(tmp_path) is None


def test_the_local_key_is_an_administrator_and_changes_at_each_start(tmp_path):
    keys = []
    for _ in range(2):
        with running(Settings(data=tmp_path)) as app:
            headers = {"Authorization": f"Bearer {app.local_key}"}
            assert httpx.get(f"{app.settings.address}/api/me", headers=headers).json()["scopes"] == ["admin"]
            keys.append(app.local_key)
    assert keys[0] != keys[1]


def test_the_first_link_is_new_at_each_start_until_it_is_used(tmp_path):
    with running(Settings(data=tmp_path)) as app:
        first = app.database.write_now(app.people.first_link)
        second = app.database.write_now(app.people.first_link)
        body = {"name": "Ida", "email": "ida@example.org", "password": "a long enough one"}
        url = f"{app.settings.address}/api/session/link"
        assert httpx.post(url, json={"token": first, **body}).status_code == 410
        assert httpx.post(url, json={"token": second, **body}).status_code == 204
        assert app.database.write_now(app.people.first_link) is None


def test_a_signal_ends_the_process_in_order(tmp_path):
    command = [sys.executable, "-c", "from headwater.cli import main; main()", "serve", "--port", "0"]
    environment = {**os.environ, "HEADWATER_DATA": str(tmp_path)}
    with subprocess.Popen(command, env=environment, stderr=subprocess.PIPE, text=True) as process:
        address = process.stderr.readline().split()[-1]
        assert "/welcome#hwl_" in process.stderr.readline()
        with urllib.request.urlopen(f"{address}/healthz", timeout=10) as answer:
            assert answer.status == 200
        process.send_signal(signal.SIGTERM)
        assert process.wait(timeout=10) == 0
    assert holder_of(tmp_path) is None
