"""How much a browser has to load."""

from playwright.sync_api import expect

from tests.browser.data import make_module

FIRST_LOAD_KIB = 144


def test_the_first_load_stays_small(page, client):
    handle = make_module(client)
    loaded = []
    page.on("requestfinished", lambda request: loaded.append(request))
    page.goto(f"/records/{handle}")
    expect(page.get_by_role("heading", name="No Town yet")).to_be_visible()
    sizes = {
        each.url: each.sizes()["responseBodySize"]
        for each in loaded
        if each.resource_type in ("document", "script", "stylesheet")
    }
    assert sum(sizes.values()) / 1024 < FIRST_LOAD_KIB, sizes
    print(f"first load: {sum(sizes.values()) / 1024:.0f} KiB in {len(sizes)} files")
