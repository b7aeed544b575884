"""What is barely HTTP, or lies about itself, at the real server: an answer, then the next one's turn."""

import json
import socket

import pytest

PLACES = """jobs/{} runs/{} imports/{} alerts/{} users/{} modules/{} modules/{}/records/1 applications/{}
templates/{} flows/{} portal/{} connectors/{} flows/{}/failures/1 imports/{}/rejects jobs/{}/log"""
CLOSE = b"Host: x\r\nConnection: close\r\n"
JSON = b"Content-Type: application/json\r\n"


@pytest.fixture(scope="module")
def say(served):
    """Send bytes on a connection of their own; status, media type and body of the answer."""

    def say(raw):
        with socket.create_connection(("127.0.0.1", served.settings.port), timeout=10) as connection:
            connection.sendall(raw)
            received = b""
            while more := connection.recv(65536):
                received += more
        head, _, body = received.partition(b"\r\n\r\n")
        lines = head.split(b"\r\n")
        headers = dict(line.lower().split(b": ", 1) for line in lines[1:])
        return int(lines[0].split()[1]), headers.get(b"content-type", b"").decode(), body

    return say


@pytest.fixture(scope="module")
def signed_in(served):
    return f"Authorization: Bearer {served.settings.admin_token}\r\n".encode() + CLOSE


def request(line, headers=b"", body=b""):
    return line + b" HTTP/1.1\r\n" + CLOSE + headers + b"\r\n" + body


@pytest.mark.parametrize(
    "raw",
    [
        request(b"GET healthz"),
        request(b"GET ?a=b"),
        request(b"GET http://x"),
        request("GET /api/modules/é".encode()),
        request(b"GET /api/modules/a\0b"),
        request(b"CONNECT x:443"),
        request(b"FROB /healthz"),
        request(b"get /healthz"),
        b"GET /healthz HTTP/9.9\r\n\r\n",
        b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n",
        b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03" + b"\0" * 500,
        request(b"POST /api/session", b"Content-Length: -5\r\n"),
        request(b"POST /api/session", b"Content-Length: 1e3\r\n"),
        request(b"POST /api/session", b"Content-Length: " + b"9" * 30 + b"\r\n"),
        request(b"POST /api/session", b"Content-Length: 2\r\nContent-Length: 3\r\n", b"{}x"),
        request(b"POST /api/session", b"Content-Length: 5\r\nTransfer-Encoding: chunked\r\n", b"0\r\n\r\n"),
        request(b"POST /api/session", b"Transfer-Encoding: gzip\r\n"),
        request(b"POST /api/session", JSON + b"Transfer-Encoding: chunked\r\n", b"zz\r\n"),
        request(b"GET /api/me", b"Cookie: hw_session=\x01\r\n"),
        request(b"GET /api/me", b"No colon\r\n"),
    ],
)
def test_what_is_no_decent_http_is_refused_and_hides_no_second_request(say, raw):
    status, _, body = say(raw)
    assert status == 400
    assert b"HTTP/1.1" not in body
    assert say(request(b"GET /healthz"))[0] == 200


@pytest.mark.parametrize(
    ("raw", "status"),
    [
        (request(b"OPTIONS *"), 404),
        (request(b"GET http://elsewhere/healthz"), 200),
        (request(b"TRACE /api/me"), 405),
        (request(b"PROPFIND /api/me"), 405),
        (request(b"GET /healthz", b"Connection: Upgrade\r\nUpgrade: h2c\r\n"), 200),
        (request(b"GET /healthz", b"".join(b"X-%d: y\r\n" % at for at in range(2000))), 200),
        (request(b"GET /healthz", b"X-Forwarded-For: \xff,,\r\nX-Forwarded-Proto: javascript\r\n"), 200),
        (
            request(
                b"GET /", b"Range: bytes=9-1,-,x\r\nIf-None-Match: \xff\r\nAccept-Encoding: gzip;q=x\r\n"
            ),
            200,
        ),
        (request(b"POST /api/session", JSON + b"Content-Length: 9999999999999999\r\n"), 413),
        (
            request(
                b"POST /api/session", b"Content-Type: \xff;;charset=\xff\r\nContent-Length: 2\r\n", b"{}"
            ),
            415,
        ),
    ],
)
def test_what_is_only_strange_gets_its_usual_status(say, raw, status):
    assert say(raw)[0] == status


