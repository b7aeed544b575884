"""Runs from file to file: what arrives, what is counted, and what an interrupted run leaves."""

import asyncio

from headwater.connectors.builtin.file.sink import FileSink
from headwater.flows import opening, store
from headwater.flows.model import RunOptions
from headwater.flows.run import MOST_STORED_PIECES

IMPORT = {"type": "import", "_importId": "out"}


def records(count):
    return [{"id": number, "name": f"N{number}"} for number in range(count)]


def test_every_record_arrives_in_order(world):
    world.write_lines("in.jsonl", records(2500))
    world.file_export()
    world.file_import()
    world.flow(IMPORT)
    run = world.run()
    assert world.read_lines("out.jsonl") == records(2500)
    assert world.classes(run) == (2500, 2500, 0, 0)
    assert run.is_read


def test_a_mapping_and_a_filter_shape_what_arrives(world):
    world.write_lines("in.jsonl", records(6))
    world.file_export()
    world.file_import(
        filter={"rules": ["greaterthan", ["number", ["extract", "id"]], 1], "version": "1"},
        mapping={"fields": [{"extract": "name", "generate": "title"}], "lists": []},
    )
    world.flow(IMPORT)
    run = world.run()
    assert world.read_lines("out.jsonl") == [{"title": f"N{number}"} for number in (2, 3, 4, 5)]
    assert world.counts(run) == (10, 2, 0)
    assert world.classes(run) == (6, 4, 2, 0)


def test_nothing_stored_stays_behind_a_run(world):
    world.write_lines("in.jsonl", records(50))
    world.file_export()
    world.file_import()
    world.flow(IMPORT)
    world.run()
    for table in ("flow_piece", "flow_batch"):
        assert (
            world.database.read_now(lambda tx, table=table: tx.scalar(f"select count(*) from {table}")) == 0
        )


def test_a_flow_without_steps_reads_its_sources(world):
    world.write_lines("in.jsonl", records(3))
    world.file_export()
    world.flow()
    assert world.classes(world.run()) == (3, 3, 0, 0)


def test_a_bad_line_becomes_a_failure_of_the_generator(world):
    (world.folder / "in.jsonl").write_text('{"id":1}\n{broken\n{"id":2}\n')
    world.file_export()
    world.file_import()
    world.flow(IMPORT)
    run = world.run()
    assert world.read_lines("out.jsonl") == [{"id": 1}, {"id": 2}]
    assert world.counts(run) == (4, 0, 1)
    assert world.classes(run) == (3, 2, 0, 1)
    [failure] = world.failed()
    assert (failure.stage, failure.code, failure.data) == ("page_generator", "parse", "{broken")


def test_a_record_that_cannot_be_mapped_fails_and_the_others_go_on(world):
    world.write_lines("in.jsonl", [{"id": "a", "n": "1"}, {"id": "b", "n": "x"}, {"id": "c", "n": "3"}])
    world.file_export()
    world.file_import(
        mapping={"fields": [{"extract": "n", "generate": "n", "dataType": "number"}], "lists": []}
    )
    world.flow(IMPORT)
    run = world.run()
    assert world.read_lines("out.jsonl") == [{"n": 1}, {"n": 3}]
    assert world.counts(run) == (5, 0, 1)
    [failure] = world.failed()
    assert (failure.trace_key, failure.source, failure.data) == ("b", "mapping", {"id": "b", "n": "x"})


def test_what_an_import_maps_is_seen_by_that_import_only(world):
    world.write_lines("in.jsonl", [{"id": 1}])
    world.file_export()
    world.file_import(mapping={"fields": [{"hardCodedValue": "x", "generate": "a"}], "lists": []})
    world.file_import("second", "second.jsonl")
    world.flow(IMPORT, {"type": "import", "_importId": "second"})
    world.run()
    assert world.read_lines("out.jsonl") == [{"a": "x"}]
    assert world.read_lines("second.jsonl") == [{"id": 1}]


def test_two_generators_are_read_one_after_the_other(world):
    world.write_lines("a.jsonl", [{"id": 1}, {"id": 2}])
    world.write_lines("b.jsonl", [{"id": 3}])
    world.file_export("a", "a.jsonl")
    world.file_export("b", "b.jsonl")
    world.file_import()
    world.flow(IMPORT, generators=("a", "b"))
    world.run()
    assert [record["id"] for record in world.read_lines("out.jsonl")] == [1, 2, 3]


def test_a_run_can_be_limited_to_some_exports(world):
    world.write_lines("a.jsonl", [{"id": 1}])
    world.write_lines("b.jsonl", [{"id": 2}])
    world.file_export("a", "a.jsonl")
    world.file_export("b", "b.jsonl")
    world.file_import()
    world.flow(IMPORT, generators=("a", "b"))
    world.run(options=RunOptions(export_ids=("b",)))
    assert world.read_lines("out.jsonl") == [{"id": 2}]


def test_a_file_for_each_page_holds_the_records_of_that_page(world):
    world.write_lines("in.jsonl", records(5))
    world.file_export(pageSize=2)
    world.file_import(file={"type": "jsonl", "skipAggregation": True})
    world.flow(IMPORT)
    world.run()
    found = [world.read_lines(f"out-{page}.jsonl") for page in (1, 2, 3)]
    assert [[record["id"] for record in page] for page in found] == [[0, 1], [2, 3], [4]]


def test_a_record_that_is_too_large_fails_alone(world):
    world.write_lines("in.jsonl", [{"id": 1}, {"id": 2, "text": "x" * (5 * 1024 * 1024)}, {"id": 3}])
    world.file_export()
    world.file_import()
    world.flow(IMPORT)
    run = world.run()
    assert [line["id"] for line in world.read_lines("out.jsonl")] == [1, 3]
    assert world.classes(run) == (3, 2, 0, 1)
    assert [failure.kind for failure in world.failed()] == ["too_large"]


def test_a_run_without_failures_forgets_its_documents_after_the_next(world):
    world.write_lines("in.jsonl", records(3))
    world.file_export()
    world.file_import()
    world.flow(IMPORT)
    first, second = world.run(), world.run()
    kept = [
        world.database.read_now(lambda tx, run=run: store.documents_of(tx, run.id)) for run in (first, second)
    ]
    assert [bool(each) for each in kept] == [False, True]


def test_reading_waits_when_the_steps_fall_behind(world, monkeypatch):
    monkeypatch.setattr(opening, "READ_SIZE", 2)
    world.write_lines("in.jsonl", records(100))
    world.file_export(pageSize=2)
    world.file_import()
    world.flow(IMPORT)
    waiting, most = asyncio.Event(), []
    write = FileSink.write

    async def slow_write(self, batch, state):
        count = lambda tx: tx.scalar("select count(*) from flow_piece")  # noqa: E731
        while not waiting.is_set():
            most.append(await world.database.read(count))
            if most[-20:] == [MOST_STORED_PIECES] * 20:
                waiting.set()
            await asyncio.sleep(0)
        return await write(self, batch, state)

    monkeypatch.setattr(FileSink, "write", slow_write)
    world.run()
    assert max(most) == MOST_STORED_PIECES
    assert len(world.read_lines("out.jsonl")) == 100
