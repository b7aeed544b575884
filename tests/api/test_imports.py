"""Importing files over HTTP: counts, rejected rows, keys, references, pieces, bad input."""

import pytest

from tests.waiting import wait_for

pytestmark = pytest.mark.both_servers

COUNTRIES = "code,name\nNO,Norway\nSE,Sweden\n"
CITY_FIELDS = [
    {"name": "code", "kind": "String", "required": True, "unique": True},
    {"name": "name", "kind": "String", "required": True, "indexed": True},
    {"name": "country", "kind": "Record", "module": "land"},
    {"name": "population", "kind": "Number", "scale": 0},
    {"name": "latitude", "kind": "Number", "scale": 4},
    {"name": "is_capital", "kind": "Bool"},
    {"name": "founded_at", "kind": "DateTime"},
    {"name": "size", "kind": "Select", "options": ["small", "large"]},
    {"name": "names", "kind": "String", "multi": True},
]
HEADER = "code,name,country,population,latitude,is_capital,founded_at,size,names\n"


@pytest.fixture(scope="module")
def land(api):
    fields = [{"name": "code", "kind": "String", "unique": True}, {"name": "name", "kind": "String"}]
    assert (
        api.post("/api/modules", json={"handle": "land", "name": "Land", "fields": fields}).status_code == 201
    )
    assert finished(api, send(api, "land", COUNTRIES))["created"] == 2


@pytest.fixture
def town(api, land):
    body = {"handle": "town", "name": "Town", "fields": CITY_FIELDS}
    assert api.post("/api/modules", json=body).status_code == 201
    yield "town"
    api.delete("/api/modules/town", params={"force": "true"})


def send(api, module, text, options=None, headers=None):
    raw = text if isinstance(text, bytes) else text.encode()
    kind = {"Content-Type": "text/csv", **(headers or {})}
    import json

    params = {"options": json.dumps(options)} if options else {}
    answer = api.post(f"/api/modules/{module}/imports", content=raw, headers=kind, params=params)
    assert answer.status_code == 202, answer.text
    assert answer.headers["location"] == f"/api/imports/{answer.json()['id']}"
    return answer.json()["id"]


def finished(api, import_id):
    def look():
        found = api.get(f"/api/imports/{import_id}").json()
        return found if found["status"] in ("ok", "error", "cancelled") else None

    return wait_for(look)


def records(api, module):
    found = api.get(f"/api/modules/{module}/records", params={"sort": "id", "limit": 1000}).json()["items"]
    return [record["values"] for record in found]


def test_every_kind_is_read_from_text(api, town):
    row = 'N1,"Odda, øst",NO,7000,60.069,yes,1971-05-02T07:00:00Z,small,Odda|Óddi\n'

    done = finished(api, send(api, town, HEADER + row, {"references": {"country": "code"}}))

    assert (done["status"], done["created"], done["rejected"]) == ("ok", 1, 0)
    (values,) = records(api, town)
    assert values.pop("country") > 0
    assert values == {
        "code": "N1",
        "name": "Odda, øst",
        "population": 7000,
        "latitude": "60.0690",
        "is_capital": True,
        "founded_at": "1971-05-02T07:00:00Z",
        "size": "small",
        "names": ["Odda", "Óddi"],
    }


def test_bad_rows_are_rejected_with_row_column_and_reason_and_the_rest_is_imported(api, town):
    rows = [
        "N1,Odda,NO,7000,60.1,,,,",
        "N2,,NO,many,60.12345,perhaps,yesterday,huge,",
        "N3,Short,NO",
        'N4,"Open,NO,1,1,,,,',
        "N5,Bergen,XX,1,1,,,,",
        "N1,Again,NO,1,1,,,,",
        "N6,Voss,SE,1,1,,,large,",
    ]

    done = finished(
        api, send(api, town, HEADER + "\n".join(rows) + "\n", {"references": {"country": "code"}})
    )

    assert (done["status"], done["rows_read"], done["created"], done["rejected"]) == ("ok", 7, 2, 5)
    found = {(fault["row"], fault["column"], fault["code"]) for fault in done["errors"]}
    assert found == {
        (3, "name", "required"),
        (3, "population", "wrong_type"),
        (3, "latitude", "too_many_decimals"),
        (3, "is_capital", "wrong_type"),
        (3, "founded_at", "wrong_type"),
        (3, "size", "unknown_option"),
        (4, "", "wrong_cell_count"),
        (5, "", "broken_row"),
        (6, "country", "unknown_reference"),
        (7, "code", "not_unique"),
    }
    assert [each["code"] for each in records(api, town)] == ["N1", "N6"]


