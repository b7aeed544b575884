"""Reads that share a snapshot for one turn of the event loop."""

import asyncio
import threading

import apsw
import pytest

from headwater.kernel.errors import UnavailableError

COUNT = "select count(*) from note"


@pytest.fixture
def table(sqlite_database):
    """A table `note`."""
    sqlite_database.write_now(lambda tx: tx.run("create table note (id integer primary key)"))
    return sqlite_database


@pytest.fixture
def another(table):
    """Another process, as far as SQLite can tell: a connection of its own."""
    connection = apsw.Connection(str(table.path))
    yield connection
    connection.close()


def counted(tx):
    return tx.scalar(COUNT)


def test_reads_of_one_turn_see_one_snapshot(table, another):
    async def main():
        before = await table.read(counted)
        another.execute("insert into note values (1)")
        return before, await table.read(counted)

    assert asyncio.run(main()) == (0, 0)


def test_the_next_turn_sees_what_was_committed(table, another):
    async def main():
        await table.read(counted)
        another.execute("insert into note values (1)")
        await asyncio.sleep(0)
        return await table.read(counted)

    assert asyncio.run(main()) == 1


def test_whoever_awaited_a_write_reads_it(table):
    async def main():
        seen = []
        for _ in range(20):
            await table.read(counted)
            await table.write(lambda tx: tx.run("insert into note values (?)", (tx.next_id(),)))
            seen.append(await table.read(counted))
        return seen

    assert asyncio.run(main()) == list(range(1, 21))


def test_a_commit_of_this_process_is_read_in_the_same_turn(table):
    async def main():
        await table.read(counted)
        thread = threading.Thread(
            target=table.write_now, args=(lambda tx: tx.run("insert into note values (1)"),)
        )
        thread.start()
        thread.join()
        return await table.read(counted)

    assert asyncio.run(main()) == 1


def test_the_catalogue_version_is_that_of_the_snapshot(table):
    async def main():
        first = await table.read(lambda tx: tx.catalogue_version())
        await table.write(lambda tx: tx.bump_catalogue())
        return first, await table.read(lambda tx: tx.catalogue_version())

    first, second = asyncio.run(main())
    assert second > first


def test_a_read_that_fails_leaves_the_next_one_of_its_turn_alone(table):
    async def main():
        with pytest.raises(apsw.SQLError):
            await table.read(lambda tx: tx.all("select nothing"))
        return await table.read(counted)

    assert asyncio.run(main()) == 0


def test_a_snapshot_does_not_outlive_its_turn(table):
    async def main():
        await table.read(counted)
        await asyncio.sleep(0)

    asyncio.run(main())
    table.write_now(lambda tx: tx.run("insert into note values (1)"))
    log_is_free, *_ = apsw.Connection(str(table.path)).execute("pragma wal_checkpoint(truncate)").fetchone()
    assert log_is_free == 0


def test_loops_of_two_threads_read_for_themselves(table):
    answers = []
    threads = [
        threading.Thread(target=lambda: answers.append(asyncio.run(table.read(counted)))) for _ in range(4)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert answers == [0] * 4


def test_nothing_is_read_after_the_end(table):
    async def main():
        await table.read(counted)
        table.close()
        await table.read(counted)

    with pytest.raises(UnavailableError) as caught:
        asyncio.run(main())
    assert caught.value.code == "database_closed"
