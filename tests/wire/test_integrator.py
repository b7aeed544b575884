"""The integrator's API over a real server; rule ids of wire contract integrator.md sections 1 to 5."""

import re

import httpx
import pytest

from tests.unit.flows.integrator_samples import ORCHESTRATED, SIMPLE, with_ids

V1 = "/integrator/v1"
EXPORT = {"name": "Boats", "adaptorType": "HeadwaterExport", "records": {"module": "boat"}}
IMPORT = {"name": "ERP", "adaptorType": "HeadwaterImport", "records": {"module": "boat"}}
KINDS = {
    "flows": {"name": "F"},
    "exports": EXPORT,
    "imports": IMPORT,
    "connections": {"name": "C", "type": "http"},
    "integrations": {"name": "I"},
    "scripts": {"name": "S", "content": "function f() {}"},
}


def create(api, plural, body=None):
    answer = api.post(f"{V1}/{plural}", json=body or KINDS[plural])
    assert answer.status_code == 201, answer.text
    return answer.json()


def mapped_ids(api):
    names = {"_exportId": "exports", "_importId": "imports", "_integrationId": "integrations"}
    return {key: create(api, plural)["_id"] for key, plural in names.items()}


def errors(answer, status):
    assert answer.status_code == status, answer.text
    body = answer.json()
    assert list(body) == ["errors"]
    return [(error["code"], error.get("field")) for error in body["errors"]]


@pytest.mark.parametrize("sample", [SIMPLE, ORCHESTRATED], ids=["simple", "orchestrated"])
def test_the_sample_flows_round_trip_with_every_key(api, sample):
    body = with_ids(sample, mapped_ids(api))
    created = create(api, "flows", body)
    read = api.get(f"{V1}/flows/{created['_id']}").json()
    assert set(read) == set(sample)
    assert [set(each) for each in read.get("pageGenerators", [])] == [
        set(each) for each in sample.get("pageGenerators", [])
    ]
    for key in set(body) - {"_id", "createdAt", "lastModified", "pageGenerators"}:
        assert read[key] == body[key]
    assert re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z", read["lastModified"])


@pytest.mark.parametrize("plural", KINDS)
def test_every_kind_is_created_read_replaced_listed_and_deleted(api, plural):
    created = create(api, plural)
    path = f"{V1}/{plural}/{created['_id']}"
    assert api.get(path).json() == created
    answer = api.put(path, json={**KINDS[plural], "name": "New"})
    assert (answer.status_code, answer.json()["name"]) == (200, "New")
    patched = api.patch(path, json=[{"op": "replace", "path": "/name", "value": "Newer"}])
    assert (patched.status_code, patched.content) == (204, b"")
    assert "Newer" in [each["name"] for each in api.get(f"{V1}/{plural}").json()]
    deleted = api.delete(path)
    assert (deleted.status_code, deleted.content) == (204, b"")
    assert errors(api.get(path), 404) == [("invalid_ref", None)]
    kind = plural[:-1].capitalize()
    assert api.get(path).json()["errors"][0]["message"] == f"{kind} not found for the given id."


def test_w1_a_token_is_needed_and_told(api, nobody):
    assert errors(nobody.get(f"{V1}/flows"), 401) == [("unauthorized", None)]
    assert errors(nobody.get(f"{V1}/flows", headers={"Authorization": "Bearer hw_x"}), 401)
    info = api.get(f"{V1}/tokenInfo").json()
    assert set(info) == {"_userId", "scope"}
    assert re.fullmatch("[0-9a-f]{24}", info["_userId"])
    small = api.post("/api/tokens", json={"name": "small", "scopes": ["records:read"]}).json()
    headers = {"Authorization": f"Bearer {small['token']}"}
    assert errors(nobody.get(f"{V1}/flows", headers=headers), 403) == [("forbidden", None)]
    assert errors(nobody.post(f"{V1}/flows", headers=headers, json={"name": "x"}), 403) == [
        ("forbidden", None)
    ]


def test_w2_other_media_types_and_broken_json_are_refused(api):
    assert errors(api.post(f"{V1}/flows", content=b"<a/>", headers={"Content-Type": "text/xml"}), 415) == [
        ("unsupported_media_type", None)
    ]
    for raw in (b"{", b"", b'{"name":"a","name":"b"}', b"\xff", b'{"a":NaN}', b"[" * 5000):
        answer = api.post(f"{V1}/flows", content=raw, headers={"Content-Type": "application/json"})
        assert errors(answer, 400) == [("invalid_query", None)], raw


