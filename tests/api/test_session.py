"""Signing in: the one-time link, passwords, cookies, limits on guessing (native.md N1, section 7)."""

import httpx
import pytest

PASSWORD = "a long enough one"


@pytest.fixture(scope="module")
def link(served):
    return served.database.write_now(served.people.first_link)


@pytest.fixture(scope="module")
def ida(nobody, link):
    body = {"token": link, "name": "Ida", "email": "Ida@example.org", "password": PASSWORD}
    answer = nobody.post("/api/session/link", json=body)
    nobody.cookies.clear()
    return answer


def sign_in(client, email="ida@example.org", password=PASSWORD):
    return client.post("/api/session", json={"email": email, "password": password})


@pytest.fixture
def browser(served, ida):
    with httpx.Client(base_url=served.settings.address) as client:
        assert sign_in(client).status_code == 204
        yield client


def test_the_first_link_makes_the_administrator_and_signs_him_in(ida):
    assert ida.status_code == 204
    cookie = ida.headers["set-cookie"]
    assert cookie.startswith("hw_session=hws_")
    assert "HttpOnly" in cookie and "SameSite=Lax" in cookie and "Path=/" in cookie


def test_a_link_works_once(nobody, link, ida):
    again = nobody.post("/api/session/link", json={"token": link, "password": PASSWORD})
    assert (again.status_code, again.json()["code"]) == (410, "link_ended")


def test_the_session_tells_who_is_signed_in(browser):
    me = browser.get("/api/session").json()
    assert (me["name"], me["email"], me["scopes"], me["kind"]) == (
        "Ida",
        "Ida@example.org",
        ["admin"],
        "user",
    )
    assert {"time_zone", "locale"} <= set(me)


def test_the_address_is_the_same_person_in_any_case(served, ida):
    with httpx.Client(base_url=served.settings.address) as client:
        assert sign_in(client, email="IDA@EXAMPLE.ORG").status_code == 204


def test_signing_out_ends_the_session(browser):
    answer = browser.delete("/api/session", headers={"X-Headwater-Request": "1"})
    assert answer.status_code == 204
    assert browser.get("/api/session").status_code == 401


def test_a_write_with_a_cookie_needs_the_header_of_our_own_pages(browser):
    body = {"name": "t", "scopes": ["jobs"]}
    refused = browser.post("/api/tokens", json=body)
    assert (refused.status_code, refused.json()["code"]) == (403, "request_header_missing")
    assert browser.post("/api/tokens", json=body, headers={"X-Headwater-Request": "1"}).status_code == 201


def test_a_bad_token_is_not_excused_by_a_good_cookie(browser):
    assert browser.get("/api/me", headers={"Authorization": "Bearer hw_wrong"}).status_code == 401


def test_another_sites_page_cannot_sign_a_person_in(nobody, ida):
    body = {"email": "ida@example.org", "password": PASSWORD}
    answer = nobody.post("/api/session", json=body, headers={"Sec-Fetch-Site": "cross-site"})
    assert (answer.status_code, answer.json()["code"]) == (403, "other_site")


def test_wrong_password_and_unknown_person_get_the_same_answer(nobody, ida):
    wrong = sign_in(nobody, password="not the password")
    unknown = sign_in(nobody, email="nobody@example.org")
    assert wrong.status_code == unknown.status_code == 401
    assert wrong.json()["code"] == unknown.json()["code"] == "wrong_sign_in"
    assert wrong.json()["detail"] == unknown.json()["detail"]


def test_a_short_password_is_refused_and_the_link_stays_good(api, nobody):
    made = api.post(
        "/api/users", json={"name": "Ola", "email": "ola@example.org", "scopes": ["records:read"]}
    )
    token = made.json()["link"].rpartition("#")[2]
    short = nobody.post("/api/session/link", json={"token": token, "password": "short"})
    assert (short.status_code, short.json()["errors"][0]["field"]) == (422, "password")
    assert nobody.post("/api/session/link", json={"token": token, "password": PASSWORD}).status_code == 204
    assert nobody.get("/api/session").json()["scopes"] == ["records:read"]
    nobody.cookies.clear()


def test_a_person_changes_himself_and_needs_the_present_password_for_a_new_one(browser):
    headers = {"X-Headwater-Request": "1"}
    changed = browser.patch("/api/me", json={"time_zone": "Europe/Oslo"}, headers=headers)
    assert changed.json()["time_zone"] == "Europe/Oslo"
    wrong = browser.patch("/api/me", json={"time_zone": "Mars/Base"}, headers=headers)
    assert wrong.json()["errors"][0]["field"] == "time_zone"
    body = {"password": "another long one", "current_password": "guessed"}
    refused = browser.patch("/api/me", json=body, headers=headers)
    assert (refused.status_code, refused.json()["code"]) == (403, "wrong_password")


def test_the_last_administrator_cannot_be_shut_out(api, browser):
    ida = browser.get("/api/me").json()["id"]
    answer = api.delete(f"/api/users/{ida}")
    assert (answer.status_code, answer.json()["code"]) == (409, "last_administrator")


def test_a_disabled_person_is_signed_out_and_his_tokens_end(api, served):
    made = api.post("/api/users", json={"name": "Kim", "email": "kim@example.org", "scopes": ["jobs"]}).json()
    with httpx.Client(base_url=served.settings.address) as kim:
        token = made["link"].rpartition("#")[2]
        kim.post("/api/session/link", json={"token": token, "password": PASSWORD})
        body = {"name": "t", "scopes": ["jobs"]}
        token = kim.post("/api/tokens", json=body, headers={"X-Headwater-Request": "1"}).json()["token"]
        headers = {"Authorization": f"Bearer {token}"}
        assert kim.get("/api/me", headers=headers).status_code == 200
        assert api.delete(f"/api/users/{made['id']}").status_code == 204
        assert kim.get("/api/session").status_code == 401
        assert kim.get("/api/me", headers=headers).status_code == 401
        assert sign_in(kim, email="kim@example.org").status_code == 401


def test_an_email_belongs_to_one_person(api, ida):
    answer = api.post("/api/users", json={"name": "Other", "email": "IDA@example.org", "scopes": []})
    assert (answer.status_code, answer.json()["errors"][0]["code"]) == (422, "email_taken")


def test_guessing_is_stopped_for_the_account_with_a_time_to_come_again(nobody):
    answers = [sign_in(nobody, email="victim@example.org", password=f"guess {n}") for n in range(11)]
    assert [answer.status_code for answer in answers] == [401] * 10 + [429]
    assert answers[-1].json()["code"] == "too_many_attempts"
    assert int(answers[-1].headers["retry-after"]) > 0


def test_the_cookie_is_secure_behind_https(api, tmp_path):
    from headwater.kernel.settings import Settings
    from headwater.server import running

    with running(Settings(data=tmp_path, public_url="https://headwater.example.org")) as app:
        token = app.database.write_now(app.people.first_link)
        body = {"token": token, "name": "Ida", "email": "ida@example.org", "password": PASSWORD}
        answer = httpx.post(f"http://127.0.0.1:{app.settings.port}/api/session/link", json=body)
        assert answer.headers["set-cookie"].endswith("; Secure")
