"""Describing a module and its fields."""

import re

from playwright.sync_api import expect

from tests.browser.data import make_module
from tests.browser.look import look


def test_a_module_is_described_and_opens_empty(page):
    page.goto("/records/new-module")
    page.get_by_role("textbox", name="Name", exact=False).first.fill("Grant Request")
    expect(page.get_by_role("textbox", name="Handle")).to_have_value("grant_request")
    page.get_by_role("button", name="Add field").click()
    second = page.get_by_role("region", name="Field 2")
    second.get_by_role("combobox", name="Kind").select_option("State")
    look(page, "new-module")
    page.get_by_role("button", name="Create").click()
    expect(second.locator(".fault").first).to_be_visible()
    second.get_by_role("textbox", name="Label").fill("Status")
    second.get_by_role("textbox", name="States").fill("draft\nready = Ready to pay")
    second.get_by_role("textbox", name="Allowed moves").fill("draft > ready")
    page.get_by_role("button", name="Create").click()
    expect(page).to_have_url(re.compile("/records/grant_request$"))
    expect(page.get_by_role("heading", name="No Grant Request yet")).to_be_visible()
    expect(
        page.get_by_role("navigation", name="Places").get_by_role("link", name="Grant Request")
    ).to_be_visible()
    look(page, "records-empty")


def test_fields_are_added_changed_and_removed(page, client):
    handle = make_module(client, "Parish")
    page.goto(f"/records/{handle}/fields")
    page.get_by_role("button", name="Add field").click()
    page.get_by_role("textbox", name="Label").fill("Öffnung am")
    expect(page.get_by_role("textbox", name="Name", exact=False).last).to_have_value("offnung_am")
    look(page, "field-dialog")
    page.get_by_role("dialog").get_by_role("button", name="Add field").click()
    expect(page.get_by_role("listitem").filter(has_text="offnung_am")).to_be_visible()
    page.get_by_role("button", name="Change field: Öffnung am").click()
    page.get_by_role("textbox", name="Label").fill("Opening")
    page.get_by_role("button", name="Save").click()
    expect(page.get_by_role("button", name="Change field: Opening")).to_be_visible()
    look(page, "fields")
    page.get_by_role("button", name="Remove field: Opening").click()
    page.get_by_role("button", name="Remove", exact=True).click()
    expect(page.get_by_role("listitem").filter(has_text="offnung_am")).to_have_count(0)


def test_the_list_of_modules_counts_their_records(page, client):
    make_module(client, "Village")
    page.goto("/records")
    expect(page.get_by_role("row", name="Village village").first).to_contain_text("0")
    look(page, "modules")
