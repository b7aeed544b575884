"""The person and the API tokens."""

import re

from playwright.sync_api import expect

from tests.browser.look import look


def test_a_token_is_shown_once_works_and_is_revoked(page, client):
    page.goto("/settings/tokens")
    page.get_by_role("button", name="New token").first.click()
    page.get_by_role("textbox", name="Name").fill("ERP, nightly")
    look(page, "token-dialog")
    page.get_by_role("button", name="Create").click()
    secret = page.get_by_role("dialog").locator("pre").inner_text()
    assert client.get("/api/alerts", headers={"Authorization": f"Bearer {secret}"}).status_code == 200
    page.get_by_role("button", name="Done").click()
    look(page, "tokens")
    page.get_by_role("button", name="Revoke: ERP, nightly").click()
    page.get_by_role("dialog").get_by_role("button", name="Revoke").click()
    expect(page.get_by_text("ERP, nightly", exact=True)).to_have_count(0)
    assert client.get("/api/alerts", headers={"Authorization": f"Bearer {secret}"}).status_code == 401


def test_a_person_chooses_a_zone_and_a_theme(page):
    page.goto("/settings")
    page.get_by_role("combobox", name="Time zone").select_option("UTC")
    page.get_by_role("radio", name="Dark").check()
    expect(page.locator("html")).to_have_attribute("data-theme", "dark")
    page.reload()
    expect(page.locator("html")).to_have_attribute("data-theme", "dark")
    page.get_by_role("radio", name="As the system").check()
    expect(page.locator("html")).not_to_have_attribute("data-theme", re.compile(".+"))
    look(page, "settings")


def test_a_person_is_invited_and_shut_out(page, client):
    page.goto("/settings/people")
    page.get_by_role("button", name="Invite a person").click()
    page.get_by_role("textbox", name="Name").fill("Eva Holm")
    page.get_by_role("textbox", name="E-mail").fill("eva@example.org")
    look(page, "invite")
    page.get_by_role("dialog").get_by_role("button", name="Invite a person").click()
    expect(page.get_by_role("dialog").locator("pre")).to_contain_text("/welcome#")
    page.keyboard.press("Escape")
    look(page, "people")
    page.get_by_role("button", name="Acts for Eva Holm").click()
    page.get_by_role("menuitem", name="Shut out").click()
    page.get_by_role("dialog").get_by_role("button", name="Shut out").click()
    expect(page.get_by_role("listitem").filter(has_text="Eva Holm")).to_contain_text("shut out")
    known = {each["email"]: each["is_disabled"] for each in client.get("/api/users").json()["items"]}
    assert known["eva@example.org"]
