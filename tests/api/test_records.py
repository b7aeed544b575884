"""`/api/modules/{module}/records` over HTTP (native.md sections 1 and 3)."""

import json

import pytest

pytestmark = pytest.mark.both_servers

COUNTRY = {"handle": "country", "fields": [{"name": "code", "kind": "String", "unique": True}]}
PLACE = {
    "handle": "place",
    "fields": [
        {"name": "name", "kind": "String", "required": True, "indexed": True},
        {"name": "country", "kind": "Record", "module": "country"},
        {"name": "population", "kind": "Number"},
        {"name": "latitude", "kind": "Number", "scale": 6},
        {"name": "size", "kind": "Select", "options": ["small", "large"]},
        {"name": "seen", "kind": "DateTime"},
        {
            "name": "status",
            "kind": "State",
            "states": ["draft", "ready"],
            "transitions": [{"from": "draft", "to": "ready"}],
        },
        {"name": "names", "kind": "String", "multi": True},
    ],
}
JSON = {"content-type": "application/json"}
RECORDS = "/api/modules/place/records"


@pytest.fixture
def country(api):
    """The id of the country NO; both modules are fresh."""
    assert api.post("/api/modules", json=COUNTRY).status_code == 201
    assert api.post("/api/modules", json=PLACE).status_code == 201
    made = api.post("/api/modules/country/records", json={"values": {"code": "NO"}})
    yield made.json()["id"]
    api.delete("/api/modules/country?force=true")
    api.delete("/api/modules/place")


def create(api, **values):
    made = api.post(RECORDS, json={"values": {"name": "Odda", **values}})
    assert made.status_code == 201, made.text
    return made.json()


def names(answer):
    assert answer.status_code == 200, answer.text
    return [each["values"]["name"] for each in answer.json()["items"]]


def find(api, condition, **parameters):
    return names(api.get(RECORDS, params={"filter": json.dumps(condition), **parameters}))


def test_a_record_is_created_and_read_as_the_contract_writes_it(api, country):
    made = api.post(RECORDS, json={"values": {"name": "Odda", "country": country, "latitude": 60.069}})
    record = made.json()
    assert made.status_code == 201
    assert made.headers["location"] == f"{RECORDS}/{record['id']}"
    assert made.headers["etag"] == '"1"'
    assert record["values"] == {
        "name": "Odda",
        "country": country,
        "latitude": "60.069000",
        "status": "draft",
    }
    assert record["revision"] == 1
    assert set(record) == {
        "id", "revision", "values", "created_at", "updated_at", "created_by", "updated_by", "owner",
    }  # fmt: skip
    assert api.get(f"{RECORDS}/{record['id']}").json() == record


def test_every_bad_field_is_told_at_once_with_its_value(api, country):
    bad = {"population": "x", "latitude": "1.1234567", "size": "medium", "colour": 1, "country": 99}
    answer = api.post(RECORDS, json={"values": bad})
    assert (answer.status_code, answer.json()["code"]) == (422, "invalid_record")
    faults = {each["field"]: each for each in answer.json()["errors"]}
    assert {name: each["code"] for name, each in faults.items()} == {
        "population": "wrong_type",
        "latitude": "too_many_decimals",
        "size": "unknown_option",
        "colour": "unknown_field",
        "name": "required",
    }
    assert faults["population"]["detail"] == "Field 'population' of module 'place' wants a number; got 'x'."


@pytest.mark.parametrize(
    "value",
    [10**30, -(10**400), 1e308, "x" * 100_000, {"a": [1]}, [[]], True, "\0", "9" * 400, {"$gt": 1}],
)
def test_no_value_whatever_breaks_the_server(api, country, value):
    for name in ("name", "country", "population", "latitude", "size", "seen", "status", "names", "colour"):
        answer = api.post(RECORDS, content=json.dumps({"values": {"name": "x", name: value}}), headers=JSON)
        assert answer.status_code in (201, 400, 422), answer.text
        assert answer.status_code == 201 or answer.json()["detail"]


def test_a_reference_to_nothing_or_to_a_deleted_record_is_refused(api, country):
    answer = api.post(RECORDS, json={"values": {"name": "Odda", "country": 99_999}})
    assert answer.json()["errors"][0]["code"] == "unknown_reference"
    api.delete(f"/api/modules/country/records/{country}")
    answer = api.post(RECORDS, json={"values": {"name": "Odda", "country": country}})
    assert answer.json()["errors"][0]["code"] == "unknown_reference"


def test_a_change_merges_and_null_clears(api, country):
    record = create(api, population=5000, size="small")
    changed = api.patch(f"{RECORDS}/{record['id']}", json={"values": {"population": None, "size": "large"}})
    assert changed.headers["etag"] == '"2"'
    assert changed.json()["values"] == {"name": "Odda", "size": "large", "status": "draft"}


def test_a_change_to_the_same_values_makes_no_revision(api, country):
    record = create(api, latitude="1.5")
    same = api.patch(f"{RECORDS}/{record['id']}", json={"values": {"latitude": 1.50, "name": "Odda"}})
    assert same.json() == record


