"""Watching a module and handing over its queue."""

from playwright.sync_api import expect

from tests.browser.data import make_module, make_records, towns
from tests.browser.look import look


def test_an_alert_is_made_and_its_queue_fills_by_itself(page, client):
    handle = make_module(client, "Payment")
    record = make_records(client, handle, towns(1))[0]
    page.goto("/alerts/new")
    page.get_by_role("textbox", name="Name").fill("Payments ready")
    page.get_by_role("combobox", name="Module").select_option(handle)
    page.get_by_role("combobox", name="Trigger").select_option("state")
    page.get_by_role("checkbox", name="Ready to pay").check()
    page.get_by_role("button", name="Add condition").click()
    page.get_by_role("combobox", name="Field").last.select_option("population")
    page.get_by_role("combobox", name="Operator").select_option("lt")
    page.get_by_role("textbox", name="Value").fill("5")
    expect(page.get_by_text("1 record fits the filter now.")).to_be_visible()
    page.get_by_role("checkbox", name="Population").check()
    look(page, "alert-new")
    page.get_by_role("button", name="Create").click()

    panel = page.get_by_role("region", name="Payments ready")
    expect(panel.get_by_label("Copy the command that takes records").first).to_contain_text(
        "/fluxx/poll/client/1/uuid/queue/"
    )
    expect(panel.locator("dd").first).to_have_text("0")
    client.patch(f"/api/modules/{handle}/records/{record}", json={"values": {"status": "ready"}})
    expect(panel.locator("dd").first).to_have_text("1")
    look(page, "alert-queue")
    uuid = client.get("/api/alerts", params={"module": handle}).json()["items"][0]["queue_uuid"]
    client.get(f"/fluxx/poll/client/1/uuid/queue/{uuid}")
    expect(panel.locator("dd").nth(1)).to_have_text("1")
    expect(page.get_by_role("row", name="Payments ready")).to_contain_text("1")


def test_an_alert_is_changed_and_deleted(page, client):
    handle = make_module(client)
    body = {"name": "Watched", "module": handle, "trigger": "field", "field": "name"}
    alert = client.post("/api/alerts", json=body).json()["id"]
    page.goto(f"/alerts/{alert}?tab=rule")
    page.get_by_role("textbox", name="Name").fill("Names watched")
    page.get_by_role("checkbox", name="Queue new changes").uncheck()
    page.keyboard.press("Control+s")
    expect(page.get_by_role("row", name="Names watched Off")).to_be_visible()
    look(page, "alerts")
    page.get_by_role("button", name="Delete alert").click()
    expect(page.get_by_role("dialog")).to_contain_text("The queue UUID will never work again")
    page.get_by_role("dialog").get_by_role("button", name="Delete alert").click()
    expect(page.get_by_role("row", name="Names watched")).to_have_count(0)
