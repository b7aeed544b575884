"""A process killed while it writes: everything it answered is there, nothing is there by half."""

import subprocess
import sys

from headwater.db.migrate import migrate
from headwater.db.sqlite import SqliteDatabase

ANSWERS_BEFORE_KILL = 300
WRITE_ON = """
import asyncio, sys
from pathlib import Path
from headwater.db.sqlite import SqliteDatabase

database = SqliteDatabase(Path(sys.argv[1]))

def add_pair(tx):
    pair_id = tx.next_id()
    tx.run("insert into half_a (id) values (?)", (pair_id,))
    if pair_id % 7 == 0:
        raise ValueError
    tx.run("insert into half_b (id) values (?)", (pair_id,))
    return pair_id

async def write_on():
    while True:
        try:
            pair_id = await database.write(add_pair)
        except ValueError:
            continue
        sys.stdout.write(f"{pair_id}\\n")
        sys.stdout.flush()

async def main():
    await asyncio.gather(*(write_on() for _ in range(16)))

asyncio.run(main())
"""


def prepare(path):
    database = SqliteDatabase(path)
    migrate(database)
    for name in ("half_a", "half_b"):
        database.write_now(lambda tx, it=name: tx.run(f"create table {it} (id integer primary key)"))
    database.close()


def write_until_killed(path):
    """The ids that a process answered before it was killed in the middle of its writing."""
    command = [sys.executable, "-c", WRITE_ON, str(path)]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as child:
        lines = [child.stdout.readline() for _ in range(ANSWERS_BEFORE_KILL)]
        child.kill()
        lines += child.stdout.readlines()
    return {int(line) for line in lines if line.endswith("\n")}


def test_every_answered_write_is_there_and_none_by_half(tmp_path):
    path = tmp_path / "headwater.db"
    prepare(path)
    answered = write_until_killed(path) | write_until_killed(path)
    database = SqliteDatabase(path)
    halves = [
        {row[0] for row in database.read_now(lambda tx, it=name: tx.all(f"select id from {it}"))}
        for name in ("half_a", "half_b")
    ]
    assert len(answered) >= 2 * ANSWERS_BEFORE_KILL
    assert answered <= halves[0]
    assert halves[0] == halves[1]
    assert database.write_now(lambda tx: tx.next_id()) > max(halves[0])
    assert database.read_now(lambda tx: tx.all("pragma integrity_check")) == [("ok",)]
    database.close()
