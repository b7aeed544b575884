"""The chart of a module."""

import re

from playwright.sync_api import expect

from tests.browser.data import make_module, make_records, towns
from tests.browser.look import look


def test_records_are_counted_and_summed_by_a_field(page, client):
    handle = make_module(client)
    make_records(client, handle, towns(20))
    page.goto(f"/records/{handle}/chart?group=size")
    expect(page.locator(".bb-chart-bars path")).to_have_count(2)
    page.get_by_text("As a table").click()
    expect(page.get_by_role("row", name="small 16")).to_be_visible()
    look(page, "chart")
    page.get_by_role("combobox", name="Show").select_option("sum:population")
    expect(page).to_have_url(re.compile("measure=sum"))
    expect(page.get_by_role("row", name="large 30")).to_be_visible()


def test_times_are_grouped_by_their_month(page, client):
    handle = make_module(client)
    rows = [{"name": f"T{at}", "founded": f"2031-0{1 + at % 3}-15T12:00:00Z"} for at in range(6)]
    make_records(client, handle, rows)
    page.goto(f"/records/{handle}/chart?group=founded&per=month")
    expect(page.locator(".bb-chart-bars path")).to_have_count(3)
    look(page, "chart-time")
