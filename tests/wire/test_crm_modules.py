"""The CRM dialect's field catalogue and modules (wire/crm.md sections 5 and 6)."""

import pytest

from tests.wire.crm_client import BOAT, Crm, values

OK = {"success": {"message": "OK"}}
PLAIN = {"maxLength": 0, "options": {}, "isPrivate": False, "isRequired": False, "isVisible": False}


@pytest.fixture
def crm(api):
    return Crm(api)


@pytest.fixture
def boat(crm):
    return crm.module(BOAT)


def test_the_catalogue_has_exactly_the_nine_types_by_name(crm):
    types = crm.get("/field/")

    assert [each["type"] for each in types] == [
        "bool",
        "stamp",
        "email",
        "hidden",
        "related",
        "related_multi",
        "enum",
        "text",
        "textarea",
    ]
    assert types[0] == {"name": "Boolean value (yes / no)", "type": "bool"}


def test_all_adds_our_other_kinds(crm):
    types = crm.get("/field/", all=1)

    assert {"Number", "Date", "State"} < {each["type"] for each in types}
    assert [each["name"] for each in types] == sorted(each["name"] for each in types)


def test_one_type_is_read_and_an_unknown_one_is_empty(crm):
    assert crm.get("/field/email") == {"name": "E-mail input", "type": "email"}
    assert crm.get("/field/nope") == {"name": "", "type": ""}


def test_a_module_is_answered_as_the_document_shows(crm):
    made = crm.post("/module/", {"name": "Boat", "fields": BOAT})

    assert made.pop("moduleID").isdigit()
    assert made.pop("createdAt").endswith("Z")
    hull = {"moduleID": "0", "kind": "text", "name": "hull", "label": "Hull no.", **PLAIN, "isRequired": True}
    length = {"moduleID": "0", "kind": "Number", "name": "length", "label": "Length", **PLAIN}
    assert made == {"name": "Boat", "fields": [hull, {**length, "options": {"precision": 1}}]}


@pytest.mark.parametrize(
    "kind", ["bool", "Bool", "stamp", "Date", "enum", "Url", "User", "File", "rocket", ""]
)
def test_the_kind_is_stored_and_returned_verbatim(crm, kind):
    module = crm.module([{"name": "a", "kind": kind, "options": {"any": [1, {"x": None}]}}])

    (field,) = crm.get(module)["fields"]
    assert (field["kind"], field["options"]) == (kind, {"any": [1, {"x": None}]})


def test_every_member_of_a_field_is_returned(crm):
    sent = {
        "kind": "text",
        "name": "Hull no. / №",
        "label": "Hull",
        "helpText": "On the bow",
        "defaultValue": "N-1",
        "maxLength": 12,
        "options": {},
        "isPrivate": True,
        "isRequired": True,
        "isVisible": True,
    }

    assert crm.get(crm.module([sent]))["fields"] == [{"moduleID": "0", **sent}]


def test_modules_are_listed_by_id_without_pages(crm, boat):
    found = crm.get("/module/")

    ids = [int(each["moduleID"]) for each in found]
    assert ids == sorted(ids)
    assert all("page" not in each for each in found)


@pytest.mark.parametrize("query", ["ÄRGER", "ärgerlich", "bug no", "GÜTE"])
def test_modules_are_found_by_name_and_by_names_and_labels_of_fields(crm, query):
    crm.module([{"name": "Güte", "label": "Bug no."}], name="Ärgerlich")

    assert [each["name"] for each in crm.get("/module/", query=query)][-1:] == ["Ärgerlich"]
    assert crm.get("/module/", query="no such thing") == []


def test_reading_adds_an_all_zero_page(crm, boat):
    page = crm.get(boat)["page"]

    assert (page["pageID"], page["moduleID"], page["title"], page["visible"]) == ("0", "0", "", False)


