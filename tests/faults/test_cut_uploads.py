"""Uploads that break off in the middle: nothing half is kept, and what goes on loses and doubles no byte."""

import json
import socket

import pytest

from tests.waiting import wait_for

ROWS = 2_000
RAW = ("name\n" + "".join(f"r{at}\n" for at in range(ROWS))).encode()


class Sender:
    """One request whose body is sent as far as the test says."""

    def __init__(self, served, method, path, length, **headers):
        lines = [f"{method} {path} HTTP/1.1", "Host: x", f"Content-Length: {length}"]
        lines += [f"Authorization: Bearer {served.settings.admin_token}"]
        lines += [f"{name.replace('_', '-')}: {value}" for name, value in headers.items()]
        self.connection = socket.create_connection(("127.0.0.1", served.settings.port), timeout=10)
        self.connection.sendall("\r\n".join([*lines, "", ""]).encode())

    def send(self, part):
        self.connection.sendall(part)

    def status(self):
        return int(self.connection.recv(65536).split()[1])

    def close(self):
        self.connection.close()


@pytest.fixture(scope="module", autouse=True)
def module(api):
    fields = [{"name": "name", "kind": "String", "unique": True}]
    assert api.post("/api/modules", json={"handle": "row", "fields": fields}).status_code == 201


@pytest.fixture
def sender(served):
    opened = []

    def open_one(*arguments, **headers):
        opened.append(Sender(served, *arguments, **headers))
        return opened[-1]

    yield open_one
    for each in opened:
        each.close()


@pytest.fixture
def upload(api):
    """The path of the content of an import that waits for RAW; its rows are gone afterwards."""
    begun = api.post("/api/modules/row/imports", headers={"Upload-Length": str(len(RAW))}).json()
    yield f"/api/imports/{begun['id']}/content"
    found = api.get("/api/modules/row/records", params={"limit": 1000}).json()["items"]
    while found:
        body = {"delete": [each["id"] for each in found]}
        assert api.post("/api/modules/row/records/bulk", json=body).status_code == 200
        found = api.get("/api/modules/row/records", params={"limit": 1000}).json()["items"]


def offset_of(api, upload):
    return int(api.head(upload).headers["upload-offset"])


def finished(api, upload):
    def look():
        found = api.get(upload.removesuffix("/content")).json()
        return found if found["status"] in ("ok", "error", "cancelled") else None

    return wait_for(look)


def test_a_caller_who_vanishes_goes_on_where_he_broke_off(api, sender, upload):
    first = sender("PATCH", upload, len(RAW), Upload_Offset=0)
    first.send(RAW[:9_000])
    wait_for(lambda: offset_of(api, upload) == 9_000)
    first.close()

    offset = offset_of(api, upload)
    api.patch(upload, content=RAW[offset:], headers={"Upload-Offset": str(offset)})
    done = finished(api, upload)
    assert (offset, done["created"], done["rejected"]) == (9_000, ROWS, 0)


def test_a_caller_who_is_back_before_his_old_connection_ended_doubles_nothing(api, sender, upload):
    old = sender("PATCH", upload, len(RAW), Upload_Offset=0)
    old.send(RAW[:5_000])
    wait_for(lambda: offset_of(api, upload) == 5_000)
    new = sender("PATCH", upload, len(RAW) - 5_000, Upload_Offset=5_000)
    new.send(RAW[5_000:7_000])
    wait_for(lambda: offset_of(api, upload) == 7_000)

    old.send(RAW[5_000:8_000])  # what lay in the network
    assert old.status() == 409
    new.send(RAW[7_000:])
    assert new.status() == 200
    done = finished(api, upload)
    assert (done["status"], done["created"], done["rejected"]) == ("ok", ROWS, 0)


def test_a_whole_file_that_breaks_off_is_no_import(api, served, sender):
    before = api.get("/api/imports").json()["items"]
    kept = set((served.settings.data / "imports").glob("*"))
    cut = sender("POST", "/api/modules/row/imports", len(RAW), Content_Type="text/csv")
    cut.send(RAW[:9_000])
    wait_for(lambda: set((served.settings.data / "imports").glob("*")) - kept)
    cut.close()
    wait_for(lambda: set((served.settings.data / "imports").glob("*")) == kept)
    assert api.get("/api/imports").json()["items"] == before


def test_records_whose_body_breaks_off_are_not_made(api, sender):
    rows = [{"values": {"name": f"half {at}"}} for at in range(1_000)]
    body = json.dumps({"create": rows}).encode()
    cut = sender("POST", "/api/modules/row/records/bulk", len(body), Content_Type="application/json")
    cut.send(body[: len(body) // 2])
    cut.close()
    assert api.get("/api/modules/row/records", params={"search": "half"}).json()["items"] == []
    assert api.get("/healthz").status_code == 200
