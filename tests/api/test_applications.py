"""Applications over HTTP: templates, the recipient's page, decisions, and the records that come of them."""

import pytest

PDF = ("proof.pdf", b"%PDF-1.4 proof", "application/pdf")
TEMPLATE = {
    "title": "Berth",
    "steps": [
        {
            "title": "Papers",
            "items": [
                {"title": "Proof of ownership", "accept": ["pdf"], "max_size_mb": 1},
                {"kind": "statement", "title": "Rules", "statement": "I keep the harbour rules."},
                {"kind": "task", "title": "Call the harbour", "mandatory": False},
            ],
        }
    ],
}
IDA = {"email": "ida@example.org", "firstname": "Ida", "lastname": "Ek"}


@pytest.fixture(scope="module")
def template(api):
    answer = api.post("/api/templates", json=TEMPLATE)
    assert answer.status_code == 201, answer.text
    return answer.json()


@pytest.fixture
def application(api, template):
    body = {"template_id": template["id"], "contact": IDA, "custom": {"berth": "A4"}}
    answer = api.post("/api/applications", json=body)
    assert answer.status_code == 201, answer.text
    return answer.json()


def portal(application):
    return "/api/portal/" + application["public_url"].rsplit("/", 1)[1]


def give_everything(nobody, page):
    items = nobody.get(page).json()["items"]
    nobody.post(f"{page}/items/{items[0]['id']}/files", files={"file": PDF})
    return nobody.patch(f"{page}/items/{items[1]['id']}", json={"accepted": True}).json()


def test_an_application_lives_from_creation_to_approval(api, nobody, application):
    page = portal(application)
    assert (application["status"], application["count_missing_items"]) == ("created", 2)

    shown = give_everything(nobody, page)
    assert (shown["status"], shown["may_submit"], shown["progress_percentage"]) == (
        "pending_submission",
        True,
        100,
    )
    assert nobody.post(f"{page}/submit").json()["status"] == "submitted"
    waiting = api.post(f"/api/applications/{application['id']}/approve")
    assert (waiting.status_code, waiting.json()["code"]) == (409, "items_not_approved")
    done = api.post(f"/api/applications/{application['id']}/approve", json={"force": True}).json()

    assert done["status"] == "approved"
    moves = [(move["from"], move["to"]) for move in done["history"]]
    assert moves == [
        (None, "created"),
        ("created", "in_progress"),
        ("in_progress", "pending_submission"),
        ("pending_submission", "submitted"),
        ("submitted", "approved"),
    ]


def test_the_recipient_never_sees_custom_data_or_paths(nobody, application):
    text = nobody.get(portal(application)).text

    assert "berth" not in text
    assert "sha256" not in text


def test_submitting_too_early_names_what_is_missing(nobody, application):
    answer = nobody.post(f"{portal(application)}/submit")

    assert (answer.status_code, answer.json()["code"]) == (409, "missing_items")
    assert len(answer.json()["document"]["missing"]) == 2


def test_a_rejected_item_returns_the_application_with_its_reason(api, nobody, application):
    page = portal(application)
    item = give_everything(nobody, page)["items"][0]["id"]
    nobody.post(f"{page}/submit")
    path = f"/api/applications/{application['id']}/items/{item}"
    assert api.post(f"{path}/reject").json()["code"] == "reason_required"

    rejected = api.post(f"{path}/reject", json={"reason": "Blurred"}).json()

    assert rejected["status"] == "returned"
    shown = nobody.get(page).json()
    assert (shown["items"][0]["last_rejection"]["reason"], shown["may_submit"]) == ("Blurred", False)
    nobody.post(f"{page}/items/{item}/files", files={"file": PDF})
    assert nobody.get(page).json()["status"] == "pending_submission"


@pytest.mark.parametrize(
    ("file", "status", "code"),
    [
        (("virus.exe", b"MZ", "application/pdf"), 422, "wrong_file_type"),
        (("big.pdf", b"x" * (1024 * 1024 + 1), "application/pdf"), 413, "file_too_large"),
    ],
)
def test_files_that_an_item_does_not_take_are_refused(nobody, application, file, status, code):
    page = portal(application)
    item = nobody.get(page).json()["items"][0]["id"]

    answer = nobody.post(f"{page}/items/{item}/files", files={"file": file})

    assert (answer.status_code, answer.json()["code"]) == (status, code)
    assert nobody.get(page).json()["items"][0]["state"] == "missing"


def test_a_file_comes_back_as_it_was_given_and_never_runs(api, nobody, application):
    page = portal(application)
    item = nobody.get(page).json()["items"][0]["id"]
    given = nobody.post(
        f"{page}/items/{item}/files", files={"file": ("../../x.pdf", b"<script>", "text/html")}
    )
    upload = given.json()["items"][0]["uploads"][0]

    answer = api.get(f"/api/applications/{application['id']}/uploads/{upload['id']}")

    assert (upload["name"], answer.content) == ("x.pdf", b"<script>")
    assert answer.headers["content-type"] == "application/octet-stream"
    assert answer.headers["content-disposition"].startswith("attachment")


def test_a_link_that_is_not_one_tells_nothing(nobody):
    answer = nobody.get("/api/portal/nonsense")

    assert (answer.status_code, answer.json()["code"]) == (404, "link_unknown")


def test_the_receipt_is_not_built_and_tells_nothing_to_a_wrong_link(nobody, application):
    assert nobody.get("/api/portal/wrong/receipt").status_code == 404
    answer = nobody.get("/api/portal/" + application["public_url"].rsplit("/", 1)[1] + "/receipt")
    assert (answer.status_code, answer.json()["code"]) == (501, "not_built")


