"""Durable writes: one row and its change per commit, and shared commits of 64 clients, beside bare SQLite."""

import asyncio
import tempfile
import time
from pathlib import Path

import apsw
import uvloop

from bench.figure import Figure
from headwater.db.migrate import migrate
from headwater.db.sqlite import SqliteDatabase

CLIENTS = 64
TABLES = (
    "create table city (id integer primary key, revision integer, created_at integer, name text, population)",
    "create table city_change (id integer primary key, at integer, module_id integer, record_id, before)",
    "create index city_change_record on city_change (module_id, record_id, id)",
)
ADD_CITY = "insert into city (id, revision, created_at, name, population) values (?, ?, ?, ?, ?)"
ADD_CHANGE = "insert into city_change (id, at, module_id, record_id, before) values (?, ?, ?, ?, ?)"
GET_CITY = "select id, revision, name, population from city where id = ?"
NOW = 1_934_000_000_000_000


def main(scale: float) -> list[Figure]:
    """Rows per second of lone and of shared commits, the CPU each costs, and a read by id."""
    few, many = round(2_000 * scale), round(40_000 * scale)
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        lone_floor, _ = _bare(folder / "lone.db", few, 1)
        shared_floor, cpu_floor = _bare(folder / "shared.db", many, CLIENTS)
        read_floor = _bare_read(folder / "shared.db", many)
        database = _database(folder / "headwater.db")
        lone, _ = uvloop.run(_write(database, few, 1))
        shared, cpu = uvloop.run(_write(database, many, CLIENTS))
        read = uvloop.run(_read(database, many))
        database.close()
    return [
        Figure("database: one client, row and change", lone_floor, lone, "commits/s"),
        Figure("database: 64 clients, row and change", shared_floor, shared, "writes/s", 4_000),
        Figure("database: CPU of such a write", cpu_floor, cpu, "us", cpu_floor + 40, "", "lower"),
        Figure("database: read by id in a snapshot", read_floor, read, "us", None, "", "lower"),
    ]


def _bare(path: Path, count: int, size: int) -> tuple[float, float]:
    connection = apsw.Connection(str(path))
    connection.pragma("journal_mode", "wal")
    connection.pragma("synchronous", "full")
    execute = connection.cursor().execute
    for statement in TABLES:
        execute(statement)
    started, cpu = time.perf_counter(), time.process_time()
    for first in range(1, count, size):
        execute("begin immediate")
        for row_id in range(first, first + size):
            execute(ADD_CITY, (row_id, row_id, NOW, "Springfield", 123_456))
            execute(ADD_CHANGE, (row_id, NOW, 1, row_id, "{}"))
        execute("commit")
    return _rates(count, started, cpu)


def _bare_read(path: Path, count: int) -> float:
    execute = apsw.Connection(str(path)).cursor().execute
    started = time.perf_counter()
    for row_id in range(1, count):
        execute("begin")
        execute(GET_CITY, (row_id,)).fetchone()
        execute("commit")
    return (time.perf_counter() - started) / count * 1e6


def _database(path: Path) -> SqliteDatabase:
    database = SqliteDatabase(path)
    migrate(database)
    for statement in TABLES:
        database.write_now(lambda tx, it=statement: tx.run(it))
    return database


def _add(tx) -> int:
    row_id, change_id = tx.next_id(), tx.next_id()
    tx.run(ADD_CITY, (row_id, change_id, NOW, "Springfield", 123_456))
    tx.run(ADD_CHANGE, (change_id, NOW, 1, row_id, "{}"))
    return row_id


async def _write(database: SqliteDatabase, count: int, clients: int) -> tuple[float, float]:
    async def client() -> None:
        for _ in range(count // clients):
            await database.write(_add)

    started, cpu = time.perf_counter(), time.process_time()
    await asyncio.gather(*(client() for _ in range(clients)))
    return _rates(count, started, cpu)


async def _read(database: SqliteDatabase, count: int) -> float:
    started = time.perf_counter()
    for row_id in range(1, count):
        await database.read(lambda tx, it=row_id: tx.one(GET_CITY, (it,)))
    return (time.perf_counter() - started) / count * 1e6


def _rates(count: int, started: float, cpu: float) -> tuple[float, float]:
    return count / (time.perf_counter() - started), (time.process_time() - cpu) / count * 1e6
