"""Contents of the CRM dialect: created, read, merged and deleted (wire/crm.md section 7)."""

import httpx
import pytest

from tests.wire.crm_client import BOAT, Crm, person, values

OK = {"success": {"message": "OK"}}


@pytest.fixture
def crm(api):
    return Crm(api)


@pytest.fixture
def boat(crm):
    return crm.module(BOAT)


def items(content):
    return [(item["name"], item["value"], item["related"]) for item in content["fields"]]


def field(name, value=None, **rest):
    return {"name": name, "value": value, **rest}


def test_a_content_is_answered_as_the_document_shows(served, boat):
    ida = person(served)
    with httpx.Client(base_url=served.settings.address, params={"jwt": ida.jwt}) as http:
        made = Crm(http).post(f"{boat}/content", {"fields": [field("hull", "N-77"), field("length", "8.5")]})

    user = made["user"]
    assert made["moduleID"] == boat.rpartition("/")[2]
    assert (user["userID"], user["username"], user["name"]) == (str(ida.user.id), "ida", "Ida")
    assert made["userID"] == user["userID"]
    assert made["fields"] == [
        {"name": "hull", "value": "N-77", "related": None},
        {"name": "length", "value": "8.5", "related": None},
    ]
    assert list(made) == ["contentID", "moduleID", "user", "userID", "fields", "createdAt"]


@pytest.mark.parametrize("body", [{}, {"fields": None}, {"fields": {"hull": "N-77"}}, {"fields": "hull"}])
def test_fields_that_are_no_array_are_no_content(crm, boat, body):
    assert crm.refusal(f"{boat}/content", body).startswith("No content: ")


def test_the_error_for_an_object_of_fields_is_the_documents(crm, boat):
    told = crm.refusal(f"{boat}/content", {"fields": {"hull": "N-77"}})

    assert told == "No content: expected an array of fields"


def test_null_numbers_and_booleans_are_read_as_their_text(crm):
    module = crm.module([{"name": name} for name in "abcd"])

    made = crm.add(module, a=8.5, b=True, c=None, d=7)

    assert values(made) == {"a": "8.5", "b": "true", "c": "", "d": "7"}


def test_undeclared_names_are_kept_verbatim_and_come_first_as_sent(crm, boat):
    sent = [
        field("zeta", " z "),
        field("length", "1"),
        field("hull", "N-1"),
        field("Hull", "other", related=["9"]),
    ]

    made = crm.post(f"{boat}/content", {"fields": sent})

    assert items(made) == [
        ("zeta", " z ", None),
        ("Hull", "other", ["9"]),
        ("hull", "N-1", None),
        ("length", "1.0", None),
    ]


def test_undeclared_names_survive_an_edit_of_others(crm, boat):
    made = crm.post(f"{boat}/content", {"fields": [field("note", "a"), field("hull", "N-1")]})
    path = f"{boat}/content/{made['contentID']}"

    crm.post(path, {"fields": [field("hull", "N-2")]})
    crm.post(path, {"fields": [field("other", "b")]})

    assert values(crm.get(path)) == {"note": "a", "other": "b", "hull": "N-2", "length": ""}


def test_one_reference_is_given_as_value_and_as_related(crm, boat):
    ship = crm.add(boat, hull="N-1")["contentID"]
    crew = crm.module([{"kind": "related", "name": "boat", "options": {"moduleID": boat.rpartition("/")[2]}}])

    for sent in (field("boat", ship), field("boat", int(ship)), field("boat", "", related=[ship])):
        made = crm.post(f"{crew}/content", {"fields": [sent]})
        assert items(made) == [("boat", ship, [ship])]
    assert items(crm.add(crew, boat="0")) == [("boat", "", None)]


