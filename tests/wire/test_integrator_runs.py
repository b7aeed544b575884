"""Runs and jobs of the integrator's API over a real server (R1 to R3, J1 to J6, N1, N6, N7)."""

import json
import re
import time
from urllib.parse import quote

import pytest

V1 = "/integrator/v1"
A = {"status": "Active"}


@pytest.fixture(scope="module")
def modules(api):
    """A module of six boats, and one for what is delivered."""
    for handle in ("boat", "delivery"):
        fields = [{"name": name, "kind": "String"} for name in ("title", "kind")]
        assert (
            api.post("/api/modules", json={"handle": handle, "name": handle, "fields": fields}).status_code
            == 201
        )
    boats = [{"values": {"title": f"b{n}", "kind": "sail" if n % 3 else "motor"}} for n in range(6)]
    assert (
        api.post("/api/modules/boat/records/bulk", json={"create": boats, "atomic": True}).status_code == 200
    )


def create(api, plural, body):
    answer = api.post(f"{V1}/{plural}", json=body)
    assert answer.status_code == 201, answer.text
    return answer.json()["_id"]


def export(api, **rest):
    return create(
        api,
        "exports",
        {"name": "Boats", "adaptorType": "HeadwaterExport", "records": {"module": "boat"}, **rest},
    )


def importing(api, **rest):
    mappings = [{**A, "generate": "title", "dataType": "string", "extract": "$.title"}]
    body = {
        "name": "Out",
        "adaptorType": "HeadwaterImport",
        "records": {"module": "delivery"},
        "mappings": mappings,
    }
    return create(api, "imports", {**body, **rest})


def flow(api, processors=(), **rest):
    generator = {"_exportId": rest.pop("_exportId", None) or export(api)}
    processors = [{"type": "import", "_importId": each} for each in processors]
    return create(
        api, "flows", {"name": "F", "pageGenerators": [generator], "pageProcessors": processors, **rest}
    )


def run(api, flow_id, body=None):
    """Start a flow and wait for the end of its job."""
    answer = api.post(f"{V1}/flows/{flow_id}/run", **({} if body is None else {"json": body}))
    assert answer.status_code == 201, answer.text
    assert set(answer.json()) == {"_jobId"}
    deadline = time.monotonic() + 20
    while True:
        job = api.get(f"{V1}/jobs/{answer.json()['_jobId']}").json()
        if job["status"] not in ("queued", "running"):
            return job
        assert time.monotonic() < deadline, job
        time.sleep(0.02)  # polling a server of its own; the deadline above bounds it


def errors(answer, status):
    assert answer.status_code == status, answer.text
    return [(error["code"], error.get("field")) for error in answer.json()["errors"]]


def jobs(api, **parameters):
    answer = api.get(f"{V1}/jobs", params=parameters)
    assert answer.status_code == 200, answer.text
    return answer.json()


def test_r1_a_run_answers_the_id_of_its_job(api, modules):
    job = run(api, flow(api, [importing(api)]))
    assert re.fullmatch("[0-9a-f]{24}", job["_id"])
    assert (job["type"], job["status"]) == ("flow", "completed")
    assert run(api, job["_flowId"], {})["_id"] != job["_id"]


def test_r2_a_run_may_be_limited_to_exports(api, modules):
    first, second = export(api), export(api)
    generators = [{"_exportId": first}, {"_exportId": second}]
    both = create(api, "flows", {"name": "F", "pageGenerators": generators})
    assert run(api, both)["numExport"] == 12
    assert run(api, both, {"_exportIds": [second]})["numExport"] == 6
    assert errors(api.post(f"{V1}/flows/{both}/run", json={"_exportIds": ["0" * 24]}), 422) == [
        ("invalid_ref", "_exportIds")
    ]


@pytest.mark.parametrize(
    "body", [{"_exportIds": "x"}, {"_exportIds": [5]}, {"startDate": "today"}, {"endDate": 5}]
)
def test_r2_bad_options_are_refused(api, modules, body):
    assert errors(api.post(f"{V1}/flows/{flow(api)}/run", json=body), 422) == [
        ("invalid_field", next(iter(body)))
    ]


