"""A run that is cut off before and after every single commit: what arrives is what would have arrived.

The process's memory is what a crash takes; the handler is begun anew over the same database each time. The
kill tests in tests/faults do the same to a real server, at a few points.
"""

import asyncio

import pytest

from headwater.access.actor import SYSTEM
from headwater.flows import opening
from headwater.records.query import Query
from tests.unit.connectors.http_api import http_api
from tests.unit.flows.records_world import records_world

COUNT = 11
IMPORTS = [{"type": "import", "_importId": "records"}, {"type": "import", "_importId": "out"}]


class CrashError(Exception):
    """The end of the process, as far as the handler can tell."""


class CrashingDatabase:
    """A database whose n-th write ends the process: before it is done, or just after it became durable."""

    def __init__(self, database, at, *, is_durable):
        self._database, self._left, self._is_durable = database, at, is_durable
        self.dialect, self.read, self.scan = database.dialect, database.read, database.scan

    async def write(self, work):
        self._left -= 1
        if self._left != 0:
            return await self._database.write(work)
        if self._is_durable:
            await self._database.write(work)
        raise CrashError


@pytest.fixture
def world(database, clock, tmp_path, monkeypatch):
    monkeypatch.setattr(opening, "READ_SIZE_INTO_RECORDS", 4)
    return records_world(database, clock, tmp_path)


def sizes(world, module):
    page = world.database.read_now(
        lambda tx: world.records.records.list(tx, SYSTEM, module, Query(limit=1000))
    )
    return sorted(record.values["size"] for record in page.items)


def run_to_the_end(world, job, *, is_durable):
    """Cut the run off at every commit in turn until an attempt comes to its end; how often it was cut."""
    for at in range(1, 100):
        database = CrashingDatabase(world.database, 2, is_durable=is_durable)
        try:
            asyncio.run(world.perform(job, database))
        except CrashError:
            continue
        return at - 1
    raise AssertionError("the run makes no progress")


def check_arrived(world, job):
    assert sizes(world, "target") == list(range(COUNT))
    assert sorted(line["size"] for line in world.read_lines("out.jsonl")) == list(range(COUNT))
    run = world.run_of(job)
    assert world.classes(run) == (COUNT, COUNT, 0, 0)
    assert world.counts(run) == (3 * COUNT, 0, 0)
    assert [path.name for path in world.folder.iterdir() if path.name.startswith(".")] == []


@pytest.mark.parametrize("is_durable", [False, True])
def test_file_to_records_and_file_cut_off_at_every_commit(world, is_durable):
    world.write_lines("in.jsonl", [{"code": f"c{at}", "size": at} for at in range(COUNT)])
    world.file_export(pageSize=2)
    world.flow(*IMPORTS)
    job = world.start()
    # What other tasks had begun is done as well, so a cut is often more than one commit further.
    assert run_to_the_end(world, job, is_durable=is_durable) >= 2
    check_arrived(world, job)


@pytest.mark.parametrize("is_durable", [False, True])
def test_queue_to_records_and_file_cut_off_at_every_commit(world, is_durable):
    alert = {"name": "All", "module": "source", "trigger": "filter", "filter": ["size", "gte", 0]}
    made = world.database.write_now(lambda tx: world.alerts.alerts.create(tx, SYSTEM, alert))
    rows = [{"code": f"c{at}", "size": at} for at in range(COUNT)]
    world.database.write_now(
        lambda tx: world.records.records.write_many(tx, SYSTEM, "source", "insert", rows)
    )
    world.add(
        "export",
        "in",
        adaptorType="HeadwaterQueueExport",
        queue={"queueUUID": made.alert.queue_uuid},
        pageSize=2,
    )
    world.flow(*IMPORTS)
    job = world.start()
    assert run_to_the_end(world, job, is_durable=is_durable) >= 2
    check_arrived(world, job)


@pytest.mark.parametrize("is_durable", [False, True])
def test_records_to_records_and_file_cut_off_at_every_commit(world, is_durable):
    rows = [{"code": f"c{at}", "size": at} for at in range(COUNT)]
    world.database.write_now(
        lambda tx: world.records.records.write_many(tx, SYSTEM, "source", "insert", rows)
    )
    world.add("export", "in", adaptorType="HeadwaterExport", records={"module": "source"}, pageSize=2)
    world.flow(*IMPORTS)
    job = world.start()
    assert run_to_the_end(world, job, is_durable=is_durable) >= 2
    check_arrived(world, job)


@pytest.mark.parametrize("is_durable", [False, True])
def test_another_system_gets_every_record_with_one_key_however_often_it_is_sent(world, is_durable):
    world.write_lines("in.jsonl", [{"size": at} for at in range(COUNT)])
    world.file_export(pageSize=2)
    send = {"method": ["POST"], "relativeURI": ["/"]}
    world.add("import", "send", adaptorType="HTTPImport", _connectionId="api", http=send)
    world.flow({"type": "import", "_importId": "send"}, IMPORTS[1])
    with http_api() as api:
        world.add("connection", "api", type="http", http={"baseURI": api.address})
        job = world.start()
        assert run_to_the_end(world, job, is_durable=is_durable) >= 2
    sent = {(asked.headers["idempotency-key"], asked.body["size"]) for asked in api.asked}
    assert sorted(size for _, size in sent) == list(range(COUNT))
    assert len({key for key, _ in sent}) == COUNT
    assert [line["size"] for line in world.read_lines("out.jsonl")] == list(range(COUNT))