def test_a_reference_to_nothing_is_refused(crm, boat):
    crew = crm.module([{"kind": "Record", "name": "boat", "options": {"module": boat.rpartition("/")[2]}}])

    told = crm.refusal(f"{crew}/content", {"fields": [field("boat", "987654321")]})
    many = crm.refusal(f"{crew}/content", {"fields": [field("boat", "", related=["1", "2"])]})

    assert told.startswith("boat: wants a record of module")
    assert many == "boat: not the id of one content"


def test_several_references_are_in_related_in_their_order(crm):
    module = crm.module([{"kind": "related_multi", "name": "crew"}])

    made = crm.post(f"{module}/content", {"fields": [field("crew", "", related=["9", "7", 8])]})
    single = crm.add(module, crew="5")

    assert items(made) == [("crew", "", ["9", "7", "8"])]
    assert items(single) == [("crew", "", ["5"])]


def test_other_fields_of_several_values_repeat_their_name(crm):
    module = crm.module([{"name": "tag", "kind": "text", "options": {"multi": True}}, {"name": "a"}])

    made = crm.post(f"{module}/content", {"fields": [field("tag", "x"), field("a", "1"), field("tag", "y")]})

    assert items(made) == [("tag", "x", None), ("tag", "y", None), ("a", "1", None)]


def test_a_field_of_one_value_that_is_given_twice_is_refused(crm, boat):
    told = crm.refusal(f"{boat}/content", {"fields": [field("hull", "a"), field("hull", "b")]})

    assert told == "hull: given more than once"


@pytest.mark.parametrize(
    ("kind", "sent", "shown"),
    [
        ("bool", "yes", "true"),
        ("Bool", False, "false"),
        ("stamp", "2031-04-02T10:00:00+02:00", "2031-04-02T08:00:00Z"),
        ("DateTime", "2031-04-02 08:00:00.5", "2031-04-02T08:00:00.500000Z"),
        ("Date", "2031-04-02", "2031-04-02"),
        ("Number", "8.250", "8.25"),
        ("Number", 1000, "1000"),
        ("textarea", "a\nb 🛥", "a\nb 🛥"),
        ("enum", "anything", "anything"),
        ("email", "Ida@example.org", "Ida@example.org"),
        ("rocket", "ü", "ü"),
    ],
)
def test_values_of_every_kind_come_back(crm, kind, sent, shown):
    module = crm.module([{"name": "a", "kind": kind}])

    assert values(crm.add(module, a=sent)) == {"a": shown}


def test_the_rules_of_the_module_hold_all_faults_at_once(crm):
    fields = [
        {"name": "Hull no.", "isRequired": True},
        {"name": "length", "kind": "Number", "options": {"precision": 1}},
        {"name": "built", "kind": "stamp"},
        {"name": "afloat", "kind": "bool"},
        {"name": "code", "maxLength": 3},
        {"name": "type", "kind": "enum", "options": {"choices": ["Sail", {"value": "M", "label": "Motor"}]}},
    ]
    module = crm.module(fields)
    sent = {"length": "1.25", "built": "soon", "afloat": "perhaps", "code": "abcd", "type": "Raft"}

    told = crm.refusal(f"{module}/content", {"fields": [field(name, value) for name, value in sent.items()]})

    assert told.split("; ") == [
        "length: wants at most 1 decimals",
        "built: not a time",
        "afloat: not true or false",
        "code: takes at most 3 characters, there are 4",
        "type: wants one of 'Sail', 'M'",
        "Hull no.: required",
    ]
    assert crm.get(f"{module}/content")["meta"]["count"] == 0


def test_the_default_fills_a_field_that_is_absent(crm):
    module = crm.module(
        [
            {"name": "a", "defaultValue": "x"},
            {"name": "n", "kind": "Number", "defaultValue": "2.5"},
            {"name": "b"},
        ]
    )

    assert values(crm.add(module, b="1")) == {"a": "x", "n": "2.5", "b": "1"}


def test_a_content_of_an_unknown_module_is_refused(crm):
    told = crm.refusal("/module/987654321/content", {"fields": [field("a", "1")]})

    assert told == "Module has no fields"