def test_r1_a_body_that_cannot_be_read_is_refused(api, modules):
    path = f"{V1}/flows/{flow(api)}/run"
    assert errors(api.post(path, json=[1]), 400) == [("invalid_query_params", None)]
    assert errors(api.post(path, content=b"{", headers={"Content-Type": "application/json"}), 400)
    assert errors(api.post(path, content=b"x", headers={"Content-Type": "text/plain"}), 415)


def test_r3_what_cannot_run_is_refused_with_one_error_for_each_fault(api, modules):
    assert (
        errors(api.post(f"{V1}/flows/{create(api, 'flows', {'name': 'F'})}/run"), 422)[0][0] == "invalid_flow"
    )
    disabled = flow(api, [importing(api)], disabled=True)
    assert errors(api.post(f"{V1}/flows/{disabled}/run"), 422) == [("invalid_flow", "disabled")]
    strange = create(
        api, "exports", {"name": "N", "adaptorType": "NetSuiteExport", "_connectionId": connection(api)}
    )
    broken = importing(
        api, mappings=[{"generate": "x", "extract": "$.x"}], filter={"rules": ["isempty", ["extract", "x"]]}
    )
    answer = api.post(f"{V1}/flows/{flow(api, [broken], _exportId=strange)}/run")
    found = errors(answer, 422)
    assert {code for code, _ in found} == {"invalid_flow"}
    messages = " ".join(error["message"] for error in answer.json()["errors"])
    assert "NetSuiteExport" in messages
    assert "Mapping object must have status field present" in messages
    assert "isempty" in messages


def connection(api):
    return create(
        api, "connections", {"name": "c", "type": "http", "http": {"baseURI": "http://127.0.0.1:9"}}
    )


def test_r3_unknown_flows_are_not_run(api, modules):
    assert errors(api.post(f"{V1}/flows/{'0' * 24}/run"), 404) == [("invalid_ref", None)]
    assert errors(api.post(f"{V1}/flows/x/run"), 400) == [("invalid_ref", None)]


def test_n1_every_step_counts_in_the_parent(api, modules):
    job = run(api, flow(api, [importing(api)]))
    assert (job["numSuccess"], job["numIgnore"], job["numError"]) == (12, 0, 0)
    assert (job["numExport"], job["doneExporting"], job["retriable"]) == (6, True, False)


def test_n6_an_input_filter_skips_and_counts_as_ignored(api, modules):
    rules = {
        "type": "expression",
        "expression": {"version": "1", "rules": ["equals", ["string", ["extract", "kind"]], "sail"]},
    }
    job = run(api, flow(api, [importing(api, filter=rules)]))
    assert (job["numSuccess"], job["numIgnore"], job["numError"]) == (10, 2, 0)
    counts = [job[name] for name in ("numRecords", "numRecordsOk", "numRecordsFailed", "numRecordsIgnored")]
    assert counts == [6, 4, 0, 2]


def test_n7_copies_meet_in_a_shared_router(api, modules):
    one, two, last = importing(api), importing(api), importing(api)

    def branch(target, **rest):
        return {"name": "b", "pageProcessors": [{"type": "import", "_importId": target}], **rest}

    routers = [
        {"id": "r1", "routeRecordsTo": "all_matching_branches", "routeRecordsUsing": "input_filters",
         "branches": [branch(one, nextRouterId="r2"), branch(two, nextRouterId="r2")]},
        {"id": "r2", "branches": [branch(last)]},
    ]  # fmt: skip
    body = {"name": "F", "pageGenerators": [{"_exportId": export(api)}], "routers": routers}
    job = run(api, create(api, "flows", body))
    assert (job["numSuccess"], job["numIgnore"], job["numError"]) == (30, 0, 0)
    assert (job["numRecords"], job["numRecordsOk"]) == (6, 6)


