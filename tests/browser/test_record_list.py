"""A long list of records: filter, sort, search and scrolling happen on the server and feel local."""

import json
import re
from urllib.parse import quote

import pytest
from playwright.sync_api import expect

from tests.browser.data import make_module, make_records, towns
from tests.browser.look import look

COUNT = 2500


@pytest.fixture(scope="module")
def many(server):
    import httpx

    with httpx.Client(
        base_url=server.url, headers={"Authorization": f"Bearer {server.token}"}, timeout=30
    ) as client:
        handle = make_module(client)
        make_records(client, handle, towns(COUNT))
        yield handle


def test_a_list_scrolls_to_its_end(page, many):
    page.goto(f"/records/{many}")
    grid = page.get_by_role("grid")
    expect(page.get_by_text("2,500 records")).to_be_visible()
    expect(grid.get_by_role("row", name="Town 00000")).to_be_visible()
    assert grid.get_by_role("row").count() < 80
    look(page, "records")
    grid.evaluate("element => element.scrollTo(0, element.scrollHeight)")
    expect(grid.get_by_role("row", name="Town 02499")).to_be_visible()


def test_a_header_sorts_and_the_address_keeps_it(page, many):
    page.goto(f"/records/{many}")
    header = page.get_by_role("columnheader", name="Sort by Population")
    header.get_by_role("button").click()
    header.get_by_role("button").click()
    expect(page).to_have_url(re.compile("sort=-population"))
    expect(header).to_have_attribute("aria-sort", "descending")
    expect(page.get_by_role("row", name="Town 02499")).to_be_visible()
    page.reload()
    expect(page.get_by_role("row", name="Town 02499")).to_be_visible()


def test_rows_of_conditions_make_a_filter(page, many):
    page.goto(f"/records/{many}")
    page.get_by_role("button", name="Filter").click()
    page.get_by_role("button", name="Add condition").click()
    page.get_by_role("combobox", name="Field").select_option("population")
    page.get_by_role("combobox", name="Operator").select_option("between")
    page.get_by_role("textbox", name="Value", exact=True).fill("10")
    page.get_by_role("textbox", name="Value 2").fill("19")
    expect(page.get_by_text("10 records", exact=True)).to_be_visible()
    page.get_by_role("button", name="Add condition").click()
    page.get_by_role("combobox", name="Field").last.select_option("size")
    page.get_by_role("combobox", name="Value").last.select_option("large")
    expect(page.get_by_text("2 records", exact=True)).to_be_visible()
    look(page, "records-filtered")
    page.reload()
    expect(page.get_by_text("2 records", exact=True)).to_be_visible()
    page.get_by_role("button", name="Clear").click()
    expect(page.get_by_text("2,500 records")).to_be_visible()


def test_a_nested_filter_of_a_link_is_kept_as_text(page, many):
    nested = {"or": [["population", "lt", 2], {"and": [["population", "gt", 5], ["population", "lt", 8]]}]}
    page.goto(f"/records/{many}?filter={quote(json.dumps(nested))}")
    expect(page.get_by_text("4 records", exact=True)).to_be_visible()
    expect(page.get_by_role("textbox", name="Filter as JSON")).to_be_visible()


def test_search_and_keys_lead_to_a_record(page, many):
    page.goto(f"/records/{many}")
    expect(page.get_by_role("row", name="Town 00000")).to_be_visible()
    page.keyboard.press("/")
    page.keyboard.type("town 0012")
    expect(page.get_by_text("10 records", exact=True)).to_be_visible()
    page.keyboard.press("Escape")
    page.keyboard.press("j")
    page.keyboard.press("j")
    page.keyboard.press("k")
    page.keyboard.press("Enter")
    expect(page.get_by_role("region", name="Town 00120")).to_be_visible()
    page.keyboard.press("Enter")
    expect(page).to_have_url(re.compile("full=1"))
    page.keyboard.press("Escape")
    expect(page.get_by_role("region", name="Town 00120")).to_have_count(0)
    page.go_back()
    expect(page.get_by_role("region", name="Town 00120")).to_be_visible()


def test_nothing_found_says_so_and_how_to_go_back(page, many):
    page.goto(f"/records/{many}?search=nowhere")
    expect(page.get_by_role("heading", name="No record matches")).to_be_visible()
    look(page, "records-no-match")
    page.get_by_role("button", name="Clear filter and search").click()
    expect(page.get_by_text("2,500 records")).to_be_visible()


def test_columns_are_chosen(page, many):
    page.goto(f"/records/{many}")
    page.get_by_role("button", name="Columns").click()
    page.get_by_role("menuitemcheckbox", name="Area").click()
    page.keyboard.press("Escape")
    expect(page.get_by_role("columnheader", name="Sort by Area")).to_have_count(0)
    expect(page).to_have_url(re.compile("columns="))


def test_a_change_by_somebody_else_shows_by_itself(page, many, client):
    page.goto(f"/records/{many}?search=Town+00042")
    expect(page.get_by_role("row", name="Town 00042")).to_be_visible()
    found = client.get(f"/api/modules/{many}/records", params={"search": "Town 00042"}).json()["items"][0]
    client.patch(f"/api/modules/{many}/records/{found['id']}", json={"values": {"population": 987654}})
    expect(page.get_by_role("gridcell", name="987,654")).to_be_visible()
