"""The counting rule of the integrator (wire/integrator.md N1 to N8, J6), with an API as a neighbour."""

import pytest

from headwater.connectors.builtin.file.connector import FileConnector
from headwater.connectors.builtin.http.connector import HttpConnector
from headwater.connectors.outbound import OutboundPolicy
from headwater.kernel.clock import SystemClock
from tests.unit.connectors.http_api import http_api
from tests.unit.flows.conftest import World

LOOKUP = {"type": "export", "_exportId": "look"}
OUT = {"type": "import", "_importId": "out"}
SEND = {"type": "import", "_importId": "send"}


@pytest.fixture
def api():
    with http_api(lambda asked: (200, [{"region": "west"}])) as api:
        yield api


@pytest.fixture
def world(sqlite_database, clock, folder, tmp_path, api):
    http = HttpConnector(OutboundPolicy(), SystemClock(), waits=())
    world = World(sqlite_database, clock, folder, {"file": FileConnector(tmp_path / "data"), "http": http})
    world.add("connection", "api", type="http", http={"baseURI": api.address})
    look = {"method": "GET", "relativeURI": "/look/{{record.id}}"}
    world.add("export", "look", adaptorType="HTTPExport", _connectionId="api", http=look)
    send = {"method": ["POST"], "relativeURI": ["/send"]}
    world.add("import", "send", adaptorType="HTTPImport", _connectionId="api", http=send)
    world.file_export()
    world.file_import()
    return world


def give(world, count):
    world.write_lines("in.jsonl", [{"id": number} for number in range(count)])


def only(*ids):
    return {"rules": ["anyof", ["extract", "id"], *ids], "version": "1"}


def test_n1_one_import(world):
    give(world, 40)
    world.flow(OUT)
    assert world.counts(world.run()) == (80, 0, 0)


def test_n2_a_lookup_and_an_import(world):
    give(world, 40)
    world.flow(LOOKUP, OUT)
    assert world.counts(world.run()) == (120, 0, 0)


def test_n3_a_group_is_one_record_after_the_generator(world):
    world.write_lines("in.jsonl", [{"id": number, "boat": number % 5} for number in range(12)])
    world.file_export(groupByFields=["boat"])
    world.flow(SEND)
    assert world.counts(world.run()) == (10, 0, 0)


def test_n4_an_import_refuses_one(world, api):
    give(world, 4)
    api.answer = lambda asked: (422, "no") if asked.method == "POST" and asked.body["id"] == 2 else (200, [])
    world.flow(LOOKUP, SEND)
    run = world.run()
    assert world.counts(run) == (11, 0, 1)
    assert world.classes(run) == (4, 3, 0, 1)


def test_n5_the_output_filter_of_the_export_drops_two(world):
    give(world, 6)
    world.file_export(filter=only(0, 1, 2, 3))
    world.flow(OUT)
    run = world.run()
    assert world.counts(run) == (8, 2, 0)
    assert world.classes(run) == (6, 4, 2, 0)


def test_n6_the_input_filter_of_the_import_skips_two(world):
    give(world, 6)
    world.file_import(filter=only(0, 1, 2, 3))
    world.flow(OUT)
    assert world.counts(world.run()) == (10, 2, 0)


def test_n7_two_branches_lead_to_one_shared_router(world):
    give(world, 6)
    branch = {"pageProcessors": [OUT], "nextRouterId": "shared"}
    routers = [
        {
            "id": "first",
            "routeRecordsTo": "all_matching_branches",
            "branches": [{**branch, "name": "a"}, {**branch, "name": "b"}],
        },
        {"id": "shared", "branches": [{"name": "c", "pageProcessors": [SEND]}]},
    ]
    world.flow(routers=routers)
    run = world.run()
    assert world.counts(run) == (30, 0, 0)
    assert [step.success for step in world.steps(run) if step.document_id == "send"] == [12]
    assert world.classes(run) == (6, 6, 0, 0)


def test_n8_a_one_to_many_step_counts_the_children(world):
    give_lines(world)
    world.documents["import"]["send"].update(oneToMany=True, pathToMany="lines")
    world.flow(SEND)
    run = world.run()
    assert world.counts(run) == (15, 0, 0)
    assert world.classes(run) == (3, 3, 0, 0)


def give_lines(world):
    lines = [{"n": number} for number in range(4)]
    world.write_lines("in.jsonl", [{"id": number, "lines": lines} for number in range(3)])


def test_each_child_sees_its_parent_and_gets_its_own_response(world, api):
    give_lines(world)
    http = {"method": ["POST"], "relativeURI": ["/boats/{{record._PARENT.id}}/{{record.n}}"]}
    mapping = {"fields": [{"extract": "n", "generate": "line"}], "lists": []}
    world.add(
        "import",
        "send",
        adaptorType="HTTPImport",
        _connectionId="api",
        http=http,
        mapping=mapping,
        oneToMany=True,
        pathToMany="lines",
    )
    api.answer = lambda asked: (201, {"id": asked.path})
    answer = {"fields": [{"extract": "id", "generate": "there"}], "lists": []}
    world.flow({**SEND, "responseMapping": answer}, OUT)
    world.run()
    assert len({asked.headers["idempotency-key"] for asked in api.asked}) == 12
    assert {frozenset(asked.body) for asked in api.asked} == {frozenset({"line"})}
    second = world.read_lines("out.jsonl")[1]
    assert second["lines"][3] == {"n": 3, "there": "/boats/1/3"}
    assert set(second) == {"id", "lines"}