def test_w3_malformed_ids_in_paths_are_400_and_unknown_ones_404(api):
    for given in ("x", "123ab456c789de1011fg12h13i", "0" * 23, "A" * 24, "x" * 5000, "%F0%9F%8C%8A"):
        answer = api.get(f"{V1}/flows/{given}")
        assert errors(answer, 400) == [("invalid_ref", None)]
        assert answer.json()["errors"][0]["message"] == "Please provide a valid _id."
    for method in ("GET", "PUT", "PATCH", "DELETE"):
        body = {"json": [] if method == "PATCH" else {"name": "x"}} if method in ("PUT", "PATCH") else {}
        assert errors(api.request(method, f"{V1}/exports/{'0' * 24}", **body), 404) == [("invalid_ref", None)]


def test_w4_an_id_in_the_body_is_ignored(api):
    assert create(api, "scripts", {"name": "s", "_id": ""})["_id"]
    assert create(api, "scripts", {"name": "s", "_id": "0" * 24})["_id"] != "0" * 24


def test_w5_secrets_are_masked_everywhere_and_kept_when_the_mask_is_written(api, served):
    body = {"name": "C", "type": "http", "http": {"auth": {"basic": {"username": "u", "password": "pw-ü"}}}}
    created = create(api, "connections", body)
    path = f"{V1}/connections/{created['_id']}"
    for answer in (api.get(path), api.get(f"{V1}/connections"), api.put(path, json=created)):
        assert "pw-ü" not in answer.text
        assert "******" in answer.text
    loaded = served.database.read_now(lambda tx: served.documents.load(tx, "connection", created["_id"]))
    assert loaded["http"]["auth"]["basic"]["password"] == "pw-ü"


def test_w8_if_match_guards_put_patch_and_delete(api):
    created = create(api, "scripts")
    path, stale = f"{V1}/scripts/{created['_id']}", {"If-Match": '"2001-01-01T00:00:00.000Z"'}
    fresh = {"If-Match": f'"{created["lastModified"]}"'}
    assert errors(api.put(path, json={"name": "x"}, headers=stale), 412) == [("precondition_failed", None)]
    assert errors(api.patch(path, json=[], headers=stale), 412)
    assert errors(api.delete(path, headers=stale), 412)
    assert api.put(path, json={"name": "x"}, headers=fresh).status_code == 200
    assert errors(api.put(path, json={"name": "y"}, headers=fresh), 412)


def test_w9_put_replaces(api):
    flow = create(api, "flows", with_ids(ORCHESTRATED, mapped_ids(api)))
    replaced = api.put(f"{V1}/flows/{flow['_id']}", json={"name": "A", "description": "d"}).json()
    assert not replaced.get("pageGenerators")
    assert not replaced.get("schedule")


def test_w10_a_path_outside_the_list_is_not_patched(api):
    flow = create(api, "flows")
    answer = api.patch(f"{V1}/flows/{flow['_id']}", json=[{"op": "replace", "path": "/_id", "value": "x"}])
    assert errors(answer, 422) == [("update_not_allowed", "0.path")]
    assert errors(api.patch(f"{V1}/flows/{flow['_id']}", json={"name": "x"}), 422) == [
        ("invalid_field", None)
    ]


def test_w19_missing_fields_are_reported_together(api):
    answer = api.post(f"{V1}/flows", json={"pageGenerators": [{}], "pageProcessors": [{"type": "import"}]})
    assert errors(answer, 422) == [
        ("missing_required_field", "name"),
        ("missing_required_field", "pageGenerators.0._exportId"),
        ("missing_required_field", "pageProcessors.0._importId"),
    ]
    assert answer.json()["errors"][0]["message"] == "name is required."


def test_references_must_exist(api):
    answer = api.post(
        f"{V1}/flows", json={"name": "f", "pageGenerators": [{"_exportId": "x"}, {"_exportId": "0" * 24}]}
    )
    assert errors(answer, 422) == [
        ("invalid_field", "pageGenerators.0._exportId"),
        ("invalid_ref", "pageGenerators.1._exportId"),
    ]
    assert (
        answer.json()["errors"][0]["message"] == 'Cast to ObjectId failed for value "x" at path "_exportId"'
    )


