"""A second process gets its writes in while the first one writes without a pause."""

import asyncio
import subprocess
import sys

import pytest

WRITE_TEN = """
import sys
from pathlib import Path
from headwater.db.sqlite import SqliteDatabase

database = SqliteDatabase(Path(sys.argv[1]))
for _ in range(10):
    database.write_now(lambda tx: tx.run("insert into note (id, body) values (?, 'theirs')", (tx.next_id(),)))
database.close()
"""


@pytest.fixture
def table(sqlite_database):
    sqlite_database.write_now(lambda tx: tx.run("create table note (id integer primary key, body text)"))
    return sqlite_database


async def write_until(table, is_over):
    """Keep the writer busy with writes that share commits; how many there were."""
    count = 0

    async def write_on():
        nonlocal count
        while not is_over.is_set():
            await table.write(
                lambda tx: tx.run("insert into note (id, body) values (?, 'ours')", (tx.next_id(),))
            )
            count += 1

    await asyncio.gather(*(write_on() for _ in range(16)))
    return count


def test_writes_of_another_process_are_not_kept_out(table):
    async def both():
        is_over = asyncio.Event()
        ours = asyncio.create_task(write_until(table, is_over))
        command = [sys.executable, "-c", WRITE_TEN, str(table.path)]
        child = await asyncio.create_subprocess_exec(*command, stderr=subprocess.PIPE)
        _, told = await child.communicate()
        is_over.set()
        return await ours, child.returncode, told.decode()

    ours, status, told = asyncio.run(both())
    assert (status, told) == (0, "")
    counts = table.read_now(lambda tx: tx.all("select body, count(*) from note group by body order by body"))
    assert counts == [("ours", ours), ("theirs", 10)]
    assert ours > 100