def test_if_match_answers_412_with_the_current_document(api, country):
    record = create(api)
    path = f"{RECORDS}/{record['id']}"
    api.patch(path, json={"values": {"name": "Tyssedal"}}, headers={"if-match": '"1"'})
    for answer in (
        api.patch(path, json={"values": {"name": "X"}}, headers={"if-match": '"1"'}),
        api.delete(path, headers={"if-match": '"1"'}),
    ):
        assert (answer.status_code, answer.json()["code"]) == (412, "revision_mismatch")
        assert answer.json()["document"]["values"]["name"] == "Tyssedal"
        assert answer.headers["etag"] == '"2"'


def test_a_move_that_is_not_allowed_names_both_states(api, country):
    record = create(api, status="ready")
    answer = api.patch(f"{RECORDS}/{record['id']}", json={"values": {"status": "draft"}})
    fault = answer.json()["errors"][0]
    assert fault["code"] == "transition_not_allowed"
    assert "'ready' to 'draft'" in fault["detail"]


def test_a_deleted_record_is_gone_until_it_is_restored(api, country):
    record = create(api)
    path = f"{RECORDS}/{record['id']}"
    assert api.delete(path).status_code == 204
    assert api.get(path).status_code == api.delete(path).status_code == 404
    assert names(api.get(RECORDS)) == []
    assert names(api.get(RECORDS, params={"deleted": "only"})) == ["Odda"]
    assert "deleted_at" in api.get(RECORDS, params={"deleted": "with"}).json()["items"][0]
    assert api.post(f"{path}/restore").json()["revision"] == 3
    assert api.get(path).json()["values"] == record["values"]


def test_a_hard_delete_leaves_nothing(api, country):
    record = create(api)
    path = f"{RECORDS}/{record['id']}"
    assert api.delete(f"{path}?hard=true").status_code == 204
    assert api.get(f"{path}/history").status_code == 404
    assert names(api.get(RECORDS, params={"deleted": "with"})) == []


def test_a_unique_value_is_taken_once_whatever_its_case(api, country):
    answer = api.post("/api/modules/country/records", json={"values": {"code": "no"}})
    assert (answer.status_code, answer.json()["errors"][0]["code"]) == (422, "not_unique")
    assert answer.json()["errors"][0]["field"] == "code"


def test_a_restore_that_collides_is_a_conflict(api, country):
    countries = "/api/modules/country/records"
    api.delete(f"{countries}/{country}")
    api.post(countries, json={"values": {"code": "NO"}})
    answer = api.post(f"{countries}/{country}/restore")
    assert (answer.status_code, answer.json()["code"]) == (409, "not_unique")


def test_a_list_is_filtered_sorted_and_searched(api, country):
    for name, population in (("Odda", 7000), ("Ålesund", 54_000), ("Bergen", 286_000), ("Bø", None)):
        create(api, name=name, population=population, country=country)
    assert find(api, ["population", "gte", 10_000], sort="-population") == ["Bergen", "Ålesund"]
    assert find(api, ["country.code", "eq", "no"], sort="population") == ["Odda", "Ålesund", "Bergen", "Bø"]
    assert names(api.get(RECORDS, params={"search": "ÅLE"})) == ["Ålesund"]
    assert names(api.get(RECORDS, params={"sort": "-population"}))[-1] == "Bø"


def test_pages_follow_each_other_and_count_what_is_asked(api, country):
    for index in range(7):
        create(api, name=f"N{index}", population=index % 3 or None)
    seen, cursor = [], None
    while True:
        parameters = {"limit": 2, "sort": "-population", **({"cursor": cursor} if cursor else {})}
        page = api.get(RECORDS, params=parameters)
        seen += names(page)
        cursor = page.json()["next_cursor"]
        if cursor is None:
            break
    assert seen == ["N2", "N5", "N1", "N4", "N0", "N3", "N6"]
    assert api.get(RECORDS, params={"total": "exact", "limit": 1}).json()["total"] == 7
    assert names(api.get(RECORDS, params={"offset": 5})) == ["N5", "N6"]


def test_a_list_gives_the_fields_that_are_asked_for(api, country):
    create(api, country=country, population=1)
    item = api.get(RECORDS, params={"fields": "name,country", "expand": "country"}).json()["items"][0]
    assert item["values"] == {"name": "Odda", "country": country}
    assert item["expanded"]["country"]["values"] == {"code": "NO"}


@pytest.mark.parametrize(
    ("parameters", "code"),
    [
        ({"filter": "[1"}, "invalid_filter"),
        ({"filter": '["colour","eq",1]'}, "invalid_filter"),
        ({"sort": "colour"}, "invalid_sort"),
        ({"sort": "names"}, "invalid_sort"),
        ({"fields": "colour"}, "invalid_fields"),
        ({"expand": "name"}, "invalid_expand"),
        ({"cursor": "x"}, "invalid_cursor"),
        ({"cursor": "WyJpZCIsIngiXQ"}, "invalid_cursor"),
        ({"limit": "0"}, "invalid_query"),
        ({"offset": "-1"}, "invalid_query"),
        ({"offset": "9" * 30}, "invalid_query"),
        ({"filter": '["name","eq","\\ud800"]'}, "invalid_filter"),
        ({"filter": "[" * 10_000}, "invalid_filter"),
        ({"colour": "1"}, "invalid_query"),
    ],
)
def test_a_question_that_cannot_be_answered_says_why(api, country, parameters, code):
    answer = api.get(RECORDS, params=parameters)
    assert (answer.status_code, answer.json()["code"]) == (422, code)
    assert answer.json()["detail"]


