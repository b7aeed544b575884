"""What only SQLite's one writer promises."""

import asyncio
import subprocess
import sys
import threading

import apsw
import pytest

from headwater.db.sqlite import SqliteDatabase
from headwater.db.sqlite.connection import refuse_old_sqlite
from headwater.kernel.errors import FatalError, UnavailableError

ADD = "insert into note (id, text) values (?, ?)"
DRAW_IDS = """
import sys
from pathlib import Path
from headwater.db.sqlite import SqliteDatabase
database = SqliteDatabase(Path(sys.argv[1]))
print([database.write_now(lambda tx: tx.next_id()) for _ in range(3)])
database.write_now(lambda tx: tx.bump_catalogue())
database.close()
"""


@pytest.fixture
def table(sqlite_database):
    """A table `note`."""
    sqlite_database.write_now(lambda tx: tx.run("create table note (id integer primary key, text text)"))
    return sqlite_database


def add(tx):
    note_id = tx.next_id()
    tx.run(ADD, (note_id, "note"))
    return note_id


def together(database, works):
    """Have `works` wait while the first member of their group runs; their answers."""
    go_on = threading.Event()

    async def main():
        busy = asyncio.create_task(database.write(lambda tx: go_on.wait(10)))
        await asyncio.sleep(0)
        tasks = [asyncio.create_task(database.write(work)) for work in works]
        await asyncio.sleep(0)
        go_on.set()
        return (await asyncio.gather(busy, *tasks, return_exceptions=True))[1:]

    return asyncio.run(main())


def commits_of(database):
    """How often the file changed, by a number that only other connections' commits move."""
    watcher = apsw.Connection(str(database.path))
    before = watcher.pragma("data_version")
    return lambda: watcher.pragma("data_version") - before


def test_writes_that_wait_share_one_commit(table):
    commits = commits_of(table)
    answers = together(table, [add] * 30)
    assert sorted(answers) == answers
    assert commits() == 1


def test_a_failed_member_of_a_group_is_undone_alone(table):
    def fails(tx):
        add(tx)
        raise ValueError

    answers = together(table, [add, fails, add, fails])
    assert [type(answer) for answer in answers] == [int, ValueError, int, ValueError]
    assert table.read_now(lambda tx: tx.scalar("select count(*) from note")) == 2


def test_a_first_member_that_fails_leaves_the_others(table):
    go_on = threading.Event()

    def fails(tx):
        go_on.wait(10)
        add(tx)
        raise ValueError

    async def main():
        first = asyncio.create_task(table.write(fails))
        await asyncio.sleep(0)
        second = asyncio.create_task(table.write(add))
        await asyncio.sleep(0)
        go_on.set()
        return await asyncio.gather(first, second, return_exceptions=True)

    failed, kept = asyncio.run(main())
    assert isinstance(failed, ValueError)
    assert table.read_now(lambda tx: tx.all("select id from note")) == [(kept,)]


def test_a_group_is_answered_with_one_wake_up_of_the_loop(table, monkeypatch):
    wake_ups = []

    async def main():
        loop = asyncio.get_running_loop()
        wake = loop.call_soon_threadsafe
        monkeypatch.setattr(loop, "call_soon_threadsafe", lambda *call: (wake_ups.append(call), wake(*call)))
        go_on = threading.Event()
        busy = asyncio.create_task(table.write(lambda tx: go_on.wait(10)))
        await asyncio.sleep(0)
        tasks = [asyncio.create_task(table.write(add)) for _ in range(20)]
        await asyncio.sleep(0)
        go_on.set()
        await asyncio.gather(busy, *tasks)

    asyncio.run(main())
    assert len(wake_ups) == 1


def test_another_process_draws_other_ids_and_its_bump_is_seen(table):
    first = table.write_now(add)
    version = table.write_now(lambda tx: tx.catalogue_version())
    command = [sys.executable, "-c", DRAW_IDS, str(table.path)]
    done = subprocess.run(command, capture_output=True, text=True, timeout=60, check=True)
    theirs = [int(number) for number in done.stdout.strip("[]\n").split(",")]
    ours = [table.write_now(add) for _ in range(3)]
    assert len({first, *theirs, *ours}) == 7
    assert table.write_now(lambda tx: tx.catalogue_version()) > version
    assert table.read_now(lambda tx: tx.catalogue_version()) > version


def test_ids_survive_closing_and_opening(tmp_path, sqlite_database):
    last = sqlite_database.write_now(lambda tx: tx.next_ids(10))[-1]
    sqlite_database.close()
    again = SqliteDatabase(sqlite_database.path)
    assert again.write_now(lambda tx: tx.next_id()) > last
    again.close()


def test_a_lock_that_another_process_keeps_refuses_all_that_wait(table, monkeypatch):
    table.write_now(lambda tx: tx.connection.set_busy_timeout(1))
    other = apsw.Connection(str(table.path))
    other.execute("begin immediate")

    async def main():
        tasks = [asyncio.create_task(table.write(add)) for _ in range(5)]
        return await asyncio.gather(*tasks, return_exceptions=True)

    answers = asyncio.run(main())
    assert {type(answer) for answer in answers} == {UnavailableError}
    assert {answer.code for answer in answers} == {"database_busy"}
    other.execute("rollback")
    assert table.write_now(add)


def test_commits_are_durable_and_readers_never_wait(sqlite_database):
    settings = [
        sqlite_database.write_now(lambda tx, it=name: tx.scalar(f"pragma {it}"))
        for name in ("journal_mode", "synchronous", "foreign_keys", "mmap_size")
    ]
    assert settings == ["wal", 2, 1, 0]


def test_an_old_sqlite_is_refused():
    refuse_old_sqlite("3.51.3")
    refuse_old_sqlite("3.54.0")
    for version in ("3.51.2", "3.50.4", "3.7.17"):
        with pytest.raises(FatalError) as caught:
            refuse_old_sqlite(version)
        assert caught.value.code == "sqlite_too_old"


def test_ids_of_kept_members_are_stored_although_a_later_member_failed(table):
    def fails(tx):
        raise ValueError

    last = together(table, [add, add, fails])[1]
    table.close()
    again = SqliteDatabase(table.path)
    assert again.write_now(lambda tx: tx.next_id()) > last
    again.close()
