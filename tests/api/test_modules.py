"""`/api/modules` and fields over HTTP (native.md section 2)."""

import pytest

CITY = {
    "handle": "city",
    "name": "City",
    "label_field": "name",
    "fields": [
        {"name": "name", "kind": "String", "label": "Name", "required": True, "indexed": True},
        {"name": "population", "kind": "Number", "scale": 0},
        {"name": "latitude", "kind": "Number", "scale": 6},
        {"name": "size", "kind": "Select", "options": [{"value": "small", "label": "Small"}, "large"]},
        {"name": "names", "kind": "String", "multi": True},
    ],
}


@pytest.fixture
def module(api):
    """A fresh module City; deleted afterwards, so that its handle is free again."""
    made = api.post("/api/modules", json=CITY)
    assert made.status_code == 201, made.text
    yield made.json()
    api.delete("/api/modules/city?force=true")


def test_a_module_is_made_with_ids_and_read_by_handle_or_id(api, module):
    assert module["revision"] == 1
    assert module["fields"][3]["options"] == [
        {"value": "small", "label": "Small"},
        {"value": "large", "label": "large"},
    ]
    assert module["fields"][2] | {"id": 0} == {
        "id": 0,
        "name": "latitude",
        "kind": "Number",
        "label": "latitude",
        "help": "",
        "required": False,
        "unique": False,
        "indexed": False,
        "multi": False,
        "default": None,
        "scale": 6,
    }
    by_handle = api.get("/api/modules/city")
    assert by_handle.headers["etag"] == '"1"'
    assert by_handle.json() == module == api.get(f"/api/modules/{module['id']}").json()
    assert module in api.get("/api/modules").json()["items"]


def test_every_fault_of_a_definition_is_told_at_once(api):
    body = {
        "handle": "No Good",
        "fields": [
            {"name": "id", "kind": "String"},
            {"name": "a", "kind": "Number", "scale": 99},
            {"name": "b", "kind": "Record", "module": "nowhere"},
            {"name": "c", "kind": "Bool", "multi": True},
            {"name": "d", "kind": "State", "states": ["x"], "initial": "y"},
            {"name": "e", "kind": "String", "scale": 2},
            {"name": "f", "kind": "Number", "default": "x"},
        ],
    }
    answer = api.post("/api/modules", json=body)
    assert answer.status_code == 422
    assert answer.json()["code"] == "invalid_module"
    assert [(each["field"], each["code"]) for each in answer.json()["errors"]] == [
        ("handle", "bad_name"),
        ("fields.0.name", "system_name"),
        ("fields.1.scale", "out_of_range"),
        ("fields.2.module", "unknown_module"),
        ("fields.3.multi", "not_for_kind"),
        ("fields.4.initial", "unknown_state"),
        ("fields.5.scale", "not_for_kind"),
        ("fields.6.default", "wrong_type"),
    ]


def test_an_unknown_key_and_an_unknown_kind_are_named(api):
    body = {"handle": "x", "colour": 1, "fields": [{"name": "a", "kind": "Money"}]}
    answer = api.post("/api/modules", json=body)
    assert answer.status_code == 422
    assert {each["field"] for each in answer.json()["errors"]} == {"colour", "fields.0.kind"}


@pytest.mark.parametrize("kind", ["Date", "Email", "Url", "User", "File"])
def test_a_kind_that_is_not_built_yet_says_so(api, kind):
    answer = api.post("/api/modules", json={"handle": "x", "fields": [{"name": "a", "kind": kind}]})
    assert (answer.status_code, answer.json()["code"]) == (501, "not_built")
    assert "String" in answer.json()["hint"]


def test_a_handle_is_taken_once(api, module):
    answer = api.post("/api/modules", json={"handle": "city"})
    assert (answer.status_code, answer.json()["code"]) == (409, "handle_taken")


def test_a_rename_keeps_the_records(api, module):
    api.post("/api/modules/city/records", json={"values": {"name": "Odda"}})
    assert api.patch("/api/modules/city", json={"handle": "town"}).json()["revision"] == 2
    api.patch("/api/modules/town/fields/name", json={"name": "title"})
    try:
        items = api.get("/api/modules/town/records").json()["items"]
        assert [each["values"] for each in items] == [{"title": "Odda"}]
        assert api.get("/api/modules/town").json()["label_field"] == "title"
        assert api.get("/api/modules/city").status_code == 404
    finally:
        api.delete("/api/modules/town")


def test_if_match_guards_a_module(api, module):
    answer = api.patch("/api/modules/city", json={"name": "X"}, headers={"if-match": '"7"'})
    assert (answer.status_code, answer.json()["document"]["revision"]) == (412, 1)


def test_a_field_is_added_changed_and_removed(api, module):
    made = api.post("/api/modules/city/fields", json={"name": "code", "kind": "String", "unique": True})
    assert made.status_code == 201
    assert made.headers["location"] == "/api/modules/city/fields/code"
    changed = api.patch("/api/modules/city/fields/code", json={"label": "Code", "required": True})
    assert changed.json() == made.json() | {"label": "Code", "required": True}
    assert api.delete("/api/modules/city/fields/code").status_code == 204
    assert api.patch("/api/modules/city/fields/code", json={"label": "C"}).status_code == 404


def test_a_change_that_values_cannot_follow_names_them(api, module):
    for name in ("12", "twelve", "13"):
        api.post("/api/modules/city/records", json={"values": {"name": name}})
    answer = api.patch("/api/modules/city/fields/name", json={"kind": "Number"})
    assert (answer.status_code, answer.json()["code"]) == (409, "values_cannot_follow")
    assert answer.json()["document"]["count"] == 1
    assert answer.json()["document"]["values"][0]["value"] == "twelve"


def test_a_module_that_others_refer_to_is_deleted_only_by_force(api, module):
    api.post(
        "/api/modules",
        json={"handle": "street", "fields": [{"name": "city", "kind": "Record", "module": "city"}]},
    )
    answer = api.delete("/api/modules/city")
    assert (answer.status_code, answer.json()["code"]) == (409, "module_in_use")
    assert answer.json()["errors"][0]["field"] == "street.city"
    assert api.delete("/api/modules/city?force=true").status_code == 204
    assert api.get("/api/modules/city").status_code == 404
    api.delete("/api/modules/street")
