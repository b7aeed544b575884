"""The Clust dialect: envelopes, tokens, dossiers and templates (wire/clust.md)."""

import pytest

PDF = ("proof.pdf", b"%PDF-1.4 proof", "application/pdf")


@pytest.fixture(params=["/clust/api", "/clust/api/v2"])
def clust(request):
    return request.param


@pytest.fixture
def template(api, clust):
    body = {
        "title": "Berth",
        "steps": [{"title": "Papers", "items": [{"title": "Proof"}, {"title": "Plan"}]}],
    }
    answer = api.post(f"{clust}/templates", json=body)
    assert answer.status_code == 201
    return answer.json()["data"]["id"]


@pytest.fixture
def dossier(api, clust, template):
    body = {
        "template_id": template,
        "contact": {"email": "ida@example.org", "firstname": "Ida", "lastname": "Ek"},
        "title": "Berth 2031",
        "external_id": "B-9",
        "auto_emails": 1,
        "custom": {"berth": "A4"},
        "due_at": "2031-05-31T22:00:00Z",
    }
    answer = api.post(f"{clust}/dossiers", json=body)
    assert answer.status_code == 201, answer.text
    return answer.json()["data"]


def test_calls_without_token_are_unauthenticated(nobody, clust):
    answer = nobody.get(f"{clust}/dossiers")

    assert answer.status_code == 401
    assert answer.json()["type"] == "unauthenticated"
    assert answer.json()["errors"] == {"token": "unauthenticated"}


def test_a_token_may_come_in_the_query(nobody, served, clust):
    answer = nobody.get(f"{clust}/users", params={"per_page": 1, "api_token": served.settings.admin_token})

    assert answer.status_code == 200
    assert served.settings.admin_token not in answer.text


def test_a_missing_ability_is_named(api, nobody, clust):
    secret = api.post("/api/tokens", json={"name": "reader", "abilities": ["dossiers:read"]}).json()["token"]
    bearer = {"Authorization": f"Bearer {secret}"}

    assert nobody.get(f"{clust}/dossiers", headers=bearer).status_code == 200
    answer = nobody.post(f"{clust}/dossiers", json={}, headers=bearer)
    assert (answer.status_code, answer.json()["errors"]) == (403, {"token": "missing_ability:dossiers:write"})
    assert nobody.get("/api/applications", headers=bearer).status_code in (200, 403)


def test_a_dossier_has_the_documented_members(api, clust, dossier):
    found = api.get(f"{clust}/dossiers/{dossier['id']}").json()["data"]

    assert found["title"] == "Berth 2031"
    assert (found["status"], found["status_string"]) == ("created", "Created")
    assert found["status_string_full"] == "Created, due 31 May 2031"
    assert (found["count_eligible_items"], found["count_missing_items"], found["progress_percentage"]) == (
        2,
        2,
        0,
    )
    assert (found["external_id"], found["custom"], found["auto_emails"]) == ("B-9", {"berth": "A4"}, 1)
    assert found["contact"]["email"] == "ida@example.org"
    assert "/portal/" in found["public_url"]
    assert [item["title"] for item in found["dossier_items"]] == ["Proof", "Plan"]
    assert found["is_late"] is False


def test_a_known_address_reuses_its_contact_and_fills_only_blanks(api, clust, template, dossier):
    body = {"template_id": template, "email": "IDA@example.org", "firstname": "Other", "phone": "+47 555"}

    contact = api.post(f"{clust}/dossiers", json=body).json()["data"]["contact"]

    assert contact["id"] == dossier["contact"]["id"]
    assert (contact["firstname"], contact["phone"]) == ("Ida", "+47 555")


def test_forms_are_read_like_json(api, clust, template):
    form = {"template_id": str(template), "contact[email]": "form@example.org", "title": "By form"}

    answer = api.post(f"{clust}/dossiers", data=form)

    assert answer.status_code == 201, answer.text
    assert answer.json()["data"]["contact"]["email"] == "form@example.org"


def test_lists_have_data_meta_and_links(api, clust, template):
    for number in range(3):
        api.post(f"{clust}/dossiers", json={"template_id": template, "email": f"l{number}@example.org"})

    page = api.get(f"{clust}/dossiers", params={"template_id": template, "per_page": 2}).json()

    assert len(page["data"]) == 2
    assert page["meta"] == {"current_page": 1, "per_page": 2, "total": 3, "last_page": 2, "from": 1, "to": 2}
    assert page["links"]["prev"] is None
    rest = api.get(page["links"]["next"]).json()
    assert [len(rest["data"]), rest["links"]["next"]] == [1, None]


