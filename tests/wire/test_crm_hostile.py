"""Bad input to the CRM dialect: always a clear answer in the envelope, never a fault of the server."""

import json

import pytest

from tests.wire.crm_client import BOAT, Crm, values

JSON = {"Content-Type": "application/json"}
FORM = {"Content-Type": "application/x-www-form-urlencoded"}
HUGE = "9" * 5000


@pytest.fixture
def crm(api):
    return Crm(api)


@pytest.fixture
def boat(crm):
    return crm.module(BOAT)


@pytest.mark.parametrize(
    "body",
    [
        b"{",
        b"[]",
        b'"text"',
        b"7",
        b'{"fields": [}',
        b'{"name": "\xff", "fields": [{"name": "a"}]}',
        b'{"name": "\\ud800", "fields": [{"name": "a"}]}',
        b'{"name": "a", "name": "b", "fields": [{"name": "a"}]}',
        b'{"name": "a\\u0000b", "fields": [{"name": "a"}]}',
        b'{"name": 7, "fields": [{"name": "a"}]}',
        b'{"fields": ["a"]}',
        b'{"fields": [null]}',
        b'{"fields": [{"name": ["a"]}]}',
        b'{"fields": [{"name": "a", "kind": {}}]}',
        b'{"fields": [{"name": "a", "maxLength": "12"}]}',
        b'{"fields": [{"name": "a", "isRequired": "yes"}]}',
        b'{"fields": [{"name": "a", "options": []}]}',
        b'{"fields": [{"name": "a", "defaultValue": {}}]}',
        b'{"fields": "[{"}',
        b"[" * 100_000,
        HUGE.encode(),
    ],
)
def test_a_module_that_cannot_be_read_is_refused_as_such(crm, boat, body):
    for path in ("/module/", boat):
        told = crm.message("POST", path, content=body, headers=JSON)
        assert told.startswith("error parsing http request body: ")


@pytest.mark.parametrize("body", [b"name=%FF", b"name=a%00b", b"%", b"fields=%5B", b"a=1&" * 2000])
def test_a_form_that_cannot_be_read_is_refused(crm, body):
    assert crm.message("POST", "/module/", content=body, headers=FORM)


@pytest.mark.parametrize(
    ("media_type", "body"),
    [
        ("multipart/form-data", b"x"),
        ("multipart/form-data; boundary=b", b'--b\r\nContent-Disposition: form-data; name="fields"'),
        ("multipart/form-data; boundary=b; charset=none", b"--b--"),
        ("text/plain", b"fields"),
        ("", b'{"fields": []}'),
        ("nonsense", b""),
    ],
)
def test_bodies_of_other_media_types_bring_no_content(crm, boat, media_type, body):
    told = crm.message("POST", f"{boat}/content", content=body, headers={"Content-Type": media_type})

    assert told.startswith(("No content: ", "error parsing http request body: "))


@pytest.mark.parametrize(
    "fields",
    [
        ["hull"],
        [None],
        [[]],
        [{}],
        [{"name": ""}],
        [{"name": 7, "value": "x"}],
        [{"name": None}],
        [{"name": "hull", "related": "7"}],
        [{"name": "hull", "related": {"id": 7}}],
    ],
)
def test_items_of_another_form_are_no_content(crm, boat, fields):
    assert crm.refusal(f"{boat}/content", {"fields": fields}).startswith("No content: ")


@pytest.mark.parametrize("value", [{}, [], ["N-1"], {"a": 1}, HUGE])
def test_values_that_are_no_text_are_refused_by_name(crm, boat, value):
    told = crm.refusal(
        f"{boat}/content", {"fields": [{"name": "hull", "value": "x"}, {"name": "length", "value": value}]}
    )

    assert told.startswith("length: ")


@pytest.mark.parametrize(
    "value", ["1e400", "NaN", "Infinity", "0x10", "1,5", "٣", "--1", "1e999999999", "9" * 20]
)
def test_numbers_that_are_none_or_too_large_are_refused(crm, boat, value):
    told = crm.refusal(
        f"{boat}/content", {"fields": [{"name": "hull", "value": "x"}, {"name": "length", "value": value}]}
    )

    assert told.startswith("length: ")


@pytest.mark.parametrize("number", ["1" * 4000, "1e400", "-0", "1" * 30, "0.1e-300"])
def test_bare_numbers_of_any_size_are_answered(crm, boat, number):
    body = f'{{"fields":[{{"name":"hull","value":{number}}}]}}'

    answer = crm.send("POST", f"{boat}/content", content=body, headers=JSON)

    assert answer.status_code == 200
    assert "Internal" not in answer.text


def test_ids_of_any_size_in_references_are_refused_by_name(crm, boat):
    crew = crm.module([{"name": "boat", "kind": "related", "options": {"moduleID": boat.rpartition("/")[2]}}])

    for value in ("9" * 16, "9" * 20, HUGE, "-1", "x", "1.5"):
        assert crm.refusal(f"{crew}/content", {"fields": [{"name": "boat", "value": value}]}).startswith(
            "boat: "
        )
        related = [{"name": "boat", "value": "", "related": [value]}]
        assert crm.refusal(f"{crew}/content", {"fields": related}).startswith("boat: ")