@pytest.mark.parametrize(
    "value",
    [
        "Bearer",
        "Bearer ",
        "Bearer é\u202e",
        "Basic !!!",
        "bearer x y z",
        "Bearer " + "x" * 30_000,
    ],
)
def test_a_wrong_authorization_is_nobody(say, value):
    status, media_type, body = say(request(b"GET /api/me", b"Authorization: " + value.encode() + b"\r\n"))
    assert (status, media_type, json.loads(body)["code"]) == (
        401,
        "application/problem+json",
        "not_signed_in",
    )


@pytest.mark.parametrize(
    "cookie",
    [b"hw_session=\xff;;;=;a", b'hw_session="a\\073b"; hw_session=x', b"hw_session=" + b"y" * 30_000],
)
def test_a_broken_cookie_is_nobody(say, cookie):
    status, _, body = say(request(b"GET /api/me", b"Cookie: " + cookie + b"\r\n"))
    assert (status, json.loads(body)["code"]) == (401, "not_signed_in")


@pytest.mark.parametrize("revision", [b"x", b"", b'""', b'"1", "2"', b"\xb2", b"9" * 5_000, b"-1", b"1.5"])
def test_an_if_match_that_is_no_revision_is_refused(say, signed_in, revision):
    headers = signed_in + JSON + b"If-Match: " + revision + b"\r\nContent-Length: 2\r\n"
    status, _, body = say(b"PATCH /api/modules/1 HTTP/1.1\r\n" + headers + b"\r\n{}")
    assert (status, json.loads(body)["code"]) == (400, "invalid_if_match")


@pytest.mark.parametrize("key", [b"\xff\xfe", b"a" * 5_000, b"", b"\t"])
def test_an_idempotency_key_of_any_kind_has_an_answer(say, signed_in, key):
    headers = signed_in + JSON + b"Idempotency-Key: " + key + b"\r\nContent-Length: 2\r\n"
    status, media_type, _ = say(b"POST /api/modules HTTP/1.1\r\n" + headers + b"\r\n{}")
    assert (status, media_type) in ((400, "application/problem+json"), (422, "application/problem+json"))


@pytest.mark.parametrize("query", [b"a=%ff", b"q=a%00b", b"&".join(b"a%d=1" % at for at in range(2000))])
def test_a_query_that_cannot_be_read_is_refused(say, signed_in, query):
    for path in (b"/api/search", b"/api/modules", b"/clust/api/templates", b"/integrator/v1/flows"):
        status, _, body = say(b"GET " + path + b"?" + query + b" HTTP/1.1\r\n" + signed_in + b"\r\n")
        assert status in (400, 422), (path, body)
        assert "malformed_query" in body.decode() or "percent-encoded" in body.decode() or b"NUL" in body


@pytest.mark.parametrize(
    "path",
    [
        b"/assets/../../app.py",
        b"/assets/%2e%2e/%2e%2e/app.py",
        b"/assets/..%2f..%2fapp.py",
        b"/assets//etc/passwd",
        b"/assets/..\\..\\app.py",
        b"/assets/%00",
        b"/assets/" + b"a" * 5_000,
        b"/assets/" + b"a/" * 5_000,
    ],
)
def test_no_path_leads_out_of_the_files_of_the_interface(say, path):
    status, _, body = say(request(b"GET " + path))
    assert (status, body) == (404, b"Not found")


@pytest.mark.parametrize(
    "text",
    ["%00", "%2E%2E", "..%2F..", "%FF", "%F0%9F%9A%A2", "%C2%B2", "9" * 4_000, "-1", "1e3", "%E2%80%AE"],
)
def test_a_hostile_id_is_the_id_of_nothing(say, signed_in, text):
    for place in PLACES.split():
        line = f"GET /api/{place.replace('{}', text)} HTTP/1.1\r\n".encode()
        status, media_type, body = say(line + signed_in + b"\r\n")
        is_other_path = "%2F" in text and status == 405  # a decoded slash makes other segments
        assert status == 404 or is_other_path, (place, body)
        assert media_type == "application/problem+json"