def test_a_mapping_error_fails_its_record_only(api, modules):
    mappings = [
        {**A, "generate": "title", "extract": "$.title"},
        {**A, "generate": "kind", "dataType": "number", "extract": "$.kind"},
    ]
    job = run(api, flow(api, [importing(api, mappings=mappings)]))
    assert (job["status"], job["numSuccess"], job["numError"], job["numOpenError"]) == ("completed", 6, 6, 6)
    assert job["retriable"] is True


def test_j2_each_place_has_a_job_of_its_own(api, modules):
    target = importing(api)
    job = run(api, flow(api, [target, target]))
    family = api.get(f"{V1}/jobs/{job['_id']}/family").json()
    children = family.pop("children")
    assert family == job
    assert [(each["type"], each["oIndex"]) for each in children] == [
        ("export", 0),
        ("import", 1),
        ("import", 2),
    ]
    assert {each["_flowJobId"] for each in children} == {job["_id"]}
    assert [each.get("_importId") for each in children] == [None, target, target]
    assert sum(each["numSuccess"] for each in children) == job["numSuccess"] == 18
    for each in children:
        assert api.get(f"{V1}/jobs/{each['_id']}").json() == each


def test_j3_a_finished_job_is_cancelled_without_effect_and_a_place_not_at_all(api, modules):
    job = run(api, flow(api, [importing(api)]))
    for method, end in (("PUT", "/cancel"), ("DELETE", "")):
        answer = api.request(method, f"{V1}/jobs/{job['_id']}{end}")
        assert (answer.status_code, answer.content) == (204, b"")
        child = f"{1:08x}{job['_id'][8:]}"
        assert errors(api.request(method, f"{V1}/jobs/{child}{end}"), 422) == [("update_not_allowed", None)]
    assert api.get(f"{V1}/jobs/{job['_id']}").json() == job


def test_j4_jobs_are_found_by_what_is_given_newest_first(api, modules):
    integration = create(api, "integrations", {"name": "I"})
    target = importing(api)
    flow_id = flow(api, [target], _integrationId=integration)
    first, second = run(api, flow_id), run(api, flow_id)
    for parameters in (
        {"_flowId": flow_id},
        {"_integrationId": integration},
        {"_flowId_in": flow_id, "_importId": target},
    ):
        found = jobs(api, **parameters)
        parents = [each["_flowJobId"] if "_flowJobId" in each else each["_id"] for each in found]
        assert list(dict.fromkeys(parents)) == [second["_id"], first["_id"]], parameters
    assert jobs(api, _flowId=flow_id, type="flow") == [second, first]
    assert [each["_importId"] for each in jobs(api, _flowId=flow_id, type="import")] == [target, target]
    assert len(jobs(api, _flowJobId=first["_id"])) == 2
    assert jobs(api, _flowId=flow_id, status="failed") == []
    assert jobs(api, _flowId=flow_id, type_in="flow,retry", numSuccess_gte="13") == []
    assert len(jobs(api, _flowId=flow_id, type="flow", numSuccess_lte="12", retriable="false")) == 2
    assert jobs(api, _flowId=flow_id, createdAt_lte="2001-01-01T00:00:00Z") == []
    assert first in jobs(api, createdAt_gte=first["createdAt"], createdAt_lte=first["createdAt"])
    latest = api.get(f"{V1}/flows/{flow_id}/jobs/latest", params={"limit": 1}).json()
    assert latest == [second]


@pytest.mark.parametrize(
    "query",
    ["", "type=flow", "status=failed", "type=import&createdAt_gte=2031-01-01T00:00:00Z", "createdAt_gte=x",
     "_flowId=x&numError_gte=-1", "createdAt_lte=2031-01-01"],
)  # fmt: skip
def test_j4_a_list_without_anything_to_find_by_is_refused(api, query):
    assert errors(api.get(f"{V1}/jobs?{query}"), 400) == [("invalid_query", None)]


