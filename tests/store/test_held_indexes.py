"""Indexes that an import into an empty module does without, and that always come back."""

import asyncio

import pytest

from headwater.access.actor import SYSTEM
from headwater.jobs.engine import JobRun
from headwater.records import held_indexes
from headwater.records.importing import running, store
from headwater.records.query import Query
from tests.conformance.test_imports import Bench

ROWS = "code,name\n" + "".join(f"{number},n{number}\n" for number in range(10))
INDEXES = "select name from sqlite_master where type = 'index' and tbl_name = ? order by name"


@pytest.fixture
def bench(sqlite_database, clock, tmp_path, monkeypatch):
    monkeypatch.setattr(held_indexes, "FROM_BYTES", 1)
    monkeypatch.setattr(running, "BATCH_ROWS", 3)
    return Bench(sqlite_database, clock, tmp_path)


@pytest.fixture
def meanwhile(monkeypatch):
    """Calls what it is given with the transaction of each batch."""
    real, watchers = store.update_import, []

    def update(tx, item):
        real(tx, item)
        for watch in watchers:
            watch(tx, item)

    monkeypatch.setattr(store, "update_import", update)
    return watchers.append


def indexes(tx):
    """The names of the indexes of towns."""
    module_id = tx.scalar("select id from module where handle = 'town'")
    return [row[0] for row in tx.all(INDEXES, (f"r_{module_id}",))]


def town(bench, tx):
    return bench.slice.catalogue.get(tx, "town")


def hold(bench):
    """What a crash in the middle of an import leaves."""
    bench.database.write_now(lambda tx: bench.slice.held_indexes.hold(tx, town(bench, tx), 10**9))


def test_indexes_are_held_while_rows_come_and_made_at_the_end(bench, meanwhile):
    before, during = bench.database.read_now(indexes), []
    meanwhile(lambda tx, item: during.append(indexes(tx)))

    bench.run(bench.begin(ROWS))

    unique = [name for name in before if name in during[-2]]
    assert len(unique) == 1 and len(before) == 2
    assert bench.database.read_now(indexes) == before
    assert not bench.database.read_now(lambda tx: town(bench, tx)).lacks_indexes


def test_a_file_that_breaks_off_leaves_no_index_behind(bench, meanwhile):
    before = bench.database.read_now(indexes)

    def break_down(tx, item):
        if item.counts.read > 3:
            raise ZeroDivisionError

    meanwhile(break_down)
    with pytest.raises(ZeroDivisionError):
        bench.run(bench.begin(ROWS))

    assert bench.database.read_now(indexes) == before


def run_until(bench, item, meanwhile, stop):
    """Run an import that `stop(tx, run)` ends after its first batch."""
    job = bench.database.read_now(lambda tx: bench.jobs.get(tx, SYSTEM, item.job_id))
    run = JobRun(job, bench.database, bench.jobs, bench.clock)

    def once(tx, changed):
        if changed.counts.read and not run.is_cancelled():
            run.mark_cancelled()
            stop(tx)

    meanwhile(once)
    bench.importing.runner.run(run)


def test_a_cancelled_import_makes_its_indexes(bench, meanwhile):
    before, item = bench.database.read_now(indexes), bench.begin(ROWS)

    run_until(bench, item, meanwhile, lambda tx: bench.importing.imports.cancel(tx, SYSTEM, item.id))

    assert bench.look(item).status == "cancelled"
    assert bench.database.read_now(indexes) == before


def test_a_server_that_stops_leaves_them_to_its_next_start(bench, meanwhile):
    before, item = bench.database.read_now(indexes), bench.begin(ROWS)

    run_until(bench, item, meanwhile, lambda tx: None)
    assert bench.database.read_now(indexes) != before
    asyncio.run(recovered(bench))
    done = bench.run(item)

    assert (done.status, done.counts.created) == ("ok", 10)
    assert bench.database.read_now(indexes) == before


async def recovered(bench):
    """A start of the server, until its recovery is over."""
    await bench.slice.held_indexes.recover(bench.database)
    await bench.slice.held_indexes._recovery


def test_a_start_makes_what_a_crash_left(bench):
    before = bench.database.read_now(indexes)
    hold(bench)
    assert bench.database.read_now(indexes) != before

    asyncio.run(recovered(bench))

    assert bench.database.read_now(indexes) == before
    assert bench.database.read_now(lambda tx: tx.all("select * from held_index")) == []


def test_fields_that_change_meanwhile_are_heeded(bench):
    hold(bench)
    change = {"indexed": True}
    bench.database.write_now(lambda tx: bench.slice.modules.update_field(tx, SYSTEM, "town", "name", change))
    bench.database.write_now(lambda tx: bench.slice.modules.delete_field(tx, SYSTEM, "town", "land"))

    asyncio.run(recovered(bench))

    assert len(bench.database.read_now(indexes)) == 2


def test_a_module_that_is_deleted_meanwhile_is_forgotten(bench):
    hold(bench)
    bench.database.write_now(lambda tx: bench.slice.modules.delete(tx, SYSTEM, "town"))

    asyncio.run(recovered(bench))

    assert bench.database.read_now(lambda tx: tx.all("select * from held_index")) == []


def test_a_module_with_records_and_a_small_file_keep_their_indexes(bench, monkeypatch):
    before = bench.database.read_now(indexes)
    monkeypatch.setattr(held_indexes, "FROM_BYTES", 2 * 10**9)
    hold(bench)
    assert bench.database.read_now(indexes) == before

    monkeypatch.setattr(held_indexes, "FROM_BYTES", 1)
    bench.database.write_now(
        lambda tx: bench.slice.records.create(tx, SYSTEM, "town", {"code": 1, "name": "a"})
    )
    hold(bench)
    assert bench.database.read_now(indexes) == before


def test_a_list_without_its_index_is_right_and_known_to_be_long(bench):
    query = Query(sort=("-land",), limit=1)
    bench.run(bench.begin(ROWS))

    def look(tx):
        found = bench.slice.finder.understand(tx, SYSTEM, "town", query)
        return found.is_short, bench.slice.finder.page(tx, SYSTEM, found).items[0]["id"]

    is_short, first = bench.database.read_now(look)
    bench.database.write_now(
        lambda tx: tx.run("insert into held_index select id from module where handle = 'town'")
    )
    bench.database.write_now(lambda tx: tx.bump_catalogue())

    assert is_short
    assert bench.database.read_now(look) == (False, first)
