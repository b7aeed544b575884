"""Work in the background."""

from playwright.sync_api import expect

from tests.browser.data import make_module
from tests.browser.look import look


def test_a_job_shows_its_times_and_its_log(page, client):
    handle = make_module(client)
    sent = client.post(
        f"/api/modules/{handle}/imports", content=b"name\nMoss\n", headers={"content-type": "text/csv"}
    ).json()
    page.goto("/jobs?kind=import")
    page.get_by_role("row", name=f"Import {sent['job_id']}").get_by_role("link").click()
    panel = page.get_by_role("region", name="Import")
    expect(panel.locator("[data-status=ok]")).to_be_visible()
    expect(panel.get_by_role("heading", name="Log")).to_be_visible()
    look(page, "jobs")


def test_jobs_are_narrowed_by_status(page):
    page.goto("/jobs")
    page.get_by_role("combobox", name="Status").select_option("cancelled")
    expect(page.get_by_role("heading", name="No job matches")).to_be_visible()
    page.get_by_role("button", name="Clear").click()
    expect(page.get_by_role("combobox", name="Status")).to_have_value("")
