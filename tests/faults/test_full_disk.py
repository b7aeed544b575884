"""A database without room: the write is refused with 507, everything committed stays, reading goes on."""

import asyncio
import contextlib
import subprocess
import sys
import threading

import pytest

from headwater.kernel.errors import InvalidError, StorageFullError, UnavailableError

BLOB = b"x" * 4000
ADD = "insert into note (id, body) values (?, ?)"


@pytest.fixture
def small(sqlite_database):
    """A database that may grow by 20 pages, and its last page count."""
    sqlite_database.write_now(lambda tx: tx.run("create table note (id integer primary key, body blob)"))
    limit(sqlite_database, pages(sqlite_database) + 20)
    return sqlite_database


def pages(database):
    return database.read_now(lambda tx: tx.scalar("pragma page_count"))


def limit(database, count):
    """Set how many pages the file may have; SQLite keeps it on the connection of the writer."""
    database.write_now(lambda tx: tx.all(f"pragma max_page_count = {count}"))


def ids(database):
    return [note_id for (note_id,) in database.read_now(lambda tx: tx.all("select id from note order by id"))]


def add(note_id, body=BLOB):
    return lambda tx: tx.run(ADD, (note_id, body))


def fill(database):
    """Add notes until there is no room; the ids of those that were answered."""
    answered = []
    with pytest.raises(StorageFullError) as caught:
        for note_id in range(1, 100):
            database.write_now(add(note_id))
            answered.append(note_id)
    assert (caught.value.status, caught.value.code) == (507, "storage_full")
    return answered


def in_one_group(database, works):
    """Have all of `works` wait while the first member of their group runs; their answers."""
    go_on = threading.Event()

    async def main():
        busy = asyncio.create_task(database.write(lambda tx: go_on.wait(10)))
        await asyncio.sleep(0)
        tasks = [asyncio.create_task(database.write(work)) for work in works]
        await asyncio.sleep(0)
        go_on.set()
        return (await asyncio.gather(busy, *tasks, return_exceptions=True))[1:]

    return asyncio.run(main())


def test_what_was_answered_is_kept_and_can_be_read(small):
    answered = fill(small)
    assert answered
    assert ids(small) == answered


def test_writing_goes_on_when_room_was_made(small):
    answered = fill(small)
    limit(small, 1_000_000)
    small.write_now(add(1000))
    assert ids(small) == [*answered, 1000]


def test_a_small_write_still_fits_after_a_large_one_did_not(small):
    with pytest.raises(StorageFullError):
        small.write_now(lambda tx: tx.run_many(ADD, [(number, BLOB) for number in range(100)]))
    small.write_now(add(1))
    assert ids(small) == [1]


def test_the_other_members_of_the_group_survive(small):
    def too_much(tx):
        tx.run_many(ADD, [(number, BLOB) for number in range(1000, 1100)])

    works = [add(1), add(2), too_much, add(3), too_much, add(4)]
    answers = in_one_group(small, works)
    assert [isinstance(answer, StorageFullError) for answer in answers] == [
        False,
        False,
        True,
        False,
        True,
        False,
    ]
    assert ids(small) == [1, 2, 3, 4]


def test_members_that_failed_before_the_disk_was_full_keep_their_own_error(small):
    def refused(tx):
        add(9)(tx)
        raise InvalidError("no", "No.")

    def too_much(tx):
        tx.run_many(ADD, [(number, BLOB) for number in range(1000, 1100)])

    answers = in_one_group(small, [refused, add(1), too_much, refused])
    assert [type(answer) for answer in answers] == [InvalidError, int, StorageFullError, InvalidError]
    assert ids(small) == [1]


def test_a_member_that_runs_again_has_its_callbacks_once(small):
    heard = []

    def hears(tx):
        add(1)(tx)
        tx.after_commit(lambda: heard.append(1))

    def too_much(tx):
        tx.after_commit(lambda: heard.append("never"))
        tx.run_many(ADD, [(number, BLOB) for number in range(1000, 1100)])

    in_one_group(small, [add(2), hears, too_much])
    assert heard == [1]


