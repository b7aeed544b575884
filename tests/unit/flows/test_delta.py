"""Delta exports: what changed since the last run that succeeded as a whole (integrator.md, section 13)."""

import asyncio

import pytest

from headwater.access.actor import SYSTEM
from headwater.flows.model import RunOptions
from headwater.kernel.clock import SECOND, rfc3339
from headwater.kernel.errors import RetryError
from tests.unit.connectors.http_api import http_api
from tests.unit.flows.records_world import records_world

OUT = {"type": "import", "_importId": "out"}


@pytest.fixture
def world(database, clock, tmp_path):
    world = records_world(database, clock, tmp_path)
    world.export = {"adaptorType": "HeadwaterExport", "records": {"module": "source"}, "type": "delta"}
    world.add("export", "in", **world.export)
    world.flow(OUT)
    return world


def write(world, code, size):
    values = {"code": code, "size": size}
    world.database.write_now(lambda tx: world.records.records.create(tx, SYSTEM, "source", values))


def sent(world, **options):
    """The codes that one run writes; none when it writes no file."""
    out = world.folder / "out.jsonl"
    out.unlink(missing_ok=True)
    world.run(options=RunOptions(**options))
    return sorted(line["code"] for line in world.read_lines("out.jsonl")) if out.exists() else []


def test_the_first_run_reads_everything_and_the_next_what_changed_since(world):
    write(world, "a", 1)
    world.clock.move(60)
    assert sent(world) == ["a"]
    world.clock.move(60)
    write(world, "b", 2)
    world.clock.move(60)
    assert sent(world) == ["b"]
    assert sent(world) == []


def test_a_run_that_broke_does_not_move_the_date(world):
    write(world, "a", 1)
    world.clock.move(60)
    job = world.start()

    class BrokenDatabase:
        dialect, read, scan = world.database.dialect, world.database.read, world.database.scan

        async def write(self, work):
            raise RetryError("broken", "The database is away.")

    with pytest.raises(RetryError):
        asyncio.run(world.perform(job, BrokenDatabase()))
    world.perform_now(job)
    assert [line["code"] for line in world.read_lines("out.jsonl")] == ["a"]


def test_a_window_of_its_own_does_not_move_the_date(world):
    write(world, "a", 1)
    world.clock.move(60)
    assert sent(world) == ["a"]
    start = world.clock.now()
    world.clock.move(60)
    write(world, "b", 2)
    world.clock.move(60)
    assert sent(world, start_at=start, end_at=world.clock.now()) == ["b"]
    assert sent(world) == ["b"]


def test_the_lag_reads_a_little_again(world):
    write(world, "a", 1)
    world.clock.move(10)
    assert sent(world) == ["a"]
    world.add("export", "in", **world.export, delta={"lagOffset": 60_000})
    world.clock.move(10)
    assert sent(world) == ["a"]


def test_an_api_is_asked_with_the_date_of_the_last_run(world):
    with http_api(lambda asked: (200, [{"code": "x"}])) as api:
        world.add("connection", "api", type="http", http={"baseURI": api.address})
        http = {"relativeURI": "/rows?since={{lastExportDateTime}}"}
        world.add("export", "in", adaptorType="HTTPExport", _connectionId="api", http=http, type="delta")
        first = world.clock.now()
        sent(world)
        world.clock.move(3600)
        sent(world)
    assert [asked.query.get("since", "") for asked in api.asked] == ["", rfc3339(first)]
    assert world.clock.now() - first == 3600 * SECOND


def test_a_test_export_reads_at_most_its_limit(world):
    for code in "abc":
        write(world, code, 1)
    world.add("export", "in", **{**world.export, "type": "test"}, test={"limit": 2})
    assert sent(world) == ["a", "b"]
