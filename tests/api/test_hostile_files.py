"""Files of every broken kind sent to the real server: a refusal that says why, or the rest imported."""

import json
import random
import uuid

import pytest

from tests.waiting import wait_for

pytestmark = pytest.mark.both_servers
FIELDS = [
    {"name": "code", "kind": "String", "required": True},
    {"name": "name", "kind": "String"},
    {"name": "about", "kind": "Text"},
    {"name": "size", "kind": "Number"},
]
PART = 'Content-Disposition: form-data; name="file"; filename="{}"\r\nContent-Type: text/csv'
CSV = {"Content-Type": "text/csv"}


@pytest.fixture
def module(api):
    handle = f"m{uuid.uuid4().hex[:12]}"
    assert api.post("/api/modules", json={"handle": handle, "fields": FIELDS}).status_code == 201
    return handle


def send(api, module, raw, options=None, **headers):
    query = {"options": json.dumps(options)} if options else {}
    return api.post(f"/api/modules/{module}/imports", content=raw, params=query, headers={**CSV, **headers})


def finished(api, answer):
    assert answer.status_code == 202, answer.text
    path = f"/api/imports/{answer.json()['id']}"

    def look():
        found = api.get(path).json()
        return found if found["status"] in ("ok", "error", "cancelled") else None

    return wait_for(look, 60)


def texts(api, module, name):
    items = api.get(f"/api/modules/{module}/records", params={"sort": "id"}).json()["items"]
    return [each["values"].get(name) for each in items]


NOISE = random.Random(7).randbytes(200_000)


@pytest.mark.parametrize(
    "raw",
    [
        b"\0" * 10_000,
        b"\n" * 10_000,
        b"\xef\xbb\xbf",
        b'"',
        b'"code',
        b"\x1f\x8b\x08\x00" + NOISE,
        b"PK\x03\x04" + NOISE,
        b"%PDF-1.4\n" + NOISE,
        NOISE,
        b"\xff\xfeo\0d",
        b"\xff\xfe\0\0c\0\0",
        b"," * 100_000 + b"\n",
        b"code," * 20_000 + b"\n1\n",
        b"a" * 3_000_000,
        b'"' * 3_000_000,
        b'code,name\n1,"' + b"a\n" * 20_000,
        "code\u2028name\n".encode(),
        b"[" * 100_000,
        b"<html><body>503</body></html>",
    ],
    ids=lambda raw: f"{raw[:8]!r}x{len(raw)}",
)
def test_what_is_no_table_ends_with_a_reason(api, module, raw):
    done = finished(api, send(api, module, raw))
    assert done["status"] == "error" or done["rejected"], done
    assert done["created"] == 0
    assert done["error"] is None or done["error"]["code"] != "internal", done["error"]


HOSTILE_CELLS = [
    "=cmd|' /C calc'!A0",
    "@SUM(1)",
    "+1",
    "-1",
    "\u202egnp.exe",
    "a\u200bb",
    "\U0001f6a2\U0010ffff",
    "e\u0301 \u00e9",
    "<script>",
    "'; drop table record; --",
    "{{7*7}}",
    "\x7f\x01",
    "null",
]


def test_hostile_cells_are_kept_as_they_came(api, module):
    rows = [f'{at},"{cell}"' for at, cell in enumerate(HOSTILE_CELLS)]
    done = finished(api, send(api, module, ("code,name\n" + "\n".join(rows) + "\n").encode()))
    assert (done["created"], done["rejected"]) == (len(HOSTILE_CELLS), 0), done["errors"]
    assert texts(api, module, "name") == HOSTILE_CELLS


def test_cells_that_no_record_holds_are_rejected_with_row_and_column(api, module):
    long = "x" * 1_100_000
    raw = f'code,name,size\n1,"a\0b",1\n2,x,1e999\n3,x,{"9" * 400}\n4,x,0x10\n5,{long},1\n6,good,1\n'
    done = finished(api, send(api, module, raw.encode()))
    assert (done["created"], done["rejected"]) == (1, 5)
    assert {each["row"] for each in done["errors"]} == {2, 3, 4, 5, 6}
    assert all(each["code"] and each["detail"] for each in done["errors"])


def test_a_rejected_formula_does_not_run_in_a_spreadsheet(api, module):
    raw = "code,size\n=cmd|' /C calc'!A0,=1+1\n"
    done = finished(api, send(api, module, raw.encode()))
    assert done["rejected"] == 1
    row = api.get(f"/api/imports/{done['id']}/rejects").text.splitlines()[1]
    assert row.startswith("'=cmd")
    assert ",'=1+1," in row