def test_the_history_tells_who_changed_what(api, country):
    record = create(api, population=1)
    path = f"{RECORDS}/{record['id']}"
    api.patch(path, json={"values": {"population": 2}})
    api.delete(path)
    items = api.get(f"{path}/history").json()["items"]
    assert [each["op"] for each in items] == ["delete", "update", "create"]
    assert items[1]["changes"] == {"population": {"before": 1, "after": 2}}
    assert items[2]["changes"]["name"] == {"before": None, "after": "Odda"}
    assert set(items[0]["actor"]) == {"kind", "id", "name"}
    first = api.get(f"{path}/history", params={"limit": 1}).json()
    second = api.get(f"{path}/history", params={"limit": 5, "cursor": first["next_cursor"]}).json()
    assert first["items"] + second["items"] == items


def test_figures_are_grouped_by_fields_and_by_months(api, country):
    create(api, size="small", population=10, seen="2031-03-31T22:30:00Z")
    create(api, size="small", population=20, seen="2031-04-10T00:00:00Z")
    create(api, size="large", population=5, seen="2031-04-10T00:00:00Z")
    figures = "/api/modules/place/aggregate"
    groups = api.get(figures, params={"group_by": "size", "measures": "sum:population,count"}).json()[
        "groups"
    ]
    assert groups == [
        {"key": ["small"], "values": {"sum:population": 30, "count": 2}},
        {"key": ["large"], "values": {"sum:population": 5, "count": 1}},
    ]
    parameters = {"group_by": "seen:month", "time_zone": "Europe/Oslo", "sort": "key"}
    groups = api.get(figures, params=parameters).json()["groups"]
    assert groups == [{"key": ["2031-04-01"], "values": {"count": 3}}]


def test_a_bulk_write_does_everything_in_one_transaction(api, country):
    first, second = create(api, name="A"), create(api, name="B")
    body = {
        "create": [{"values": {"name": "C"}}],
        "update": [{"id": first["id"], "values": {"name": "A2"}, "revision": 1}],
        "delete": [second["id"]],
    }
    answer = api.post(f"{RECORDS}/bulk", json=body)
    assert [each["status"] for each in answer.json()["results"]] == ["created", "updated", "deleted"]
    assert names(api.get(RECORDS)) == ["A2", "C"]


def test_an_atomic_bulk_write_with_a_fault_writes_nothing(api, country):
    body = {"create": [{"values": {"name": "A"}}, {"values": {"population": "x"}}]}
    answer = api.post(f"{RECORDS}/bulk", json=body)
    assert (answer.status_code, answer.json()["code"]) == (422, "invalid_bulk")
    assert [each["field"] for each in answer.json()["errors"]] == ["create.1.population", "create.1.name"]
    assert names(api.get(RECORDS)) == []


def test_a_bulk_write_that_is_not_atomic_keeps_the_good_rows(api, country):
    records = [{"values": {"code": "no"}}, {"values": {"code": "SE"}}, {"values": {"code": 7}}]
    body = {"upsert": {"key": "code", "records": records}, "atomic": False}
    results = api.post("/api/modules/country/records/bulk", json=body).json()["results"]
    assert [each["status"] for each in results] == ["updated", "created", "failed"]
    assert results[2]["errors"][0]["code"] == "wrong_type"


def test_an_idempotency_key_creates_once(api, country):
    body, headers = {"values": {"name": "Once"}}, {"idempotency-key": "k1"}
    first = api.post(RECORDS, json=body, headers=headers)
    again = api.post(RECORDS, json=body, headers=headers)
    assert first.json() == again.json()
    assert first.headers["location"] == again.headers["location"]
    assert names(api.get(RECORDS)) == ["Once"]


def test_scopes_decide_what_is_visible(api, nobody, country):
    def client(*scopes):
        token = api.post("/api/tokens", json={"name": "t", "scopes": list(scopes)}).json()["token"]
        return {"authorization": f"Bearer {token}"}

    reader, other = client("records:read"), client("records:read:country")
    assert nobody.get(RECORDS, headers=reader).status_code == 200
    assert nobody.post(RECORDS, json={"values": {"name": "X"}}, headers=reader).status_code == 403
    assert nobody.get(RECORDS, headers=other).status_code == 404
    assert nobody.get(RECORDS, headers=client("jobs")).status_code == 403
    assert [each["handle"] for each in nobody.get("/api/modules", headers=other).json()["items"]] == [
        "country"
    ]


def test_a_part_that_is_not_built_says_so(api, country):
    answer = api.get("/api/modules/place/export")
    assert (answer.status_code, answer.json()["code"]) == (501, "not_built")
