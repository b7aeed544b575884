"""Names of modules and fields that mean something elsewhere: words of SQL, our own tables, the longest."""

import json
import uuid

import pytest

pytestmark = pytest.mark.both_servers
HANDLES = [
    *("select", "table", "order", "group", "user", "default", "values", "null", "true", "index", "all"),
    *("sqlite_master", "sqlite_x", "pg_class", "pg_temp", "information_schema", "record", "job", "change"),
    *("module", "field", "catalogue", "v_x", "r_1", "f_1", "constructor", "prototype", "a" * 63, "b" * 62),
]
NAMES = [
    *("select", "from", "where", "order", "group", "values", "value", "key", "name", "rowid", "oid", "ctid"),
    *("xmin", "extra", "owner_", "r_1", "f_1", "v_x", "json", "count", "constructor", "a" * 63),
]


@pytest.mark.parametrize("handle", HANDLES)
def test_a_module_of_any_name_holds_records_and_has_its_view(api, served, handle):
    fields = [{"name": "name", "kind": "String", "indexed": True}]
    made = api.post("/api/modules", json={"handle": handle, "fields": fields})
    assert made.status_code == 201, made.text
    path = f"/api/modules/{handle}/records"
    assert api.post(path, json={"values": {"name": "a"}}).status_code == 201
    assert len(api.get(path, params={"search": "a", "sort": "name"}).json()["items"]) == 1
    if len(handle) < 60:  # the view of a longer handle is cut where PostgreSQL cuts names
        sql = f'select name from "v_{handle}"'
        assert served.database.read_now(lambda tx: tx.all(sql)) == [("a",)]
    assert api.delete(f"/api/modules/{handle}").status_code == 204


def test_fields_of_any_name_are_written_filtered_sorted_grouped_and_summed(api):
    handle = f"m{uuid.uuid4().hex[:12]}"
    fields = [{"name": name, "kind": "Number", "indexed": True} for name in NAMES]
    made = api.post("/api/modules", json={"handle": handle, "fields": fields})
    assert made.status_code == 201, made.text
    path = f"/api/modules/{handle}"
    values = {name: at for at, name in enumerate(NAMES)}
    record = api.post(f"{path}/records", json={"values": values}).json()
    assert record["values"] == values
    for name in NAMES:
        query = {"filter": json.dumps([name, "eq", values[name]]), "sort": f"-{name}", "fields": name}
        (found,) = api.get(f"{path}/records", params=query).json()["items"]
        assert found["values"] == {name: values[name]}
        asked = {"group_by": name, "measures": f"sum:{name}"}
        (group,) = api.get(f"{path}/aggregate", params=asked).json()["groups"]
        assert (group["key"], group["values"][f"sum:{name}"]) == ([values[name]], values[name]), name


@pytest.mark.parametrize(
    "name",
    [
        "",
        "1a",
        "_a",
        "A",
        "a b",
        "a-b",
        "a.b",
        "a\u0301",
        "å",
        "a" * 64,
        "id",
        "revision",
        "deleted_at",
        "a;",
        'a"',
    ],
)
def test_a_name_that_could_be_misread_is_refused(api, name):
    field = {"name": name, "kind": "String"}
    answer = api.post("/api/modules", json={"handle": "any", "fields": [field]})
    assert answer.status_code == 422, answer.text
    if name not in ("id", "revision", "deleted_at"):
        refusal = api.post("/api/modules", json={"handle": name, "fields": []})
        assert refusal.status_code == 422, refusal.text
