"""Who may call the CRM dialect, and from which pages (wire/crm.md section 2)."""

import httpx
import pytest

from tests.wire.crm_client import BOAT, Crm, person, signed

# Algorithm "none", sub 7, far from its end.
UNSIGNED = "eyJhbGciOiJub25lIn0.eyJzdWIiOiI3IiwiZXhwIjo5OTk5OTk5OTk5fQ."
EVIL = "https://evil.example.org"


@pytest.fixture
def ida(served):
    return person(served)


@pytest.fixture
def anyone(nobody):
    return Crm(nobody)


def bearer(token):
    return {"Authorization": f"Bearer {token}"}


def message(answer):
    assert answer.status_code == 200
    return answer.json()["error"]["message"]


def test_a_jwt_is_accepted_in_the_header_the_cookie_and_the_query(anyone, ida):
    for given in (
        {"headers": bearer(ida.jwt)},
        {"headers": {"Cookie": f"a=b; jwt={ida.jwt}"}},
        {"params": {"jwt": ida.jwt}},
    ):
        user = anyone.value(anyone.send("GET", "/auth/check", **given))["user"]
        assert (user["userID"], user["username"], user["name"]) == (str(ida.user.id), "ida", "Ida")


def test_the_session_check_shows_the_whole_user(anyone, ida):
    user = anyone.value(anyone.send("GET", "/auth/check", headers=bearer(ida.jwt)))["user"]

    assert list(user) == ["userID", "username", "email", "name", "handle", "kind", "createdAt"]


def test_the_first_place_with_a_token_wins(anyone, ida):
    headers = {**bearer("hw_wrong"), "Cookie": f"jwt={ida.jwt}"}

    answer = anyone.send("GET", "/module/", headers=headers, params={"jwt": ida.jwt})

    assert message(answer) == "failed to authorize request: unknown token"


def test_our_api_tokens_are_accepted_in_the_same_places(api, anyone):
    token = api.post("/api/tokens", json={"name": "crm", "scopes": ["records:read"]}).json()["token"]

    for given in (
        {"headers": bearer(token)},
        {"headers": {"Cookie": f"jwt={token}"}},
        {"params": {"jwt": token}},
    ):
        assert anyone.value(anyone.send("GET", "/module/", **given)) is not None


def test_jwts_that_we_issue_open_the_dialect_with_their_scopes_only(api, anyone):
    body = {"name": "phone", "scopes": ["records:read"], "kind": "jwt"}
    token = api.post("/api/tokens", json=body).json()["token"]

    assert anyone.value(anyone.send("GET", "/module/", headers=bearer(token))) is not None
    refused = anyone.send("POST", "/module/", headers=bearer(token), json={"name": "x", "fields": BOAT})
    assert message(refused) == "Not allowed to create a module"


@pytest.mark.parametrize(
    "given",
    [
        {},
        {"headers": {"Authorization": "Bearer"}},
        {"params": {"jwt": " "}},
        {"headers": {"Cookie": "jwt="}},
    ],
)
def test_no_token_and_a_blank_one_are_unauthorized(anyone, given):
    assert message(anyone.send("GET", "/module/", **given)) == "Unauthorized"


def test_a_bad_token_is_refused_with_the_reason(anyone, served, ida):
    user = str(ida.user.id)
    bad = {
        signed(served, sub=user, exp=1): "Signature has expired",
        signed(served, sub=user, key=b"another key that is long enough!"): "Signature verification failed",
        signed(served, sub="424242"): "unknown user",
        signed(served, sub="ida"): "sub is not a user id",
        UNSIGNED: "The specified alg value is not allowed",
        "eyJ.eyJ.eyJ": None,
        "rubbish": "unknown token",
    }
    for token, reason in bad.items():
        told = message(anyone.send("GET", "/module/", headers=bearer(token)))
        assert told.startswith("failed to authorize request: "), told
        assert reason is None or told.endswith(reason), told


def test_only_the_version_needs_no_token(anyone):
    assert set(anyone.value(anyone.send("GET", "/version"))) == {"version"}
    assert message(anyone.send("GET", "/field/")) == "Unauthorized"


def test_what_is_not_permitted_is_named(api, anyone):
    module = Crm(api).module(BOAT)
    token = api.post("/api/tokens", json={"name": "nothing", "scopes": ["jobs"]}).json()["token"]
    calls = {
        ("GET", f"{module}/content"): "list contents",
        ("GET", f"{module}/chart?kind=pie"): "read a chart",
        ("GET", f"{module}/content/1"): "read a content",
        ("DELETE", f"{module}/content/1"): "delete a content",
        ("DELETE", module): "delete a module",
    }
    for (method, path), what in calls.items():
        assert message(anyone.send(method, path, headers=bearer(token))) == f"Not allowed to {what}"


