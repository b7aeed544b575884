"""An application from the recipient's page to approval."""

import itertools

from playwright.sync_api import expect

from tests.browser.look import look

_people = itertools.count(1)
STATEMENT = "The figures are from an official source."
ITEMS = [
    {
        "kind": "document",
        "title": "Proof of the number",
        "description": "A page of the statistics office.",
        "mandatory": True,
        "accept": ["pdf", "txt"],
        "max_size_mb": 1,
    },
    {"kind": "statement", "title": "True to my knowledge", "statement": STATEMENT, "mandatory": True},
    {"kind": "task", "title": "Tell your colleagues", "mandatory": False},
]


def make_application(client) -> dict:
    body = {"title": "Correction", "is_live": True, "steps": [{"title": "Proof", "items": ITEMS}]}
    template = client.post("/api/templates", json=body).json()["id"]
    contact = {"email": f"ida{next(_people)}@example.org", "firstname": "Ida", "lastname": "Ek"}
    answer = client.post(
        "/api/applications",
        json={
            "template_id": template,
            "contact": contact,
            "title": "Correction of Oslo",
            "due_at": "2031-05-31T22:00:00Z",
        },
    )
    assert answer.status_code == 201, answer.text
    return answer.json()


def test_a_recipient_gives_what_is_asked_and_the_team_approves(page, visitor, client):
    made = make_application(client)
    visitor.goto(made["public_url"])
    expect(visitor.get_by_role("heading", name="Correction of Oslo")).to_be_visible()
    expect(visitor.get_by_role("button", name="I’ve finished")).to_be_disabled()
    look(visitor, "portal")
    picker = visitor.get_by_label("Choose a file: Proof of the number").last
    picker.set_input_files({"name": "proof.exe", "mimeType": "text/plain", "buffer": b"x"})
    expect(visitor.get_by_role("alert")).to_contain_text("wrong_file_type")
    picker.set_input_files({"name": "proof.txt", "mimeType": "text/plain", "buffer": b"717710"})
    expect(visitor.get_by_text("proof.txt")).to_be_visible()
    visitor.get_by_role("checkbox", name="I accept").check()
    expect(visitor.get_by_text("2 of 2 done")).to_be_visible()
    visitor.get_by_role("button", name="I’ve finished").click()
    expect(visitor.get_by_text("Your application has been sent")).to_be_visible()
    look(visitor, "portal-submitted")

    page.goto(f"/applications/{made['id']}")
    panel = page.get_by_role("region", name="Correction of Oslo")
    panel.get_by_role("button", name="Approve: Proof of the number").click()
    panel.get_by_role("button", name="Approve: True to my knowledge").click()
    expect(panel.get_by_role("button", name="Approve: True to my knowledge")).to_have_count(0)
    look(page, "application")
    panel.get_by_role("button", name="Approve", exact=True).click()
    expect(panel.locator("[data-status=approved]").first).to_be_visible()
    visitor.reload()
    expect(visitor.get_by_text("Your application has been approved")).to_be_visible()


def test_a_rejected_item_comes_back_with_its_reason(page, visitor, client):
    made = make_application(client)
    visitor.goto(made["public_url"])
    picker = visitor.get_by_label("Choose a file: Proof of the number").last
    picker.set_input_files({"name": "proof.txt", "mimeType": "text/plain", "buffer": b"1"})
    expect(visitor.get_by_text("proof.txt")).to_be_visible()
    page.goto(f"/applications/{made['id']}")
    page.get_by_role("button", name="Reject: Proof of the number").click()
    page.get_by_role("textbox", name="Reason").fill("The page is not readable.")
    look(page, "application-reject")
    page.get_by_role("dialog").get_by_role("button", name="Reject").click()
    expect(page.get_by_role("region").get_by_text("The page is not readable.")).to_be_visible()
    visitor.reload()
    expect(visitor.get_by_text("Please give it again")).to_be_visible()
    expect(visitor.get_by_text("The page is not readable.")).to_be_visible()
    look(visitor, "portal-returned")


def test_a_link_that_never_was_shows_nothing(visitor):
    visitor.goto("/portal/not-a-token")
    expect(visitor.get_by_role("heading", name="This link does not work")).to_be_visible()
    look(visitor, "portal-unknown")


def test_applications_are_narrowed_by_state(page, client):
    make_application(client)
    page.goto("/applications")
    expect(page.get_by_role("row", name="Correction of Oslo").first).to_be_visible()
    look(page, "applications")
    page.get_by_role("combobox", name="Status").select_option("archived")
    expect(page.get_by_role("heading", name="No application matches")).to_be_visible()