def test_a_withdrawn_application_is_read_only(nobody, application):
    page = portal(application)
    item = nobody.get(page).json()["items"][0]["id"]

    assert nobody.post(f"{page}/withdraw", json={"reason": "Sold"}).json()["status"] == "withdrawn"

    late = nobody.post(f"{page}/items/{item}/files", files={"file": PDF})
    assert (late.status_code, late.json()["code"]) == (409, "invalid_state")


def test_a_template_edit_leaves_running_applications_alone(api, application, template):
    api.patch(f"/api/templates/{template['id']}", json={"steps": []})

    found = api.get(f"/api/applications/{application['id']}").json()

    assert (found["template"]["version"], len(found["dossier_items"])) == (
        application["template"]["version"],
        3,
    )
    restored = api.patch(f"/api/templates/{template['id']}", json={"steps": TEMPLATE["steps"]}).json()
    assert restored["version"] == application["template"]["version"] + 2
    assert api.delete(f"/api/templates/{template['id']}").json()["code"] == "template_in_use"


def test_every_fault_of_a_body_is_told_at_once(api):
    answer = api.post("/api/applications", json={"template_id": 999, "contact": {"email": "x"}, "colour": 1})

    assert answer.status_code == 422
    assert {(fault["field"], fault["code"]) for fault in answer.json()["errors"]} == {
        ("template_id", "template_not_found"),
        ("contact.email", "invalid_email"),
        ("colour", "unknown_member"),
    }


def test_an_application_is_a_record_that_moves_with_it(api, nobody, application):
    path = f"/api/modules/application/records/{application['mirror_record_id']}"
    assert api.get(path).json()["values"]["status"] == "created"

    give_everything(nobody, portal(application))
    nobody.post(f"{portal(application)}/submit")

    values = api.get(path).json()["values"]
    assert (values["status"], values["email"]) == ("submitted", "ida@example.org")
    states = [each["changes"]["status"]["after"] for each in api.get(f"{path}/history").json()["items"]]
    assert states == ["submitted", "pending_submission", "in_progress", "created"]


@pytest.fixture(scope="module")
def harbour(api):
    fields = [
        {"name": "code", "kind": "String", "unique": True},
        {"name": "boats", "kind": "Number", "scale": 0},
    ]
    api.post("/api/modules", json={"handle": "harbour", "name": "Harbour", "fields": fields})
    api.post("/api/modules/harbour/records", json={"values": {"code": "ODDA", "boats": 3}})
    rule = {
        "module": "harbour",
        "on": "approved",
        "operation": "update",
        "key": {"code": "custom.harbour"},
        "fields": {"boats": "custom.boats"},
    }
    body = {"title": "Correction", "steps": [{"items": [{"title": "Proof"}]}], "record_mapping": rule}
    return api.post("/api/templates", json=body).json()["id"]


def submitted(api, nobody, template_id, custom):
    made = api.post(
        "/api/applications", json={"template_id": template_id, "contact": IDA, "custom": custom}
    ).json()
    page = portal(made)
    item = nobody.get(page).json()["items"][0]["id"]
    nobody.post(f"{page}/items/{item}/files", files={"file": PDF})
    nobody.post(f"{page}/submit")
    return made["id"]


def test_the_record_rule_of_a_template_writes_on_approval(api, nobody, harbour):
    number = submitted(api, nobody, harbour, {"harbour": "ODDA", "boats": 5})

    done = api.post(f"/api/applications/{number}/approve", json={"force": True}).json()

    record = api.get(f"/api/modules/harbour/records/{done['record_id']}").json()
    assert record["values"] == {"code": "ODDA", "boats": 5}


@pytest.mark.parametrize(
    ("custom", "status", "code"),
    [
        ({"harbour": "NOWHERE", "boats": 5}, 409, "record_not_found"),
        ({"harbour": "ODDA", "boats": "many"}, 422, "invalid_record"),
    ],
)
def test_a_record_rule_that_cannot_write_refuses_the_decision_whole(
    api, nobody, harbour, custom, status, code
):
    number = submitted(api, nobody, harbour, custom)

    answer = api.post(f"/api/applications/{number}/approve", json={"force": True})

    assert (answer.status_code, answer.json()["code"]) == (status, code)
    found = api.get(f"/api/applications/{number}").json()
    assert (found["status"], found["dossier_items"][0]["state"]) == ("submitted", "pending_review")


def test_lists_filter_and_page(api, application):
    first = api.get("/api/applications", params={"limit": 1, "status": "created"}).json()

    assert first["items"][0]["id"] == application["id"]
    assert first["total"] >= 1
    assert api.get("/api/applications", params={"status": "asleep"}).status_code == 422
    assert api.get("/api/applications", params={"cursor": "x"}).json()["code"] == "invalid_cursor"


def test_an_answer_that_is_kept_for_a_key_gives_no_link_away(api, served, template):
    body = {"template_id": template["id"], "contact": IDA}
    key = {"Idempotency-Key": "berth-once"}

    first = api.post("/api/applications", json=body, headers=key).json()
    again = api.post("/api/applications", json=body, headers=key).json()

    assert (again["id"], again["public_url"]) == (first["id"], first["public_url"])
    token = first["public_url"].rsplit("/", 1)[1]
    kept = served.database.read_now(
        lambda tx: tx.all("select answer from idempotency where idempotency_key = ?", ("berth-once",))
    )
    assert len(kept) == 1
    assert token not in kept[0][0]
