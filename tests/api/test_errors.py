"""Bad input at the real server: what cannot be read, is too large, or breaks off (native.md N2 to N9)."""

import json
import socket

import pytest

HEAD = "POST {path} HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\n"


@pytest.fixture
def wire(served):
    with socket.create_connection(("127.0.0.1", served.settings.port), timeout=10) as connection:
        yield connection


def read_answer(connection):
    """The status and the problem of one answer."""
    received = b""
    while b"\r\n\r\n" not in received:
        received += connection.recv(65536)
    head, _, body = received.partition(b"\r\n\r\n")
    length = int(
        next(
            line.split(b":")[1] for line in head.split(b"\r\n") if line.lower().startswith(b"content-length")
        )
    )
    while len(body) < length:
        body += connection.recv(65536)
    return int(head.split()[1]), json.loads(body)


def test_an_unknown_route_is_a_problem(api):
    answer = api.get("/api/nothing/here")
    assert (answer.status_code, answer.json()["code"]) == (404, "route_unknown")
    assert answer.headers["content-type"] == "application/problem+json"


def test_a_wrong_method_names_the_right_ones(api):
    answer = api.put("/api/me")
    assert (answer.status_code, answer.headers["allow"]) == (405, "GET, HEAD, OPTIONS, PATCH")


def test_a_malformed_body_is_400(nobody):
    answer = nobody.post("/api/session", content=b'{"email":', headers={"Content-Type": "application/json"})
    assert (answer.status_code, answer.json()["code"]) == (400, "malformed_json")


def test_unknown_fields_and_wrong_types_come_together(nobody):
    answer = nobody.post("/api/session", json={"email": 3, "pasword": "x"})
    assert answer.status_code == 422
    assert {(fault["field"], fault["code"]) for fault in answer.json()["errors"]} == {
        ("email", "wrong_type"),
        ("pasword", "unknown_field"),
        ("password", "required"),
    }


def test_a_bad_cursor_is_refused(api):
    answer = api.get("/api/tokens", params={"cursor": "nonsense"})
    assert (answer.status_code, answer.json()["code"]) == (422, "invalid_cursor")


def test_a_declared_length_above_the_limit_is_refused_before_the_body(wire):
    wire.sendall((HEAD.format(path="/api/session") + "Content-Length: 52428800\r\n\r\n").encode())
    status, problem = read_answer(wire)
    assert (status, problem["code"]) == (413, "body_too_large")


def test_a_body_of_50_megabytes_is_refused_and_the_server_goes_on(nobody):
    answer = nobody.post(
        "/api/session", content=b"x" * 52_428_800, headers={"Content-Type": "application/json"}
    )
    assert (answer.status_code, answer.json()["code"]) == (413, "body_too_large")
    assert nobody.get("/healthz").status_code == 200


def test_a_chunked_body_is_refused_as_soon_as_it_is_too_large(nobody):
    sent = []

    def chunks():
        for _ in range(50):
            sent.append(1)
            yield b"x" * 1024 * 1024

    answer = nobody.post("/api/session", content=chunks(), headers={"Content-Type": "application/json"})
    assert answer.status_code == 413


def test_a_body_that_breaks_off_does_nothing(served, wire, nobody):
    before = served.database.read_now(lambda tx: tx.scalar("select count(*) from user_account"))
    wire.sendall((HEAD.format(path="/api/session/link") + 'Content-Length: 500\r\n\r\n{"token":').encode())
    wire.shutdown(socket.SHUT_WR)
    wire.close()
    assert nobody.get("/healthz").status_code == 200
    assert served.database.read_now(lambda tx: tx.scalar("select count(*) from user_account")) == before


def test_what_is_no_http_is_answered_with_400(wire):
    wire.sendall(b"NONSENSE\r\n\r\n")
    assert wire.recv(100).startswith(b"HTTP/1.1 400")


def test_a_head_without_end_is_refused(wire):
    wire.sendall(b"GET /healthz HTTP/1.1\r\nHost: x\r\nX-Long: " + b"y" * 300_000)
    status, problem = read_answer(wire)
    assert (status, problem["code"]) == (431, "head_too_large")


def test_a_request_that_never_comes_holds_no_connection(served, monkeypatch):
    monkeypatch.setattr("headwater.web.connection.HEAD_SECONDS", 0.05)
    for begun in (b"", b"GET /healthz HTT"):
        with socket.create_connection(("127.0.0.1", served.settings.port), timeout=10) as connection:
            connection.sendall(begun)
            assert connection.recv(100) == b""


def test_no_secret_is_in_the_settings(served, api):
    shown = api.get("/api/settings")
    assert served.settings.admin_token not in shown.text
    assert {"admin_token", "secret_key", "database_url"} & set(shown.json()) == set()


@pytest.mark.parametrize(
    ("method", "path"),
    [
        ("GET", "/api/roles"),
        ("GET", "/api/pages"),
        ("POST", "/api/charts/data"),
        ("PATCH", "/api/webhooks/1"),
        ("GET", "/api/connections"),
        ("POST", "/api/flows/import"),
        ("POST", "/hook/x"),
    ],
)
def test_a_part_that_is_not_built_says_so(api, nobody, method, path):
    answer = api.request(method, path)
    assert (answer.status_code, answer.json()["code"]) == (501, "not_built")
    assert nobody.request(method, path).status_code == 401
    assert api.get("/api/pagess").status_code == 404


@pytest.mark.parametrize(
    ("method", "path", "body"),
    [
        ("POST", "/api/modules", b"{"),
        ("POST", "/api/modules", b'{"handle":"x","fields":[{"name":"id","kind":"String"}]}'),
        ("POST", "/api/modules", b'{"handle":1}'),
        ("GET", "/api/tokens?limit=x", None),
        ("PUT", "/api/modules", b"{}"),
        ("GET", "/api/users/1", None),
        ("GET", "/api/jobs?x=1", None),
    ],
)
def test_an_error_always_says_what_to_do(api, method, path, body):
    answer = api.request(method, path, content=body)
    assert answer.status_code >= 400
    assert answer.json()["hint"], answer.text
    assert "`" not in answer.json()["hint"]