def test_a_content_is_found_within_its_module_only(crm, boat):
    made, other = crm.add(boat, hull="N-1"), crm.module(BOAT)
    path = f"{other}/content/{made['contentID']}"

    assert crm.message("GET", path) == "Content not found"
    assert crm.refusal(path, {"fields": [field("hull", "x")]}) == "Content not found"
    assert crm.send("DELETE", path).json() == OK
    assert crm.get(f"{boat}/content/{made['contentID']}")["contentID"] == made["contentID"]


def test_the_documents_unknown_content_is_an_error(crm, boat):
    assert crm.message("GET", f"{boat}/content/999999") == "Content not found"


def test_an_edit_merges_and_answers_the_whole_content(crm, boat):
    made = crm.add(boat, hull="N-1", length="2")

    changed = crm.post(f"{boat}/content/{made['contentID']}", {"fields": [field("length", "3")]})

    assert values(changed) == {"hull": "N-1", "length": "3.0"}
    assert [changed[name] for name in ("contentID", "createdAt", "userID")] == [
        made[name] for name in ("contentID", "createdAt", "userID")
    ]


def test_an_edit_by_another_person_keeps_who_made_it(served, crm, boat):
    ida, ole = person(served), person(served, name="Ole")
    with httpx.Client(base_url=served.settings.address) as http:
        http.headers["Authorization"] = f"Bearer {ida.jwt}"
        made = Crm(http).add(boat, hull="N-1")
        http.headers["Authorization"] = f"Bearer {ole.jwt}"
        changed = Crm(http).post(f"{boat}/content/{made['contentID']}", {"fields": [field("hull", "N-2")]})

    assert (changed["userID"], changed["user"]["name"]) == (str(ida.user.id), "Ida")


def test_an_edit_with_an_empty_value_clears_it(crm, boat):
    made = crm.add(boat, hull="N-1", length="2")
    path = f"{boat}/content/{made['contentID']}"

    assert values(crm.post(path, {"fields": [field("length", "")]})) == {"hull": "N-1", "length": ""}
    assert crm.refusal(path, {"fields": [field("hull", "")]}) == "hull: required"


def test_content_zero_makes_a_new_one_and_an_unknown_id_none(crm, boat):
    body = {"fields": [field("hull", "N-1")]}

    made = crm.post(f"{boat}/content/0", body)

    assert made["contentID"] != "0"
    assert crm.refusal(f"{boat}/content/987654321", body) == "Content not found"
    assert crm.get(f"{boat}/content")["meta"]["count"] == 1


def test_deleting_is_soft_and_always_ok(crm, api, boat):
    made = crm.add(boat, hull="N-1")
    path = f"{boat}/content/{made['contentID']}"

    assert [
        crm.send("DELETE", each).json() for each in (path, path, f"{boat}/content/9", "/module/9/content/9")
    ] == ([OK] * 4)
    assert crm.message("GET", path) == "Content not found"
    module_id = boat.rpartition("/")[2]
    restored = api.post(f"/api/modules/{module_id}/records/{made['contentID']}/restore")
    assert restored.status_code == 200
    assert values(crm.get(path))["hull"] == "N-1"


def test_a_content_is_a_record_of_our_own_api(crm, api, boat):
    made = crm.add(boat, hull="N-1", length="2.5", note="x")

    record = api.get(f"/api/modules/{boat.rpartition('/')[2]}/records/{made['contentID']}").json()

    assert (record["values"], record["extra"]) == ({"hull": "N-1", "length": "2.5"}, {"note": "x"})


def test_an_idempotency_key_makes_one_content_only(crm, boat):
    headers, body = {"Idempotency-Key": "k-1"}, {"fields": [field("hull", "N-1")]}

    one, other = (crm.send("POST", f"{boat}/content", json=body, headers=headers) for _ in range(2))

    assert crm.value(one) == crm.value(other)
    assert crm.get(f"{boat}/content")["meta"]["count"] == 1