def test_an_unknown_or_deleted_module_is_the_zero_module(crm, boat):
    crm.send("DELETE", boat)

    zero = crm.get(boat)

    assert zero == crm.get("/module/987654321")
    assert (zero["moduleID"], zero["name"], zero["fields"], zero["page"]["pageID"]) == ("0", "", None, "0")
    assert [zero[name] for name in ("createdAt", "updatedAt", "deletedAt")] == ["0001-01-01T00:00:00Z"] * 3


@pytest.mark.parametrize("body", [{"name": "x"}, {"name": "x", "fields": []}, {"name": "x", "fields": None}])
def test_a_module_without_fields_is_refused(crm, boat, body):
    assert crm.refusal("/module/", body) == "Error creating module: no fields"
    assert crm.refusal(boat, body) == "Error updating module: no fields"


def test_fields_that_are_no_array_cannot_be_read(crm):
    told = crm.refusal("/module/", {"name": "x", "fields": {"hull": "text"}})

    assert told.startswith("error parsing http request body: ")


def test_a_name_may_be_empty_and_a_handle_is_made_unique(crm, api):
    one, other = (crm.post("/module/", {"fields": [{"name": "a"}]}) for _ in range(2))

    handles = [api.get(f"/api/modules/{each['moduleID']}").json()["handle"] for each in (one, other)]
    assert (one["name"], other["name"]) == ("", "")
    assert len(set(handles)) == 2
    assert crm.get(f"/module/{one['moduleID']}")["name"] == ""


def test_two_fields_of_one_name_are_refused_whatever_their_case(crm):
    fields = [{"name": "Hull"}, {"name": "hull"}]

    assert crm.refusal("/module/", {"fields": fields}) == "Error creating module: duplicate field name hull"


def test_a_field_without_a_name_is_refused(crm):
    told = crm.refusal("/module/", {"fields": [{"kind": "text"}]})

    assert told == "Error creating module: field without a name"


def test_a_refused_module_is_not_made(crm):
    before = len(crm.get("/module/"))

    told = crm.refusal(
        "/module/", {"name": "x", "fields": [{"name": "n", "kind": "Number", "defaultValue": "a"}]}
    )

    assert told.startswith("Error creating module: n: ")
    assert len(crm.get("/module/")) == before


def test_an_edit_replaces_name_and_fields_and_keeps_the_values_of_a_field_of_equal_name(crm, boat):
    content = crm.add(boat, hull="N-77", length="8.5")
    created = crm.get(boat)["createdAt"]
    fields = [{"kind": "text", "name": "harbour"}, {**BOAT[0], "label": "Number"}]

    changed = crm.post(boat, {"name": "Ship", "fields": fields})

    assert (changed["name"], [each["name"] for each in changed["fields"]]) == ("Ship", ["harbour", "hull"])
    assert (changed["createdAt"], changed["fields"][1]["label"]) == (created, "Number")
    assert "updatedAt" in changed
    read = crm.get(f"{boat}/content/{content['contentID']}")
    assert [(each["name"], each["value"]) for each in read["fields"]] == [("harbour", ""), ("hull", "N-77")]


def test_an_edit_keeps_the_order_of_the_array(crm):
    module = crm.module([{"name": name} for name in "abc"])

    crm.post(module, {"name": "Boat", "fields": [{"name": name} for name in "cxab"]})

    assert [each["name"] for each in crm.get(module)["fields"]] == list("cxab")


def test_what_is_read_can_be_sent_back_and_changes_nothing(crm, boat):
    crm.add(boat, hull="N-1", length="2")
    read = crm.get(boat)

    changed = crm.post(boat, read)

    assert changed["fields"] == read["fields"]
    assert values(crm.get(f"{boat}/content")["contents"][0]) == {"hull": "N-1", "length": "2.0"}


def test_a_kind_that_stored_values_cannot_follow_is_refused_with_their_count(crm, boat):
    for hull in ("N-1", "N-2", "7"):
        crm.add(boat, hull=hull)

    told = crm.refusal(boat, {"name": "Other", "fields": [{"kind": "Number", "name": "hull"}]})

    assert told.startswith("Error updating module: hull: 2 values of field")
    assert crm.get(boat)["name"] == "Boat"
    assert [each["name"] for each in crm.get(boat)["fields"]] == ["hull", "length"]


