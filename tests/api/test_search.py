"""The search box: what it finds, and who may find it (native.md section 7)."""

import pytest


@pytest.fixture(scope="module")
def world(api):
    fields = [
        {"name": "name", "kind": "String", "indexed": True},
        {"name": "code", "kind": "String", "unique": True},
        {"name": "size", "kind": "Number"},
    ]
    api.post("/api/modules", json={"handle": "city", "name": "City", "label_field": "name", "fields": fields})
    api.post(
        "/api/modules", json={"handle": "harbour", "name": "Harbour", "label_field": "name", "fields": fields}
    )
    for name, code in [("São Paulo", "SAO"), ("Odda", "ODD"), ("ÄRGER", "AER")]:
        values = {"name": name, "code": code, "size": 1}
        assert api.post("/api/modules/city/records", json={"values": values}).status_code == 201
    api.post("/api/modules/harbour/records", json={"values": {"name": "Odda harbour", "code": "OH"}})
    return api


def find(api, text, **headers):
    return api.get("/api/search", params={"q": text}, headers=headers).json()["items"]


def titles(api, text):
    return [(hit["type"], hit["title"]) for hit in find(api, text)]


def test_a_record_is_found_by_its_label_in_any_case(world):
    assert titles(world, "ärger") == [("record", "ÄRGER")]
    assert titles(world, "PAULO") == [("record", "São Paulo")]


def test_a_record_is_found_by_another_indexed_text(world):
    assert titles(world, "SAO") == [("record", "São Paulo")]


def test_a_hit_leads_to_its_page(world):
    (hit,) = find(world, "ÄRGER")
    assert hit["subtitle"] == "City" and hit["url"] == f"/records/city/{hit['id']}"


def test_modules_come_first(world):
    assert titles(world, "harb")[0] == ("module", "Harbour")
    assert ("record", "Odda harbour") in titles(world, "harb")


def test_a_blank_text_finds_nothing(world):
    assert find(world, " ") == [] == find(world, "")


def test_nobody_finds_what_he_may_not_read(world):
    made = world.post("/api/tokens", json={"name": "t", "scopes": ["records:read:harbour"]}).json()
    found = find(world, "odda", Authorization=f"Bearer {made['token']}")
    assert [hit["title"] for hit in found] == ["Odda harbour"]


def test_no_more_than_twenty_are_given(world):
    for number in range(25):
        world.post("/api/modules", json={"handle": f"many_{number}", "name": f"Many {number}"})
    assert len(find(world, "many")) == 20