@pytest.mark.parametrize(
    "name", ["idna", "punycode", "undefined", "hex", "zip", "rot13", "no-such", "", "utf-8\0"]
)
def test_an_encoding_that_is_none_of_texts_is_refused(api, module, name):
    answer = send(api, module, b"code\n1\n", {"encoding": name})
    assert (answer.status_code, answer.json()["code"]) in ((422, "unknown_encoding"), (422, "invalid_body"))


@pytest.mark.parametrize(
    ("name", "raw"), [("utf-7", b"code\n+2AA-x\n"), ("unicode_escape", b"code\n\\ud800x\n")]
)
def test_half_a_character_of_a_strange_encoding_is_replaced(api, module, name, raw):
    done = finished(api, send(api, module, raw, {"encoding": name}))
    assert done["created"] == 1, done
    assert texts(api, module, "code") == ["\ufffdx"]


def form(head, content=b"code\n1\n", boundary=b"x"):
    return b"--" + boundary + b"\r\n" + head + b"\r\n\r\n" + content + b"\r\n--" + boundary + b"--\r\n"


@pytest.mark.parametrize(
    ("body", "media_type"),
    [
        (b"", "multipart/form-data"),
        (b"garbage", "multipart/form-data; boundary=x"),
        (form(b"X: y"), "multipart/form-data; boundary=x"),
        (form(b"Content-Disposition: form-data"), "multipart/form-data; boundary=x"),
        (form(PART.format("a.csv").encode())[:-20], "multipart/form-data; boundary=x"),
        (form(PART.format("a.csv").encode()), "multipart/form-data; boundary=other"),
        (form(PART.format("a.csv").encode()), "multipart/form-data; boundary=x; charset=undefined"),
        (form(PART.format("a.csv").encode()), "multipart/form-data; boundary=x; charset=utf-16"),
        (form(PART.format("+2AA-.csv").encode()), "multipart/form-data; boundary=x; charset=utf-7"),
        (form(PART.format("\\x00").encode()), "multipart/form-data; boundary=x; charset=unicode_escape"),
        (form(b"Content-Disposition: form-data; name=a") * 50, "multipart/form-data; boundary=x"),
        (form(b"X: y\r\n" * 5_000), "multipart/form-data; boundary=x"),
    ],
    ids=range(12),
)
def test_a_form_that_cannot_be_read_is_refused(api, module, body, media_type):
    answer = api.post(f"/api/modules/{module}/imports", content=body, headers={"Content-Type": media_type})
    assert answer.status_code in (400, 422), answer.text
    assert answer.json()["code"] in ("malformed_form", "file_required")


@pytest.mark.parametrize(
    "name",
    [
        "../../etc/passwd",
        "/etc/passwd",
        "..\\..\\x.csv",
        "a\u202egnp.csv",
        "x" * 1_000,
        "\U0001f6a2.csv",
        "\n.csv",
    ],
)
def test_the_name_of_a_file_is_only_a_name(api, served, module, name):
    before = {path for path in served.settings.data.parent.rglob("*") if "imports" not in path.parts}
    done = finished(
        api, api.post(f"/api/modules/{module}/imports", files={"file": (name, b"code\n1\n", "text/csv")})
    )
    assert done["created"] == 1
    assert {path for path in served.settings.data.parent.rglob("*") if "imports" not in path.parts} == before


@pytest.mark.parametrize("offset", ["", "x", "-1", "1e3", "\xb2", "9" * 5_000, "1.5"])
def test_an_offset_that_is_none_is_refused(api, module, offset):
    begun = api.post(f"/api/modules/{module}/imports", headers={"Upload-Length": "10"}).json()
    headers = {"Upload-Offset": offset.encode("latin-1")}
    answer = api.patch(f"/api/imports/{begun['id']}/content", content=b"x", headers=headers)
    assert (answer.status_code, answer.json()["code"]) == (400, "invalid_upload_offset")


@pytest.mark.parametrize("length", ["", "x", "-1", "1e3", "\xb2", "9" * 5_000])
def test_a_length_that_is_none_is_refused(api, module, length):
    answer = api.post(f"/api/modules/{module}/imports", headers={"Upload-Length": length.encode("latin-1")})
    assert (answer.status_code, answer.json()["code"]) == (400, "invalid_upload_length")


def test_a_file_above_the_limit_is_refused_before_it_comes(api, module):
    answer = api.post(f"/api/modules/{module}/imports", headers={"Upload-Length": str(10**12)})
    assert (answer.status_code, answer.json()["code"]) == (413, "upload_too_large")
