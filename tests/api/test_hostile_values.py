"""Hostile values in fields of every kind, at the real server: kept exactly, or refused by name."""

import json
import uuid

import pytest

pytestmark = pytest.mark.both_servers
JSON = {"Content-Type": "application/json"}
FIELDS = [
    {"name": "title", "kind": "String"},
    {"name": "code", "kind": "String", "unique": True},
    {"name": "about", "kind": "Text"},
    {"name": "names", "kind": "String", "multi": True},
    {"name": "size", "kind": "Number"},
    {"name": "share", "kind": "Number", "scale": 6},
    {"name": "is_open", "kind": "Bool"},
    {"name": "seen", "kind": "DateTime"},
    {"name": "colour", "kind": "Select", "options": ["red", "blue"]},
    {"name": "marks", "kind": "Select", "options": ["a", "b"], "multi": True},
    {"name": "parent", "kind": "Record"},
    {"name": "status", "kind": "State", "states": ["draft", "ready"], "initial": "draft"},
]
TEXTS = {
    "right to left": "\u202egnp.exe \u2066\u05d0\u2069",
    "zero width": "a\u200bb\u200d\ufeff",
    "combining": "Z" + "\u0335" * 60,
    "decomposed": "e\u0301",
    "four bytes": "\U0001f6a2\U0010fffd\U000e0041",
    "no characters": "\ufffe\uffff\ufdd0",
    "private": "\ue000\U000f0000",
    "folds longer": "\u0130\u00df\ufb03",
    "controls": "\x01\x08\x0b\x1f\x7f\x85\u2028",
    "line ends": "a\r\nb\rc\nd",
    "quotes": "'\"`\\;--/*",
    "markup": "<script>alert(1)</script>&amp;<!--",
    "formula": "=cmd|' /C calc'!A0",
    "template": "{{7*7}}${7*7}#{x}%s%(x)s{0}",
    "json": '{"a":[1]}',
    "like": "%_\\%",
    "blanks": "  x  ",
    "digits": "\u0661\u0662\u0663 \u00b2 \u2167",
}


@pytest.fixture(scope="module")
def module(api):
    handle = f"m{uuid.uuid4().hex[:12]}"
    fields = [{**each, "module": handle} if each["kind"] == "Record" else each for each in FIELDS]
    answer = api.post("/api/modules", json={"handle": handle, "fields": fields})
    assert answer.status_code == 201, answer.text
    return handle


def create(api, module, values):
    return api.post(f"/api/modules/{module}/records", json={"values": values})


def refused(answer):
    """The fields that a 422 names."""
    assert answer.status_code == 422, answer.text
    return {fault["field"].removeprefix("values.").split(".")[0] for fault in answer.json()["errors"]}


@pytest.mark.parametrize("text", TEXTS.values(), ids=TEXTS)
def test_a_hostile_text_is_kept_found_and_told_as_it_came(api, module, text):
    values = {"title": text, "about": text, "names": [text, "x"], "code": text}
    made = create(api, module, values)
    assert made.status_code == 201, made.text
    path = f"/api/modules/{module}/records"
    read = api.get(f"{path}/{made.json()['id']}").json()
    assert {name: read["values"][name] for name in values} == values
    for question in (["title", "eq", text], ["names", "has", text], ["title", "contains", text]):
        found = api.get(path, params={"filter": json.dumps(question)}).json()["items"]
        assert read["id"] in [each["id"] for each in found], question
    assert read["id"] in [each["id"] for each in api.get(path, params={"search": text}).json()["items"]]
    assert refused(create(api, module, {"code": text})) == {"code"}

    history = api.get(f"{path}/{read['id']}/history").json()["items"]
    assert history[-1]["changes"]["title"]["after"] == text


@pytest.mark.parametrize("text", TEXTS.values(), ids=TEXTS)
def test_a_text_where_no_text_belongs_is_refused_by_name(api, module, text):
    names = {"size", "share", "is_open", "seen", "colour", "marks", "parent", "status"}
    values = {name: [text] if name == "marks" else text for name in names}
    assert refused(create(api, module, values)) == names


