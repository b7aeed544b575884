"""The demo: the whole path once on real data, and nothing new when it is told again."""

import pytest

from headwater.cli.client import Api
from headwater.cli.demo.command import tell

pytestmark = pytest.mark.both_servers


@pytest.fixture(scope="module")
def told(served, tmp_path_factory):
    """A client, and the folder beside the data in which the demo's files lie."""
    client = Api(served.settings.address, served.settings.admin_token)
    folder = tmp_path_factory.mktemp("demo")
    tell(client, folder, client.address)
    yield client, folder
    client.close()


def counts(api):
    modules = ("country", "city", "delivery", "application")
    totals = {
        module: api.get(f"/api/modules/{module}/records", total="exact", limit=1)["total"]
        for module in modules
    }
    lists = (
        "/api/alerts",
        "/api/templates",
        "/api/applications",
        "/api/imports",
        "/api/modules",
        "/api/jobs",
    )
    return totals | {path: len(api.get(path, limit=1000)["items"]) for path in lists}


def revisions(api, module):
    return api.get(f"/api/modules/{module}/aggregate", measures="sum:population,count")["groups"]


def test_every_country_and_city_is_there(told):
    api, _ = told

    totals = counts(api)

    assert (totals["country"], totals["city"] > 30_000) == (252, True)
    odda = api.get("/api/modules/city/records", filter='["name","eq","MÜNCHEN"]')["items"]
    assert odda == []
    (munich,) = api.get("/api/modules/city/records", filter='["geoname_id","eq",2867714]', expand="country")[
        "items"
    ]
    assert "München" in munich["values"]["alternate_names"]
    assert munich["expanded"]["country"]["values"]["name"] == "Germany"


def test_exactly_the_approved_change_arrives(told):
    api, folder = told

    (delivery,) = api.get("/api/modules/delivery/records")["items"]

    assert delivery["values"]["city"] == "Munich"
    assert delivery["values"]["country"] == "Germany"
    assert delivery["values"]["population"] == 1_510_378
    (file,) = (folder / "deliveries").glob("*.jsonl")
    assert file.read_text(encoding="utf-8").count("\n") == 1


def test_a_second_run_changes_nothing(told, capsys):
    api, folder = told
    before = counts(api), revisions(api, "city"), sorted((folder / "deliveries").iterdir())

    tell(api, folder, api.address)

    assert (counts(api), revisions(api, "city"), sorted((folder / "deliveries").iterdir())) == before
    shown = capsys.readouterr().out
    assert "approved by an earlier run" in shown
    assert shown.count("imported by an earlier run") == 2


def test_the_printed_pages_are_served(told, capsys):
    api, folder = told
    tell(api, folder, api.address)
    pages = [line.split()[0] for line in capsys.readouterr().out.splitlines() if line.startswith("  http")]

    assert len(pages) == 6
    for page in pages:
        assert api.send("GET", page.removeprefix(api.address)).status == 200