def test_a_document_in_use_answers_409_and_names_its_users(api):
    ids = mapped_ids(api)
    flow = create(api, "flows", with_ids(SIMPLE, ids))
    answer = api.delete(f"{V1}/exports/{ids['_exportId']}")
    assert errors(answer, 409) == [("dependency_exists", None)]
    assert flow["_id"] in answer.json()["errors"][0]["message"]
    users = api.get(f"{V1}/exports/{ids['_exportId']}/dependencies").json()
    assert [each["id"] for each in users["flows"]] == [flow["_id"]]
    below = api.get(f"{V1}/flows/{flow['_id']}/descendants").json()
    assert [each["_id"] for each in below["exports"]] == [ids["_exportId"]]
    assert [each["_id"] for each in below["imports"]] == [ids["_importId"]]


def test_l1_an_empty_list_is_an_empty_array(api, served):
    answer = api.get(f"{V1}/scripts", params={"after": "f" * 24})
    assert (answer.status_code, answer.json()) == (200, [])
    assert "link" not in answer.headers


def test_l2_a_link_leads_to_every_further_page_and_the_last_has_none(api, served):
    made = {create(api, "integrations", {"name": str(number)})["_id"] for number in range(5)}
    seen, url = [], f"{V1}/integrations?limit=2&include=name"
    while url:
        answer = api.get(url)
        assert set(answer.json()[0]) == {"_id", "name"}
        seen += [each["_id"] for each in answer.json()]
        link = answer.headers.get("link")
        url = re.fullmatch(r'<([^>]+)>; rel="next"', link)[1] if link else None
        assert url is None or url.startswith(f"{served.settings.address}{V1}/integrations?")
    assert seen == sorted(seen)
    assert made <= set(seen)
    assert len(seen) == len(set(seen))


def test_l2_skip_pages_have_links_both_ways_while_more_follows(api):
    for number in range(5):
        create(api, "scripts", {"name": str(number)})
    total = len(api.get(f"{V1}/scripts").json())
    link = api.get(f"{V1}/scripts", params={"limit": 2, "skip": 2}).headers["link"]
    assert re.search(r'skip=4[^>]*>; rel="next"', link)
    assert re.search(r'skip=0[^>]*>; rel="prev"', link)
    assert "link" not in api.get(f"{V1}/scripts", params={"limit": 2, "skip": total - 1}).headers


@pytest.mark.parametrize(
    "query",
    ["limit=0", "limit=1001", "limit=x", "limit=-1", "skip=-1", "skip=1e9", "after=x", "include=a&exclude=b",
     "include=a$b", "include=", "exclude=a..%20b", "limit=99999999999999999999"],
)  # fmt: skip
def test_l2_l3_bad_parameters_are_refused(api, query):
    assert errors(api.get(f"{V1}/exports?{query}"), 400) == [("invalid_query_params", None)]


def test_l3_include_and_exclude_choose_paths(api):
    body = {**EXPORT, "http": {"relativeURI": "/a", "headers": [{"name": "x", "value": "1"}]}}
    created = create(api, "exports", body)

    def listed(**parameters):
        found = api.get(f"{V1}/exports", params=parameters).json()
        return next(each for each in found if each["_id"] == created["_id"])

    assert listed(include="http.relativeURI") == {
        "_id": created["_id"], "name": "Boats", "adaptorType": "HeadwaterExport",
        "http": {"relativeURI": "/a"},
    }  # fmt: skip
    assert listed(include="http.headers.name")["http"] == {"headers": [{"name": "x"}]}
    without = listed(exclude="http.headers,records,_id")
    assert (without["http"], "records" in without, without["_id"]) == (
        {"relativeURI": "/a"},
        False,
        created["_id"],
    )
    alone = api.get(f"{V1}/exports/{created['_id']}", params={"include": "name"}).json()
    assert alone == created


def test_scripts_show_their_content_alone_only(api):
    created = create(api, "scripts")
    assert created["content"]
    assert all("content" not in each for each in api.get(f"{V1}/scripts").json())


def test_c1_a_clone_answers_the_new_flow(api):
    flow = create(api, "flows", with_ids(ORCHESTRATED, mapped_ids(api)))
    for body in ({"json": {}}, {}):
        answer = api.post(f"{V1}/flows/{flow['_id']}/clone", **body)
        assert answer.status_code == 201
        clone = answer.json()
        assert (clone["name"], clone["disabled"]) == (f"Clone - {flow['name']}", True)
        assert clone["pageProcessors"][0]["_exportId"] != flow["pageProcessors"][0]["_exportId"]
    other = create(api, "integrations")["_id"]
    assert (
        api.post(f"{V1}/flows/{flow['_id']}/clone", json={"_integrationId": other}).json()["_integrationId"]
        == other
    )