@pytest.mark.parametrize("value", [[], {}, [[]], {"a": 1}, True, 0.1, 10**40, [None], [{}]], ids=repr)
def test_a_value_of_another_shape_is_refused_by_name(api, module, value):
    names = {"title", "about", "names", "seen", "colour", "marks", "parent", "status"}
    if value in ([], [None]):
        names -= {"names", "marks"}  # several values may be none
    answer = create(api, module, dict.fromkeys(names, value))
    assert refused(answer) == names


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("size", 2**53 + 1),
        ("size", -(2**53) - 1),
        ("size", 10**400),
        ("size", "1e999"),
        ("size", "1e-999999999"),
        ("size", "9" * 5_000),
        ("size", 0.5),
        ("size", "NaN"),
        ("size", "Infinity"),
        ("size", "0x10"),
        ("size", "1_000"),
        ("size", "\u0661"),
        ("share", "0.0000001"),
        ("share", 1e-7),
        ("share", "1e300"),
        ("share", 9007199254.740993),
        ("seen", "2031-02-30T00:00:00Z"),
        ("seen", "0000-01-01T00:00:00Z"),
        ("seen", "9999-12-31T23:59:59-23:59"),
        ("seen", "2031-05-02T07:00:00"),
        ("seen", "2031-05-02T24:00:00Z"),
        ("seen", 10**18),
        ("parent", 2**63),
        ("parent", -1),
        ("parent", 0),
        ("parent", "1"),
        ("title", "a\0b"),
        ("about", "\0"),
        ("names", ["a", "\0"]),
        ("code", "x" * 501),
    ],
)
def test_a_value_beyond_its_kind_is_refused_by_name(api, module, name, value):
    body = json.dumps({"values": {name: value}}).encode()
    answer = api.post(f"/api/modules/{module}/records", content=body, headers=JSON)
    if answer.status_code == 400:  # a number that JSON itself cannot carry
        assert answer.json()["code"] == "malformed_json"
    else:
        assert refused(answer) == {name}


@pytest.mark.parametrize(
    "body",
    [
        b'{"values":{"title":"\\ud800"}}',
        b'{"values":{"title":"\\udc00\\ud800"}}',
        b'{"values":{"title":"\xed\xa0\x80"}}',
        b'{"values":{"title":"\xff"}}',
        b'{"values":{"title":"\xc0\x80"}}',
        b'{"values":{"size":1e999}}',
        b'{"values":{"size":NaN}}',
        b'{"values":{"size":-Infinity}}',
        b'{"values":{"size":01}}',
        b'{"values":{"title":"a","title":"b"}}',
        b'{"values":{"title":"a"},"values":{}}',
        b'{"values":{"title":"a\nb"}}',
        b"\xef\xbb\xbf{}",
        b"\xff\xfe{\0}\0",
        b'{"values":{}}x',
        b"[" * 200_000,
        b'{"values":' * 50_000,
        b"",
        b"\0",
    ],
)
def test_a_body_that_is_no_json_is_refused_and_makes_nothing(api, module, body):
    path = f"/api/modules/{module}/records"
    before = api.get(path, params={"total": "exact"}).json()["total"]
    answer = api.post(path, content=body, headers=JSON)
    assert (answer.status_code, answer.json()["code"]) in ((400, "malformed_json"), (400, "duplicate_key"))
    assert api.get(path, params={"total": "exact"}).json()["total"] == before


def test_a_text_of_a_megabyte_is_kept_where_texts_are_long_and_refused_where_they_are_not(api, module):
    long = "\U0001f6a2" * 262_144
    made = create(api, module, {"about": long})
    assert made.status_code == 201
    assert api.get(f"/api/modules/{module}/records/{made.json()['id']}").json()["values"]["about"] == long
    assert refused(create(api, module, {"code": long, "colour": long, "size": long, "seen": long})) == {
        *("code", "colour", "size", "seen")
    }


def test_a_name_that_no_field_has_is_refused_however_it_is_written(api, module):
    names = [
        "Title",
        " title",
        "title\u200b",
        "id",
        "created_at",
        "f_1",
        "__proto__",
        "",
        "x" * 10_000,
        "title.x",
    ]
    assert refused(create(api, module, dict.fromkeys(names, 1))) >= {"Title", "id", "__proto__"}
