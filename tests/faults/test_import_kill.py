"""SIGKILL in the middle of an import: after the restart every row is there once, rejected ones too."""

from tests.waiting import wait_for

ROWS = 20_000
FINISHED = ("ok", "error", "cancelled")


def file_of(rows):
    """Every hundredth row has a number that is none."""
    lines = (f"C{n},Name {n},{'x' if n % 100 == 0 else n}" for n in range(1, rows + 1))
    return ("code,name,number\n" + "\n".join(lines) + "\n").encode()


def begin(api):
    fields = [
        {"name": "code", "kind": "String", "required": True},
        {"name": "name", "kind": "String"},
        {"name": "number", "kind": "Number"},
    ]
    api.post("/api/modules", json={"handle": "item", "name": "Item", "fields": fields})
    answer = api.post(
        "/api/modules/item/imports", content=file_of(ROWS), headers={"Content-Type": "text/csv"}
    )
    return answer.json()["id"]


def codes(api):
    found, cursor = [], None
    while True:
        parameters = {"limit": 1000, "sort": "id", **({"cursor": cursor} if cursor else {})}
        page = api.get("/api/modules/item/records", params=parameters).json()
        found += [record["values"]["code"] for record in page["items"]]
        cursor = page["next_cursor"]
        if cursor is None:
            return found


def test_a_killed_import_goes_on_and_doubles_no_row(server):
    with server.client() as api:
        import_id = begin(api)
        path = f"/api/imports/{import_id}"
        kills = 0
        for share in (0.1, 0.4, 0.7):
            done = wait_for(lambda: _at(api, path, ROWS * share))  # noqa: B023
            if done["status"] in FINISHED:
                break
            server.kill()
            kills += 1
            server.start()
        done = wait_for(lambda: _finished(api, path), 60)
        rejected = api.get(f"{path}/rejects").text.splitlines()
        expected = [f"C{n}" for n in range(1, ROWS + 1) if n % 100]

        assert kills, "the import was over before it could be killed"
        assert (done["status"], done["rows_read"], done["rejected"]) == ("ok", ROWS, ROWS // 100)
        assert done["created"] == len(expected)
        assert codes(api) == expected
        assert len(rejected) == 1 + ROWS // 100


def test_an_upload_that_was_cut_off_goes_on_after_a_kill(server):
    raw = file_of(1000)
    with server.client() as api:
        begin(api)
        begun = api.post("/api/modules/item/imports", headers={"Upload-Length": str(len(raw))}).json()
        content = f"/api/imports/{begun['id']}/content"
        api.patch(content, content=raw[:5000], headers={"Upload-Offset": "0"})
        server.kill()
        server.start()

        offset = int(api.head(content).headers["upload-offset"])
        api.patch(content, content=raw[offset:], headers={"Upload-Offset": str(offset)})

        done = wait_for(lambda: _finished(api, f"/api/imports/{begun['id']}"))
        assert (offset, done["created"], done["rejected"]) == (5000, 990, 10)


def test_a_cancelled_import_keeps_what_it_committed_and_ends(server):
    with server.client() as api:
        path = f"/api/imports/{begin(api)}"
        wait_for(lambda: _at(api, path, 1))

        assert api.delete(path).status_code == 204

        done = api.get(path).json()
        assert done["status"] in ("cancelled", "ok")
        assert len(codes(api)) == done["created"]


def _at(api, path, rows):
    found = api.get(path).json()
    return found if found["rows_read"] >= rows or found["status"] in FINISHED else None


def _finished(api, path):
    found = api.get(path).json()
    return found if found["status"] in FINISHED else None