def test_a_full_disk_that_the_work_swallows_keeps_nothing_of_it(small):
    def swallows(tx):
        add(1)(tx)
        with contextlib.suppress(StorageFullError):
            tx.run_many(ADD, [(number, BLOB) for number in range(1000, 1100)])
        with contextlib.suppress(RuntimeError):
            add(2, b"")(tx)

    answers = in_one_group(small, [add(3), swallows])
    assert [type(answer) for answer in answers] == [int, StorageFullError]
    assert ids(small) == [3]


def test_ids_are_not_given_twice_when_the_group_runs_again(small):
    drawn = []

    def draws(tx):
        drawn.append(tx.next_id())
        add(drawn[-1])(tx)
        return drawn[-1]

    def too_much(tx):
        tx.run_many(ADD, [(number, BLOB) for number in range(100_000, 100_100)])

    answers = in_one_group(small, [draws, draws, too_much, draws])
    kept = [answer for answer in answers if isinstance(answer, int)]
    assert len(kept) == 3
    assert len(set(drawn)) == len(drawn)
    assert ids(small) == sorted(kept)


def test_a_writer_that_loses_its_connection_opens_the_database_again(small):
    with pytest.raises(UnavailableError) as caught:
        small.write_now(lambda tx: tx.connection.close())
    assert caught.value.code == "write_lost"
    small.write_now(add(3))
    assert ids(small) == [3]


def test_a_group_that_is_lost_as_a_whole_tells_each_member(small):
    answers = in_one_group(small, [add(1), lambda tx: tx.connection.close()])
    assert answers[0].code == "write_lost"
    assert "closed" in str(answers[1])
    small.write_now(add(3))
    assert ids(small) == [3]


# A limit on the size of files makes the write-ahead log refuse a page only when COMMIT writes it.
COMMIT_FAILS = """
import asyncio, resource, signal, sys, threading
from pathlib import Path
from headwater.db.sqlite import SqliteDatabase
from headwater.db.migrate import migrate
from headwater.kernel.errors import StorageFullError

signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
database = SqliteDatabase(Path(sys.argv[1]))
migrate(database)
database.write_now(lambda tx: tx.run("create table note (id integer primary key, body blob)"))

def limit(size):
    resource.setrlimit(resource.RLIMIT_FSIZE, (size, resource.RLIM_INFINITY))

def add(note_id, size):
    return lambda tx: tx.run("insert into note (id, body) values (?, ?)", (note_id, b"x" * size))

def ids():
    return [row[0] for row in database.read_now(lambda tx: tx.all("select id from note order by id"))]

async def main():
    go_on = threading.Event()
    busy = asyncio.create_task(database.write(lambda tx: go_on.wait(10)))
    await asyncio.sleep(0)
    works = [add(1, 10), add(2, 400_000), add(3, 10)]
    tasks = [asyncio.create_task(database.write(work)) for work in works]
    await asyncio.sleep(0)
    limit(Path(sys.argv[1] + "-wal").stat().st_size + 100_000)
    go_on.set()
    await busy
    answers = await asyncio.gather(*tasks, return_exceptions=True)
    assert [type(each) for each in answers] == [int, StorageFullError, int], answers
    assert answers[1].code == "storage_full"
    assert ids() == [1, 3]
    limit(resource.RLIM_INFINITY)
    await database.write(add(4, 400_000))
    assert ids() == [1, 3, 4]

asyncio.run(main())
database.close()
print("good")
"""


def test_a_commit_that_fails_costs_only_the_member_that_has_no_room(tmp_path):
    command = [sys.executable, "-c", COMMIT_FAILS, str(tmp_path / "headwater.db")]
    done = subprocess.run(command, capture_output=True, text=True, timeout=60, check=False)
    assert done.stdout == "good\n", done.stderr