def test_a_module_that_one_may_not_see_is_not_there(api, anyone):
    crm = Crm(api)
    seen, hidden = crm.module(BOAT, name="Seen"), crm.module(BOAT, name="Hidden")
    token = api.post("/api/tokens", json={"name": "one", "scopes": ["records:read:seen"]}).json()["token"]
    headers = bearer(token)

    assert [each["name"] for each in anyone.value(anyone.send("GET", "/module/", headers=headers))] == [
        "Seen"
    ]
    assert anyone.value(anyone.send("GET", hidden, headers=headers))["moduleID"] == "0"
    assert anyone.value(anyone.send("GET", seen, headers=headers))["name"] == "Seen"
    assert message(anyone.send("GET", f"{hidden}/content", headers=headers)) == "Module not found"
    overview = anyone.value(anyone.send("GET", "/module/0/chart?kind=pie", headers=headers))
    assert overview["data"] == [["Seen", 0]]


@pytest.mark.parametrize("origin", ["http://localhost:3000", "https://127.0.0.1", "http://[::1]:8080"])
def test_an_allowed_origin_is_reflected(anyone, origin):
    answer = anyone.send("GET", "/version", headers={"Origin": origin})

    assert answer.headers["access-control-allow-origin"] == origin
    assert answer.headers["access-control-allow-credentials"] == "true"
    assert answer.headers["vary"] == "Origin"


def test_the_server_itself_is_an_allowed_origin(anyone, served):
    answer = anyone.send("GET", "/version", headers={"Origin": served.settings.address})

    assert answer.headers["access-control-allow-origin"] == served.settings.address


@pytest.mark.parametrize(
    "origin", [EVIL, "null", "http://localhost.evil.org", "http://[", "file://localhost"]
)
def test_another_origin_is_not_reflected(anyone, origin):
    answer = anyone.send("GET", "/version", headers={"Origin": origin})

    assert answer.status_code == 200
    assert "access-control-allow-origin" not in answer.headers


def test_errors_can_be_read_by_allowed_origins_too(anyone):
    answer = anyone.send("GET", "/module/", headers={"Origin": "http://localhost"})

    assert message(answer) == "Unauthorized"
    assert answer.headers["access-control-allow-origin"] == "http://localhost"


def test_a_preflight_needs_no_token(anyone):
    headers = {"Origin": "http://localhost", "Access-Control-Request-Method": "POST"}

    answer = anyone.send("OPTIONS", "/module/1/content", headers=headers)

    assert answer.status_code == 200
    assert answer.headers["access-control-allow-methods"] == "GET, POST, DELETE, OPTIONS"
    assert (
        answer.headers["access-control-allow-headers"] == "Accept, Authorization, Content-Type, X-CSRF-Token"
    )
    assert answer.headers["access-control-max-age"] == "300"


def test_the_list_of_origins_replaces_localhost(tmp_path):
    from headwater.kernel.settings import Settings
    from headwater.server import running

    settings = Settings(data=tmp_path, crm_origins=("https://crm.example.org",))
    with running(settings) as app, httpx.Client(base_url=app.settings.address) as http:
        named = http.get("/crm/version", headers={"Origin": "https://crm.example.org"})
        local = http.get("/crm/version", headers={"Origin": "http://localhost"})

    assert named.headers["access-control-allow-origin"] == "https://crm.example.org"
    assert "access-control-allow-origin" not in local.headers


def test_a_write_with_the_cookie_from_another_origin_is_refused(anyone, ida):
    module = Crm(anyone.http)
    cookie = {"Cookie": f"jwt={ida.jwt}"}
    body = {"name": "Raft", "fields": BOAT}

    refused = module.send("POST", "/module/", headers={**cookie, "Origin": EVIL}, json=body)
    allowed = module.send("POST", "/module/", headers={**cookie, "Origin": "http://localhost:1"}, json=body)
    by_header = module.send("POST", "/module/", headers={**bearer(ida.jwt), "Origin": EVIL}, json=body)
    reading = module.send("GET", "/module/", headers={**cookie, "Origin": EVIL})

    assert message(refused) == f"Not allowed to write with a cookie from {EVIL}"
    assert [list(each.json()) for each in (allowed, by_header, reading)] == [["response"]] * 3