def test_rejected_rows_come_back_as_a_file_that_can_be_mended(api, town):
    done = finished(api, send(api, town, "code,name,population\nN1,=cmd(),x\nN2,Voss,1\n"))

    answer = api.get(f"/api/imports/{done['id']}/rejects")

    assert answer.headers["content-disposition"].startswith("attachment")
    header, line = answer.text.splitlines()
    assert header == "code,name,population,row_number,reason"
    assert line.startswith("N1,'=cmd(),x,2,population: Field 'population'")


def test_a_key_updates_what_is_there_and_creates_the_rest(api, town):
    finished(api, send(api, town, "code,name,population\nN1,Odda,1\nN2,Voss,2\n"))

    text = "code,name,population\nn1,Odda,9\nN2,Voss,2\nN3,Bergen,3\nN3,Bergen,4\n"
    done = finished(api, send(api, town, text, {"key": "code"}))

    assert (done["created"], done["updated"], done["skipped"], done["rejected"]) == (1, 2, 1, 0)
    assert [each["population"] for each in records(api, town)] == [9, 2, 4]


@pytest.mark.parametrize(("choice", "skipped", "rejected"), [("skip", 1, 0), ("reject", 0, 1)])
def test_on_conflict_leaves_or_rejects_what_is_there(api, town, choice, skipped, rejected):
    finished(api, send(api, town, "code,name\nN1,Odda\n"))

    done = finished(api, send(api, town, "code,name\nN1,Changed\n", {"key": "code", "on_conflict": choice}))

    assert (done["skipped"], done["rejected"]) == (skipped, rejected)
    assert records(api, town)[0]["name"] == "Odda"


def test_json_lines_are_read_with_their_own_types(api, town):
    lines = (
        b'{"code":"N1","name":"Odda","names":["a","b"],"is_capital":false,"latitude":"1.5"}\n'
        b'{"code":1,"name":"x"}\n'
    )

    done = finished(api, send(api, town, lines, headers={"Content-Type": "application/jsonl"}))

    assert (done["created"], done["rejected"]) == (1, 1)
    assert records(api, town) == [
        {"code": "N1", "name": "Odda", "names": ["a", "b"], "is_capital": False, "latitude": "1.5000"}
    ]
    reject = api.get(f"/api/imports/{done['id']}/rejects").json()
    assert reject["row_number"] == 2


def test_columns_are_mapped_and_others_left_out(api, town):
    options = {"mapping": {"Code": "code", "Town": "name"}, "delimiter": ";"}

    done = finished(api, send(api, town, "Code;Town;Mayor\nN1;Odda;Ida\n", options))

    assert done["columns"] == {"Code": "code", "Town": "name", "Mayor": None}
    assert records(api, town) == [{"code": "N1", "name": "Odda"}]


@pytest.mark.parametrize(
    ("raw", "options"),
    [
        ("code,name\nN1,Ærø\n".encode("cp1252"), {"encoding": "cp1252"}),
        ("code,name\nN1,Ærø\n".encode("utf-16"), None),
        ("code,name\nN1,Ærø\n".encode("utf-8-sig"), None),
        ("code\tname\rN1\tÆrø\r".encode(), None),
    ],
)
def test_encodings_delimiters_and_line_ends_are_found_or_named(api, town, raw, options):
    done = finished(api, send(api, town, raw, options))

    assert done["created"] == 1, done
    assert records(api, town)[0]["name"] == "Ærø"


def test_a_wrong_encoding_rejects_its_rows_only(api, town):
    done = finished(api, send(api, town, b"code,name\nN1,\xc6r\xf8\nN2,Odda\n"))

    assert (done["created"], done["rejected"], done["errors"][0]["code"]) == (1, 1, "invalid_encoding")


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("", "header_missing"),
        ("colour,shape\nred,round\n", "columns_do_not_fit"),
        ("name\nOdda\n", "columns_do_not_fit"),
    ],
)
def test_a_missing_header_ends_the_import_with_what_to_do(api, town, text, code):
    done = finished(api, send(api, town, text))

    assert done["status"] == "error"
    assert done["error"]["code"] == code
    assert records(api, town) == []


@pytest.mark.parametrize(
    ("options", "status", "code"),
    [
        ('{"delimiter":";;"}', 422, "invalid_options"),
        ('{"encoding":"klingon"}', 422, "unknown_encoding"),
        ('{"encoding":"hex"}', 422, "unknown_encoding"),
        ('{"colour":"red"}', 422, "invalid_body"),
        ("{", 400, "malformed_json"),
        ('{"header":false}', 422, "invalid_options"),
        ('{"dry_run":true}', 501, "not_built"),
    ],
)
def test_bad_options_are_refused_before_the_file_is_kept(api, town, options, status, code):
    kind = {"Content-Type": "text/csv"}

    answer = api.post(
        "/api/modules/town/imports", content=b"code\n", headers=kind, params={"options": options}
    )

    assert (answer.status_code, answer.json()["code"]) == (status, code)
    assert api.get("/api/modules/town/imports").json()["items"] == []