def test_a_parent_with_a_child_that_failed_stops_and_its_retry_sends_that_child_alone(world, api):
    give_lines(world)
    http = {"method": ["POST"], "relativeURI": ["/boats/{{record._PARENT.id}}/{{record.n}}"]}
    world.documents["import"]["send"].update(oneToMany=True, pathToMany="lines", http=http)
    api.answer = lambda asked: (422, "no") if asked.path == "/boats/1/2" else (200, {})
    world.flow(SEND, OUT)
    run = world.run()
    assert world.counts(run) == (3 + 11 + 2, 0, 1)
    assert world.classes(run) == (3, 2, 0, 1)
    [failure] = world.failed()
    assert [len(failure.data["lines"]), failure.data["id"]] == [1, 1]


def test_every_copy_of_a_record_has_an_idempotency_key_of_its_own(world, api):
    give(world, 3)
    branches = [{"name": name, "pageProcessors": [], "nextRouterId": "shared"} for name in "ab"]
    routers = [
        {"id": "first", "routeRecordsTo": "all_matching_branches", "branches": branches},
        {"id": "shared", "branches": [{"name": "c", "pageProcessors": [SEND]}]},
    ]
    world.flow(routers=routers)
    world.run()
    keys = [asked.headers["idempotency-key"] for asked in api.asked]
    assert len(keys) == len(set(keys)) == 6


def test_a_record_that_no_branch_takes_is_ignored(world):
    give(world, 3)
    branch = {"name": "a", "inputFilter": only(0), "pageProcessors": [OUT]}
    world.flow(routers=[{"id": "r", "branches": [branch]}])
    run = world.run()
    assert [line["id"] for line in world.read_lines("out.jsonl")] == [0]
    assert world.classes(run) == (3, 1, 2, 0)


def test_the_first_matching_branch_takes_the_record_alone(world):
    give(world, 4)
    world.file_import("rest", "rest.jsonl")
    branches = [
        {"name": "a", "inputFilter": only(0, 1), "pageProcessors": [OUT]},
        {"name": "b", "pageProcessors": [{"type": "import", "_importId": "rest"}]},
    ]
    world.flow(routers=[{"id": "r", "routeRecordsTo": "first_matching_branch", "branches": branches}])
    world.run()
    assert [line["id"] for line in world.read_lines("out.jsonl")] == [0, 1]
    assert [line["id"] for line in world.read_lines("rest.jsonl")] == [2, 3]


def test_what_a_lookup_found_is_seen_by_all_later_steps(world):
    give(world, 1)
    mapping = {"fields": [{"extract": "data", "generate": "berths"}], "lists": []}
    world.file_import("second", "second.jsonl")
    world.flow({**LOOKUP, "responseMapping": mapping}, OUT, {"type": "import", "_importId": "second"})
    world.run()
    expected = [{"id": 0, "berths": [{"region": "west"}]}]
    assert world.read_lines("out.jsonl") == world.read_lines("second.jsonl") == expected


def test_a_record_that_fails_at_a_step_stops_there(world, api):
    give(world, 2)
    api.answer = lambda asked: (404, "none") if asked.path == "/look/1" else (200, [])
    world.flow(LOOKUP, OUT)
    world.run()
    assert [line["id"] for line in world.read_lines("out.jsonl")] == [0]


def test_with_proceed_on_failure_it_goes_on_without_the_response(world, api):
    give(world, 2)
    api.answer = lambda asked: (404, "none") if asked.path == "/look/1" else (200, [{"x": 1}])
    mapping = {"fields": [{"extract": "data[0].x", "generate": "x"}], "lists": []}
    world.flow({**LOOKUP, "proceedOnFailure": True, "responseMapping": mapping}, OUT)
    run = world.run()
    assert world.read_lines("out.jsonl") == [{"id": 0, "x": 1}, {"id": 1}]
    assert world.counts(run) == (5, 0, 1)
    assert world.classes(run) == (2, 1, 0, 1)


def test_the_same_document_at_two_places_counts_for_each(world):
    give(world, 3)
    mappings = [{"fields": [{"extract": "data", "generate": name}], "lists": []} for name in ("a", "b")]
    world.flow(*({**LOOKUP, "responseMapping": each} for each in mappings), OUT)
    run = world.run()
    assert [(step.step_id, step.success) for step in world.steps(run)] == [
        ("in.1", 3),
        ("look.1", 3),
        ("look.2", 3),
        ("out.1", 3),
    ]
    assert set(world.read_lines("out.jsonl")[0]) == {"id", "a", "b"}
