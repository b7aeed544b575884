"""Bringing a file into a module."""

from playwright.sync_api import expect

from tests.browser.data import make_module
from tests.browser.look import look


def test_a_file_is_imported_and_its_bad_rows_can_be_fetched(page, client):
    handle = make_module(client)
    lines = [
        "Code,Name,population,ignored",
        *(f"T{at},Town {at},{at},x" for at in range(300)),
        "T9x,Bad,many,x",
    ]
    page.goto(f"/records/{handle}/imports")
    expect(page.get_by_text("No file was imported yet")).to_be_visible()
    look(page, "imports-empty")
    file = {"name": "towns.csv", "mimeType": "text/csv", "buffer": "\n".join(lines).encode()}
    page.get_by_label("Choose a file", exact=True).last.set_input_files(file)
    expect(page.get_by_role("combobox", name="Goes to field: Code")).to_have_value("code")
    expect(page.get_by_role("combobox", name="Goes to field: ignored")).to_have_value("")
    look(page, "import-mapping")
    page.get_by_role("button", name="Import", exact=True).click()
    row = page.locator("article", has_text="towns.csv")
    expect(row.locator("[data-status=ok]")).to_be_visible()
    expect(row).to_contain_text("300")
    row.get_by_text("First reasons").click()
    expect(row.get_by_role("cell", name="population", exact=True)).to_be_visible()
    look(page, "imports")
    with page.expect_download() as download:
        row.get_by_role("link", name="Rejected rows").click()
    assert "T9x" in download.value.path().read_text(encoding="utf-8")
    page.get_by_role("link", name="Records", exact=True).last.click()
    expect(page.get_by_text("300 records", exact=True)).to_be_visible()