def test_c1_connections_must_be_mapped_into_another_integration(api):
    connection = create(api, "connections")["_id"]
    export = create(api, "exports", {"name": "e", "adaptorType": "HTTPExport", "_connectionId": connection})
    home, away = create(api, "integrations")["_id"], create(api, "integrations")["_id"]
    body = {"name": "f", "_integrationId": home, "pageGenerators": [{"_exportId": export["_id"]}]}
    flow = create(api, "flows", body)
    answer = api.post(f"{V1}/flows/{flow['_id']}/clone", json={"_integrationId": away})
    assert errors(answer, 400) == [("invalid_connectionMap", "connectionMap")]
    assert errors(api.post(f"{V1}/flows/{flow['_id']}/clone", json={"_integrationId": "x"}), 422) == [
        ("invalid_ref", "_integrationId")
    ]
    mapped = {"_integrationId": away, "connectionMap": {connection: connection}}
    assert api.post(f"{V1}/flows/{flow['_id']}/clone", json=mapped).status_code == 201


def test_c3_exports_and_imports_are_cloned_without_a_map(api):
    for plural in ("exports", "imports"):
        created = create(api, plural)
        clone = api.post(f"{V1}/{plural}/{created['_id']}/clone", json={"name": "Copy"})
        assert (clone.status_code, clone.json()["name"], clone.json()["_sourceId"]) == (
            201,
            "Copy",
            created["_id"],
        )


@pytest.mark.parametrize(
    ("method", "path"),
    [
        ("POST", "/exports/{id}/invoke"), ("GET", "/connections/{id}/ping"), ("POST", "/connections/ping"),
        ("GET", "/flows/{id}/template"), ("GET", "/flows/{id}/{id}/errors"), ("GET", "/state/x"),
        ("PUT", "/flows/{id}/replaceConnection"), ("POST", "/integrations/{id}/clone"), ("GET", "/tags"),
        ("GET", "/lookupcaches/x"), ("GET", "/flows/{id}/errors"), ("GET", "/recycleBin"),
    ],
)  # fmt: skip
def test_what_is_not_built_answers_501_and_a_typo_404(api, method, path):
    assert errors(api.request(method, V1 + path.format(id="0" * 24)), 501) == [("not_implemented", None)]
    assert errors(api.request(method, f"{V1}/flowz"), 404) == [("not_found", None)]
    assert errors(api.request("PUT", f"{V1}/flows"), 405) == [("method_not_allowed", None)]


def test_an_idempotency_key_creates_once(api):
    headers = {"Idempotency-Key": "integrator-1"}
    first = api.post(f"{V1}/scripts", json={"name": "once"}, headers=headers).json()
    assert api.post(f"{V1}/scripts", json={"name": "once"}, headers=headers).json() == first


def test_large_and_hostile_bodies_get_clear_answers(api, served):
    assert errors(api.post(f"{V1}/flows", content=b" " * (served.settings.max_body_bytes + 1)), 413)
    for body in ([], "x", 5, True, {"name": {"$ne": 1}}, {"name": "x" * 2000}, {"name": "a\u0000"}):
        assert errors(api.post(f"{V1}/flows", json=body), 422)[0][0] == "invalid_field"
    odd = {"name": "ok", "__proto__": {"a": 1}, "ui": {"x": [[[[1]]]] * 100}, "n": 10**40, "f": 0.1}
    created = create(api, "flows", odd)
    assert {key: created[key] for key in odd} == odd


def test_the_reference_names_the_whole_paths(nobody):
    page = nobody.get("/integrator/docs")
    assert page.status_code == 200
    assert "/integrator/v1/flows/{id}/run" in page.text
    assert nobody.get("/integrator/docs/style.css").status_code == 200


def test_a_host_of_its_own_needs_no_prefix(tmp_path):
    import secrets

    from headwater.kernel.settings import Settings
    from headwater.server import running

    token = secrets.token_hex(24)
    settings = Settings(data=tmp_path, admin_token=token, wire_hosts={"api.example.org": "integrator"})
    headers = {"Authorization": f"Bearer {token}", "Host": "api.example.org"}
    with running(settings) as app, httpx.Client(base_url=app.settings.address, headers=headers) as client:
        for name in "ab":
            assert client.post("/v1/scripts", json={"name": name}).status_code == 201
        link = client.get("/v1/scripts?limit=1").headers["link"]
        assert link.startswith("<http://api.example.org/v1/scripts?")
