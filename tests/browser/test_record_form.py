"""Making, changing and deleting a record."""

import re

from playwright.sync_api import expect

from tests.browser.data import make_module, make_records, towns
from tests.browser.look import look


def test_a_new_record_names_every_bad_field_and_is_then_saved(page, client):
    handle = make_module(client)
    page.goto(f"/records/{handle}/new")
    panel = page.get_by_role("region", name="New Town")
    panel.get_by_role("textbox", name="Area").fill("1.234")
    panel.get_by_role("button", name="Create").click()
    expect(panel.get_by_text("is required")).to_be_visible()
    expect(panel.get_by_text("at most 2 decimals")).to_be_visible()
    look(page, "record-faults")
    panel.get_by_role("textbox", name="Name", exact=False).first.fill("Ålesund")
    panel.get_by_role("textbox", name="Area").fill("632.50")
    panel.get_by_role("combobox", name="Capital").select_option("no")
    panel.get_by_role("textbox", name="Other names").fill("Aalesund")
    page.keyboard.press("Enter")
    panel.get_by_label("Founded").fill("1848-04-01T12:30")
    page.keyboard.press("Control+s")
    expect(page).to_have_url(re.compile(rf"/records/{handle}/\d+"))
    saved = client.get(f"/api/modules/{handle}/records").json()["items"][0]["values"]
    assert saved["name"] == "Ålesund"
    assert saved["area"] == "632.50"
    assert saved["names"] == ["Aalesund"]
    assert saved["founded"] == "1848-04-01T12:30:00Z"
    expect(page.get_by_role("row", name="Ålesund")).to_be_visible()


def test_a_state_offers_only_allowed_moves(page, client):
    handle = make_module(client)
    record = make_records(client, handle, [{"name": "Moss", "status": "ready"}])[0]
    page.goto(f"/records/{handle}/{record}")
    options = page.get_by_role("combobox", name="Status").locator("option")
    expect(options).to_have_text(["Ready to pay"])


def test_a_reference_is_found_by_searching(page, client):
    country = make_module(client, "Country")
    make_records(client, country, [{"name": "Norway"}, {"name": "Sweden"}])
    city = make_module(
        client, "City", [{"name": "country", "kind": "Record", "module": country, "label": "Country"}]
    )
    page.goto(f"/records/{city}/new?columns=country")
    page.get_by_role("textbox", name="Name", exact=False).first.fill("Oslo")
    page.get_by_role("combobox", name="Country").fill("nor")
    page.get_by_role("option", name="Norway").click()
    page.keyboard.press("Control+s")
    expect(page.get_by_role("gridcell", name="Norway")).to_be_visible()
    page.reload()
    expect(page.get_by_role("combobox", name="Country")).to_have_value("Norway")


def test_two_people_who_change_one_field_are_asked(page, client):
    handle = make_module(client)
    record = make_records(client, handle, towns(1))[0]
    page.route("**/api/events*", lambda route: route.abort())
    page.goto(f"/records/{handle}/{record}")
    panel = page.get_by_role("region", name="Town 00000")
    panel.get_by_role("textbox", name="Population").fill("50")
    there = {"values": {"population": 70, "notes": "Theirs."}}
    client.patch(f"/api/modules/{handle}/records/{record}", json=there)
    page.keyboard.press("Control+s")
    expect(panel.get_by_text("Somebody saved this record meanwhile")).to_be_visible()
    expect(panel.get_by_role("textbox", name="Notes")).to_have_value("Theirs.")
    look(page, "record-conflict")
    panel.get_by_role("button", name="Keep mine").click()
    page.keyboard.press("Control+s")
    expect(panel.get_by_text("No changes")).to_be_visible()
    values = client.get(f"/api/modules/{handle}/records/{record}").json()["values"]
    assert (values["population"], values["notes"]) == (50, "Theirs.")


def test_a_deleted_record_comes_back(page, client):
    handle = make_module(client)
    record = make_records(client, handle, towns(3))[1]
    page.goto(f"/records/{handle}/{record}")
    page.get_by_role("button", name="Delete record").click()
    expect(page.get_by_text("2 records", exact=True)).to_be_visible()
    page.get_by_role("button", name="Undo").click()
    expect(page.get_by_text("3 records", exact=True)).to_be_visible()


def test_the_history_tells_who_changed_what(page, client):
    handle = make_module(client)
    record = make_records(client, handle, towns(1))[0]
    page.goto(f"/records/{handle}/{record}")
    page.get_by_role("textbox", name="Population").fill("7")
    page.get_by_role("button", name="Save").click()
    page.get_by_role("link", name="History").click()
    newest = page.locator(".history li").first
    expect(newest).to_contain_text("Ada Berg changed")
    expect(newest.locator("del")).to_have_text("0")
    expect(newest.locator("ins")).to_have_text("7")
    look(page, "record-history")


def test_unsaved_input_outlives_a_lost_connection_and_a_reload(page, client):
    handle = make_module(client)
    record = make_records(client, handle, towns(1))[0]
    page.goto(f"/records/{handle}/{record}")
    page.get_by_role("textbox", name="Population").fill("99")
    page.route("**/api/modules/**", lambda route: route.abort())
    page.keyboard.press("Control+s")
    panel = page.get_by_role("region", name="Town 00000")
    expect(panel.get_by_role("alert")).to_contain_text("no_answer")
    page.unroute("**/api/modules/**")
    page.reload()
    expect(page.get_by_role("textbox", name="Population")).to_have_value("99")
    page.get_by_role("button", name="Save").click()
    expect(page.get_by_text("No changes")).to_be_visible()
