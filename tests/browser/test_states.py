"""What a view says when the server does not answer, refuses, or answers late."""

from playwright.sync_api import expect

from tests.browser.data import make_module, make_records, towns
from tests.browser.look import look

PROBLEM = {
    "type": "/docs/errors#database_busy",
    "title": "Try again",
    "status": 503,
    "code": "database_busy",
    "detail": "The database is busy.",
    "hint": "Try again in a moment.",
    "request_id": "r1",
}


def test_an_error_names_its_code_and_can_be_tried_again(page):
    page.route(
        "**/api/alerts?*",
        lambda route: route.fulfill(status=503, json=PROBLEM),
    )
    page.goto("/alerts")
    expect(page.get_by_role("alert")).to_contain_text("database_busy")
    look(page, "error")
    page.unroute("**/api/alerts?*")
    page.get_by_role("button", name="Try again").click()
    expect(page.get_by_role("alert")).to_have_count(0)


def test_rows_stay_and_are_marked_when_loading_them_again_fails(page, client):
    handle = make_module(client)
    make_records(client, handle, towns(5))
    page.goto(f"/records/{handle}")
    expect(page.get_by_role("row", name="Town 00001")).to_be_visible()
    page.route("**/records?*", lambda route: route.abort())
    page.get_by_role("columnheader", name="Sort by Population").get_by_role("button").click()
    expect(page.get_by_text("Shown as last loaded")).to_be_visible()
    expect(page.get_by_role("row", name="Town 00001")).to_be_visible()
    look(page, "stale")


def test_a_module_that_is_not_there_says_so(page):
    page.goto("/records/no_such_module")
    expect(page.get_by_role("alert")).to_contain_text("module_unknown")


def test_a_session_that_ended_leads_to_signing_in_and_back(page, client):
    handle = make_module(client)
    page.goto("/jobs")
    expect(page.locator(f"nav a[href='/records/{handle}']")).to_be_visible()
    page.context.clear_cookies()
    page.get_by_role("navigation", name="Places").get_by_role("link", name="Alerts").click()
    expect(page.get_by_role("button", name="Sign in")).to_be_visible()
    assert "next=/alerts" in page.url.replace("%2F", "/")
