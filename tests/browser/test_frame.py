"""The frame around every view: the rail, search, keys, themes, wrong addresses."""

import re

from playwright.sync_api import expect

from tests.browser.data import make_module
from tests.browser.look import look


def test_the_rail_closes_and_remembers_it(page):
    page.goto("/")
    page.get_by_role("button", name="Collapse the rail").click()
    page.reload()
    expect(page.get_by_role("button", name="Expand the rail")).to_be_visible()
    assert page.locator("nav.rail").bounding_box()["width"] < 60
    look(page, "home-narrow-rail")
    page.get_by_role("button", name="Expand the rail").click()


def test_the_home_page_shows_the_life_of_data(page):
    page.goto("/")
    for stage in ("Applications", "Records", "Queues", "Flows", "Jobs"):
        expect(page.locator(".stage", has_text=stage)).to_be_visible()
    look(page, "home")


def test_search_finds_places_and_modules_from_anywhere(page, client):
    handle = make_module(client, "Harbour")
    page.goto("/jobs")
    expect(page.get_by_role("heading", name="Jobs")).to_be_visible()
    page.keyboard.press("Control+k")
    expect(page.get_by_role("dialog", name="Search everything")).to_be_visible()
    page.keyboard.type("harb")
    expect(page.get_by_role("option", name="Harbour Module")).to_be_visible()
    look(page, "search")
    page.keyboard.press("Enter")
    expect(page).to_have_url(re.compile(f"/records/{handle}"))


def test_the_question_mark_lists_the_keys(page):
    page.goto("/alerts")
    expect(page.get_by_role("heading", name="Alerts")).to_be_visible()
    page.keyboard.press("?")
    expect(page.get_by_role("dialog", name="Keys")).to_contain_text("Search")
    look(page, "keys")
    page.keyboard.press("Escape")
    expect(page.get_by_role("dialog")).to_have_count(0)


def test_a_wrong_address_says_so(page):
    page.goto("/nowhere/at/all")
    expect(page.get_by_role("heading", name="There is nothing at this address")).to_be_visible()
    page.get_by_role("link", name="Go to the start").click()
    expect(page.get_by_role("heading", name="Home")).to_be_visible()


def test_a_phone_opens_the_rail_as_a_drawer(page):
    page.set_viewport_size({"width": 390, "height": 844})
    page.goto("/jobs")
    page.get_by_role("button", name="Open menu").click()
    page.screenshot(path="build/screenshots/drawer-390-light.png")
    page.get_by_role("navigation", name="Places").get_by_role("link", name="Alerts").click()
    expect(page.get_by_role("heading", name="Alerts", exact=True)).to_be_visible()
    expect(page.get_by_role("navigation", name="Places")).to_be_hidden()


def test_places_that_are_not_built_say_so(page):
    for place in ("pages", "workflows", "connections"):
        page.goto(f"/{place}")
        expect(page.get_by_text("not built yet")).to_be_visible()
    look(page, "later")