@pytest.mark.parametrize("value", ["x", "0" * 24, "f" * 24, "'; drop table job; --"])
def test_j4_unknown_ids_find_nothing(api, value):
    for name in ("_flowId", "_exportId", "_importId", "_flowJobId", "_integrationId"):
        assert api.get(f"{V1}/jobs?{name}={quote(value)}").json() == []


def test_j5_a_job_says_when_it_goes(api, modules):
    job = run(api, flow(api))
    assert job["endedAt"] < job["purgeAt"]


def test_unknown_jobs_are_not_found(api):
    assert errors(api.get(f"{V1}/jobs/{'0' * 24}"), 404) == [("invalid_ref", None)]
    assert errors(api.get(f"{V1}/jobs/{'f' * 24}"), 404) == [("invalid_ref", None)]
    assert errors(api.get(f"{V1}/jobs/x"), 400) == [("invalid_ref", None)]


def test_the_queue_of_an_alert_is_a_source(api, modules):
    alert = {"name": "A", "module": "boat", "trigger": "filter", "filter": ["kind", "eq", "queued"]}
    queue = api.post("/api/alerts", json=alert).json()["queue_uuid"]
    body = {"name": "Q", "adaptorType": "HeadwaterQueueExport", "queue": {"queueUUID": queue}}
    flow_id = flow(api, [importing(api)], _exportId=create(api, "exports", body))
    for title in ("q1", "q2"):
        api.post("/api/modules/boat/records", json={"values": {"title": title, "kind": "queued"}})
    assert run(api, flow_id)["numSuccess"] == 4
    assert run(api, flow_id)["numSuccess"] == 0
    found = api.get(
        "/api/modules/delivery/records", params={"filter": json.dumps(["title", "in", ["q1", "q2"]])}
    )
    assert sorted(each["values"]["title"] for each in found.json()["items"]) == ["q1", "q2"]


def test_files_are_sources_and_destinations(api, modules, tmp_path):
    (tmp_path / "in.csv").write_text("code,name\n1,Odda\n2,Ærø\n", encoding="utf-8")
    folder = create(
        api,
        "connections",
        {"name": "f", "type": "filesystem", "filesystem": {"directoryPath": str(tmp_path)}},
    )
    source = {
        "name": "In",
        "adaptorType": "FileSystemExport",
        "_connectionId": folder,
        "file": {"type": "csv", "csv": {"hasHeaderRow": True}},
    }
    source["filesystem"] = {"fileNameStartsWith": "in"}
    target = {
        "name": "Out",
        "adaptorType": "FileSystemImport",
        "_connectionId": folder,
        "file": {"type": "jsonl", "fileName": "out.jsonl"},
    }
    target["mapping"] = {"fields": [{"extract": "{{code}}-{{name}}", "generate": "key.text"}], "lists": []}
    export_id, import_id = create(api, "exports", source), create(api, "imports", target)
    assert run(api, flow(api, [import_id], _exportId=export_id))["numSuccess"] == 4
    lines = (tmp_path / "out.jsonl").read_text(encoding="utf-8").splitlines()
    assert [json.loads(line) for line in lines] == [{"key": {"text": "1-Odda"}}, {"key": {"text": "2-Ærø"}}]


def test_deleting_a_flow_keeps_its_jobs_readable(api, modules):
    job = run(api, flow(api, [importing(api)]))
    assert api.delete(f"{V1}/flows/{job['_flowId']}").status_code == 204
    assert api.get(f"{V1}/jobs/{job['_id']}").json() == job


def test_jobs_need_the_scope_flows(api, nobody, modules):
    job = run(api, flow(api))
    small = api.post("/api/tokens", json={"name": "small", "scopes": ["records:read"]}).json()
    headers = {"Authorization": f"Bearer {small['token']}"}
    one = f"/jobs/{job['_id']}"
    paths = [("GET", one), ("DELETE", one), ("GET", f"/jobs?_flowId={job['_flowId']}")]
    for method, path in [*paths, ("POST", f"/flows/{job['_flowId']}/run")]:
        assert errors(nobody.request(method, V1 + path, headers=headers), 403) == [("forbidden", None)]