def test_a_kind_that_stored_values_can_follow_is_changed(crm, boat):
    content = crm.add(boat, hull="7", length="2.5")

    crm.post(boat, {"fields": [{"kind": "Number", "name": "hull"}, {"kind": "textarea", "name": "length"}]})

    assert values(crm.get(f"{boat}/content/{content['contentID']}")) == {"hull": "7", "length": "2.5"}


def test_an_edit_of_an_unknown_module_makes_none(crm):
    assert crm.refusal("/module/987654321", {"name": "x", "fields": BOAT}) == "Module not found"
    assert crm.refusal("/module/0", {"name": "x", "fields": BOAT}) == "Module not found"


def test_deleting_is_ok_also_when_unknown_and_takes_the_contents_along(crm, boat):
    content = crm.add(boat, hull="N-1")

    assert [crm.send("DELETE", path).json() for path in (boat, boat, "/module/987654321")] == [OK] * 3
    assert crm.message("GET", f"{boat}/content") == "Module not found"
    assert crm.message("GET", f"{boat}/content/{content['contentID']}") == "Content not found"
    assert boat.rpartition("/")[2] not in [each["moduleID"] for each in crm.get("/module/")]


def test_a_module_that_others_refer_to_is_deleted_all_the_same(crm, boat):
    crm.module([{"kind": "related", "name": "boat", "options": {"moduleID": boat.rpartition("/")[2]}}])

    assert crm.send("DELETE", boat).json() == OK


def test_a_reference_to_an_unknown_module_is_refused(crm):
    fields = [{"kind": "related", "name": "boat", "options": {"moduleID": "987654321"}}]

    told = crm.refusal("/module/", {"name": "Crew", "fields": fields})

    assert told == "Error creating module: boat: There is no module '987654321' to refer to."


def test_modules_of_our_own_api_are_shown_and_survive_an_edit(crm, api):
    crew = api.post(
        "/api/modules", json={"handle": "crew", "fields": [{"name": "name", "kind": "String"}]}
    ).json()
    states = {"states": ["new", "done"], "transitions": [{"from": "new", "to": "done"}]}
    fields = [
        {
            "name": "title",
            "kind": "String",
            "multi": True,
            "max_length": 9,
            "label": "Title",
            "help": "Short",
        },
        {"name": "state", "kind": "State", **states},
        {"name": "price", "kind": "Number", "scale": 2, "default": "1.50", "indexed": True},
        {"name": "captain", "kind": "Record", "module": "crew"},
    ]
    own = api.post("/api/modules", json={"handle": "voyage", "fields": fields}).json()
    path = f"/module/{own['id']}"

    shown = crm.get(path)
    changed = crm.post(path, {**shown, "name": "Voyage"})

    kinds = {each["name"]: (each["kind"], each.get("defaultValue")) for each in shown["fields"]}
    assert kinds == {
        "title": ("String", None),
        "state": ("State", None),
        "price": ("Number", "1.50"),
        "captain": ("Record", None),
    }
    assert shown["fields"][3]["options"] == {"moduleID": str(crew["id"])}
    assert changed["fields"] == shown["fields"]
    after = api.get("/api/modules/voyage").json()
    assert after["fields"] == own["fields"]


def test_what_our_own_api_changes_is_seen_here(crm, api, boat):
    path = f"/api/modules/{boat.rpartition('/')[2]}"
    api.patch(f"{path}/fields/hull", json={"label": "Number", "required": False, "max_length": 5})
    api.patch(f"{path}/fields/length", json={"scale": 3})

    hull, length = crm.get(boat)["fields"]

    assert (hull["label"], hull["isRequired"], hull["maxLength"]) == ("Number", False, 5)
    assert length["options"] == {"precision": 3}