@pytest.mark.parametrize(("asked", "given"), [("0", 1), ("1000", 100), ("x", 15)])
def test_page_sizes_outside_the_range_go_to_the_nearest(api, clust, asked, given):
    assert api.get(f"{clust}/dossiers", params={"per_page": asked}).json()["meta"]["per_page"] == given


def test_put_merges(api, clust, dossier):
    path = f"{clust}/dossiers/{dossier['id']}"

    changed = api.put(path, json={"title": "New title"}).json()["data"]

    assert (changed["title"], changed["external_id"], changed["custom"]) == (
        "New title",
        "B-9",
        {"berth": "A4"},
    )


def test_faults_come_as_a_map_all_at_once(api, clust):
    answer = api.post(f"{clust}/dossiers", json={"template_id": 999999, "contact": {"email": "nope"}})

    assert answer.status_code == 422
    assert answer.json()["errors"] == {"contact.email": "invalid_email", "template_id": "template_not_found"}


def test_unknown_dossiers_and_contacts_have_their_codes(api, clust, template):
    assert api.get(f"{clust}/dossiers/424242424").json()["errors"] == {"dossier": "dossier_not_found"}
    answer = api.post(f"{clust}/dossiers", json={"template_id": template, "contact_id": 424242424})
    assert answer.json()["errors"] == {"contact": "contact_not_found"}


def test_actions_follow_the_states(api, nobody, clust, dossier):
    path = f"{clust}/dossiers/{dossier['id']}"
    early = api.post(f"{path}/submit")
    assert (early.status_code, early.json()["errors"]) == (409, {"dossier": "missing_items"})
    assert len(early.json()["missing"]) == 2
    portal = "/api/portal/" + dossier["public_url"].rsplit("/", 1)[1]
    for item in dossier["dossier_items"]:
        nobody.post(f"{portal}/items/{item['id']}/files", files={"file": PDF})

    submitted = api.post(f"{path}/submit").json()["data"]
    assert submitted["status"] == "submitted"
    assert api.post(f"{path}/submit").json()["data"]["state_dates"] == submitted["state_dates"]
    for item in dossier["dossier_items"]:
        api.post(f"{path}/items/{item['id']}/approve")
    assert api.post(f"{path}/approve").json()["data"]["status"] == "approved"
    again = api.post(f"{path}/approve")
    assert (again.status_code, again.json()["errors"]) == (409, {"dossier": "invalid_state:approved"})


def test_deleted_dossiers_are_gone_for_everybody(api, nobody, clust, dossier):
    assert api.delete(f"{clust}/dossiers/{dossier['id']}").status_code == 204

    assert api.get(f"{clust}/dossiers/{dossier['id']}").status_code == 404
    assert nobody.get("/api/portal/" + dossier["public_url"].rsplit("/", 1)[1]).status_code == 404


@pytest.mark.parametrize(
    ("method", "path"),
    [
        ("GET", "/webhooks"),
        ("POST", "/contacts"),
        ("POST", "/dossiers/{id}/remind"),
        ("POST", "/dossiers/{id}/link/revoke"),
        ("GET", "/dossiers/{id}/messages"),
        ("POST", "/dossiers/{id}/items/1/form"),
        ("GET", "/dossiers/{id}/items/1"),
    ],
)
def test_what_is_not_built_yet_says_so(api, clust, dossier, method, path):
    answer = api.request(method, clust + path.format(id=dossier["id"]))

    assert (answer.status_code, answer.json()["errors"]) == (501, {"request": "not_built"})


@pytest.mark.parametrize("query", ["event=approved&since=2031-05-02T07:00:00Z", "q=ida", "is_late=1"])
def test_a_filter_that_is_not_built_never_gives_an_unfiltered_list(api, clust, dossier, query):
    answer = api.get(f"{clust}/dossiers?{query}")

    assert answer.status_code == 501
    assert set(answer.json()["errors"].values()) == {"not_built"}


def test_a_return_rejects_the_items_that_it_names(api, nobody, clust, dossier):
    path, item = f"{clust}/dossiers/{dossier['id']}", dossier["dossier_items"][0]["id"]
    portal = "/api/portal/" + dossier["public_url"].rsplit("/", 1)[1]
    for each in dossier["dossier_items"]:
        nobody.post(f"{portal}/items/{each['id']}/files", files={"file": PDF})
    api.post(f"{path}/submit")
    assert api.post(f"{path}/return", json={"reason": "Blurred", "items": "x"}).status_code == 422

    returned = api.post(f"{path}/return", json={"reason": "Blurred", "items": [item]}).json()["data"]

    assert returned["status"] == "returned"
    assert [each["state"] for each in returned["dossier_items"]][:2] == ["rejected", "pending_review"]


def test_the_reference_shows_the_dialect(nobody):
    page = nobody.get("/clust/docs")
    assert page.status_code == 200
    assert "/clust/api/dossiers/{dossier}" in page.text