def test_characters_of_four_bytes_and_every_script_are_stored(crm):
    name, text = "🛥 Größe", "👩‍👩‍👧 \u202e ‏عربي 中文 \U0010ffff"
    module = crm.module([{"name": name, "label": text}], name=text)

    made = crm.add(module, **{name: text, "🦀": text})

    read = crm.get(f"{module}/content/{made['contentID']}")
    assert values(read) == {"🦀": text, name: text}
    assert (crm.get(module)["name"], crm.get(module)["fields"][0]["label"]) == (text, text)
    assert crm.get(f"{module}/content", query="عربي")["meta"]["count"] == 1
    assert crm.get(f"{module}/chart", kind="pie", xAxis=name)["data"] == [[text, 1]]


def test_a_nul_character_is_refused_everywhere(crm, boat):
    nul = {"fields": [{"name": "hull", "value": "a\0b"}]}

    assert "NUL" in crm.refusal(f"{boat}/content", nul)
    assert "NUL" in crm.message("GET", f"{boat}/content?query=%00")
    assert crm.send("GET", f"{boat}%00").status_code in (400, 404)


@pytest.mark.parametrize(
    "name", ["id", "revision", "created_at", "select", "1", "-", "'; drop table module; --", "a" * 300, "�"]
)
def test_names_of_any_kind_are_names_of_fields(crm, name):
    module = crm.module([{"name": name, "kind": "text"}, {"name": "x"}], name=name)

    made = crm.add(module, **{name: "v"})

    assert values(made) == {name: "v", "x": ""}
    if name != "id":
        found = crm.get(f"{module}/content", sort=f"{name} desc")
        assert found["meta"]["count"] == 1


def test_names_that_derive_to_the_same_name_of_ours_stay_apart(crm):
    names = ["Hull no.", "Hull-no", "hull_no", "hull no!", "号", "艇"]
    module = crm.module([{"name": name} for name in names])

    made = crm.add(module, **{name: str(index) for index, name in enumerate(names)})

    assert values(made) == {name: str(index) for index, name in enumerate(names)}


def test_too_many_fields_are_refused_at_once(crm, boat):
    fields = [{"name": f"f{number}"} for number in range(20_000)]

    for path, verb in (("/module/", "creating"), (boat, "updating")):
        assert crm.refusal(path, {"fields": fields}) == f"Error {verb} module: more than 500 fields"


@pytest.mark.parametrize(
    "options",
    [
        {"options": [None, 7, True, "a", "A", "", {"value": "a"}, {"label": "L"}, {"value": {}}, []]},
        {"options": {"a": 1}},
        {"choices": "abc"},
        {"options": [{"value": "x", "label": 7, "colour": "red"}]},
    ],
)
def test_choices_of_any_form_are_taken_as_far_as_they_are_texts(crm, options):
    module = crm.module([{"name": "a", "kind": "enum", "options": options}])

    assert crm.get(module)["fields"][0]["options"] == options


@pytest.mark.parametrize("precision", [None, "x", -1, 16, 10**30, 1.5, True, [], "2"])
def test_a_precision_that_is_none_leaves_the_number_free(crm, precision):
    module = crm.module([{"name": "a", "kind": "Number", "options": {"precision": precision}}])

    assert values(crm.add(module, a="1.25")) == {"a": "1.25"}


@pytest.mark.parametrize("target", [{}, [], True, None, 0, "0", ""])
def test_a_reference_without_a_module_is_a_text(crm, target):
    module = crm.module([{"name": "a", "kind": "related", "options": {"moduleID": target}}])

    assert values(crm.add(module, a="anything")) == {"a": "anything"}


def test_a_body_above_the_limit_is_refused_in_the_envelope(crm, served):
    body = json.dumps({"name": "x" * (served.settings.max_body_bytes + 1)})

    assert "larger than" in crm.message("POST", "/module/", content=body, headers=JSON)


@pytest.mark.parametrize(
    "sort", ["," * 5000, "hull," * 1000, "id desc desc", "hull length desc", "'", "a" * 5000]
)
def test_any_sort_is_answered(crm, boat, sort):
    crm.add(boat, hull="N-1")

    assert crm.get(f"{boat}/content", sort=sort)["meta"] == {
        "page": 0,
        "perPage": 50,
        "count": 1,
        "sort": sort,
    }


def test_a_reference_to_a_module_that_is_deleted_stays_readable(crm, boat):
    ship = crm.add(boat, hull="N-1")["contentID"]
    crew = crm.module([{"name": "boat", "kind": "related", "options": {"moduleID": boat.rpartition("/")[2]}}])
    made = crm.add(crew, boat=ship)
    crm.send("DELETE", boat)

    assert values(crm.get(f"{crew}/content/{made['contentID']}")) == {"boat": ship}
    assert crm.get(f"{crew}/chart", kind="pie", xAxis="boat")["data"] == [[ship, 1]]
    assert crm.get(f"{crew}/content")["meta"]["count"] == 1
    assert [each["name"] for each in crm.get(crew)["fields"]] == ["boat"]