def test_other_media_types_modules_and_imports_are_refused(api, town):
    xml = {"Content-Type": "text/xml"}

    assert api.post("/api/modules/town/imports", content=b"<a/>", headers=xml).status_code == 415
    assert api.post("/api/modules/nowhere/imports", content=b"a\n", headers=xml).status_code == 404
    assert api.get("/api/imports/99999").json()["code"] == "import_unknown"
    assert api.get("/api/imports/x").status_code == 404


def test_the_same_idempotency_key_is_the_same_import(api, town):
    key = {"Idempotency-Key": "once"}
    first = send(api, town, "code,name\nN1,Odda\n", headers=key)
    finished(api, first)

    assert send(api, town, "code,name\nN1,Odda\n", headers=key) == first
    assert len(records(api, town)) == 1
    other = api.post(
        "/api/modules/town/imports", content=b"code,name\nN2,X\n", headers={"Content-Type": "text/csv", **key}
    )
    assert other.status_code == 409


def test_a_file_sent_in_pieces_goes_on_where_it_broke_off(api, town):
    raw = b"code,name\n" + b"".join(b"N%d,Town %d\n" % (number, number) for number in range(1, 40))
    begun = api.post(
        "/api/modules/town/imports", headers={"Upload-Length": str(len(raw))}, params={"file_name": "t.csv"}
    )
    content = f"/api/imports/{begun.json()['id']}/content"
    api.patch(content, content=raw[:100], headers={"Upload-Offset": "0"})
    wrong = api.patch(content, content=raw[50:], headers={"Upload-Offset": "50"})
    assert (wrong.status_code, wrong.headers["upload-offset"]) == (409, "100")
    assert api.head(content).headers["upload-offset"] == "100"

    api.patch(content, content=raw[100:], headers={"Upload-Offset": "100"})

    assert finished(api, begun.json()["id"])["created"] == 39
    again = api.patch(content, content=b"x", headers={"Upload-Offset": "0"})
    assert (again.status_code, again.json()["code"]) == (409, "upload_complete")


def test_more_than_the_announced_length_is_refused(api, town):
    begun = api.post("/api/modules/town/imports", headers={"Upload-Length": "5"}).json()

    answer = api.patch(
        f"/api/imports/{begun['id']}/content", content=b"123456", headers={"Upload-Offset": "0"}
    )

    assert (answer.status_code, answer.json()["code"]) == (413, "upload_too_large")


def test_an_import_is_history_and_change_like_any_write(api, town):
    finished(api, send(api, town, "code,name\nN1,Odda\n"))
    (record,) = api.get("/api/modules/town/records").json()["items"]

    (change,) = api.get(f"/api/modules/town/records/{record['id']}/history").json()["items"]

    assert (change["op"], change["revision"]) == ("create", 1)
    assert change["changes"]["name"]["after"] == "Odda"


def as_token(api, nobody, *scopes):
    made = api.post("/api/tokens", json={"name": "t", "scopes": list(scopes)}).json()["token"]

    def call(method, path, **rest):
        headers = {"Authorization": f"Bearer {made}", "Content-Type": "text/csv", **rest.pop("headers", {})}
        return nobody.request(method, path, headers=headers, **rest)

    return call


def test_whoever_may_write_imports_and_follows_it(api, nobody, town):
    call = as_token(api, nobody, "records:write:town")
    begun = call("POST", "/api/modules/town/imports", content=b"code,name\nN1,Odda\nN2\n")
    assert begun.status_code == 202
    one = begun.headers["location"]
    assert finished(api, begun.json()["id"])["created"] == 1
    assert call("GET", one).json()["rejected"] == 1
    assert b"N2" in call("GET", f"{one}/rejects").content


def test_whoever_may_only_read_sends_no_file(api, nobody, served, town):
    before = set(spooled(served))
    call = as_token(api, nobody, "records:read")
    for rest in ({"content": b"code,name\n"}, {"headers": {"Upload-Length": "10"}}):
        answer = call("POST", "/api/modules/town/imports", **rest)
        assert (answer.status_code, answer.json()["code"]) == (403, "scope_missing")
    assert set(spooled(served)) == before


def test_an_upload_that_is_begun_twice_has_one_file(api, served, town):
    headers = {"Upload-Length": "10", "Idempotency-Key": "pieces"}
    first = api.post("/api/modules/town/imports", headers=headers)
    files = set(spooled(served))
    assert api.post("/api/modules/town/imports", headers=headers).json()["id"] == first.json()["id"]
    assert set(spooled(served)) == files
    api.delete(f"/api/imports/{first.json()['id']}")
    assert len(spooled(served)) == len(files) - 1


def spooled(served):
    return [path.name for path in (served.settings.data / "imports").glob("*")]
