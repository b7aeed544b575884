"""Records: created, read, listed and counted, in process and over HTTP, beside bare SQLite."""

import asyncio
import json
import os
import random
import tempfile
import time
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import Any

import apsw
import uvloop

from bench.figure import Figure
from bench.server import served
from headwater.access.actor import SYSTEM
from headwater.db.migrate import migrate
from headwater.db.sqlite import SqliteDatabase
from headwater.expr.calendar import Calendar
from headwater.kernel.clock import SystemClock
from headwater.kernel.events import Events
from headwater.kernel.json import encode
from headwater.records.building import RecordsSlice, build_records
from headwater.records.query import Aggregate, Query
from headwater.web.paging import page_json

CLIENTS = 64
MODULE = {
    "handle": "person",
    "fields": [
        {"name": "code", "kind": "String", "required": True, "unique": True},
        {"name": "name", "kind": "String", "required": True},
        {"name": "email", "kind": "String"},
        {"name": "town", "kind": "Select", "options": ["Oslo", "Bergen", "Voss"], "indexed": True},
        {"name": "score", "kind": "Number", "indexed": True},
        {"name": "balance", "kind": "Number", "scale": 2},
        {"name": "is_active", "kind": "Bool"},
        {"name": "joined_at", "kind": "DateTime"},
    ],
}
FILTER = {"and": [["is_active", "eq", True], ["balance", "gte", 1000]]}
_numbers = random.Random(7)


def main(scale: float) -> list[Figure]:
    """Requests per second and their CPU over HTTP; services beside the statements that they run."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        return [*_writes(folder, scale), *_over_http(folder, scale), *_reads(folder, scale)]


def _values(number: int) -> dict[str, Any]:
    return {
        "code": f"P{number}",
        "name": f"Person {number} Ødegård",
        "email": f"p{number}@example.org",
        "town": ("Oslo", "Bergen", "Voss")[number % 3],
        "score": _numbers.randint(0, 10**6),
        "balance": f"{_numbers.randint(0, 10**6) / 100:.2f}",
        "is_active": number % 4 > 0,
        "joined_at": "2024-05-01T12:00:00Z",
    }


def _open(path: Path) -> tuple[SqliteDatabase, RecordsSlice]:
    database, clock = SqliteDatabase(path), SystemClock()
    migrate(database)
    records = build_records(clock, Events(), Calendar("UTC", 0, clock.now))
    database.write_now(lambda tx: records.modules.create(tx, SYSTEM, MODULE))
    return database, records


def _writes(folder: Path, scale: float) -> list[Figure]:
    count = round(20_000 * scale)
    floor = _bare_writes(folder / "floor.db", count)
    database, records = _open(folder / "writes.db")
    alone = uvloop.run(_create(database, records, count))
    rows = [_values(number) for number in range(count, 3 * count)]
    started = time.perf_counter()
    for first in range(0, len(rows), 1000):
        part = rows[first : first + 1000]
        database.write_now(lambda tx, it=part: records.records.write_many(tx, SYSTEM, "person", "insert", it))
    many = len(rows) / (time.perf_counter() - started)
    database.close()
    return [
        Figure("create, 64 clients, in process", floor, alone, "records/s", floor / 2),
        Figure("write_many of 1,000 JSON rows", None, many, "records/s", None),
    ]


async def _create(database: SqliteDatabase, records: RecordsSlice, count: int) -> float:
    bodies = [_values(number) for number in range(count)]
    create = records.records.create

    async def client() -> None:
        while bodies:
            work = partial(create, actor=SYSTEM, module="person", values=bodies.pop())
            await database.write(work)

    started = time.perf_counter()
    await asyncio.gather(*(client() for _ in range(CLIENTS)))
    return count / (time.perf_counter() - started)


def _bare_writes(path: Path, count: int) -> float:
    """The same two rows with the same indexes, committed 64 at a time."""
    database, records = _open(path)
    module = database.read_now(lambda tx: records.catalogue.get(tx, "person"))
    form, codec = database.read_now(lambda tx: records.records.compiled(tx, module))
    system = [1, 1, 1, 1, 1, 1, None]
    tail = [codec.row(_record(form.read_new(_values(number))))[8:] for number in range(count)]
    database.close()
    execute = _bare(path).cursor().execute
    started = time.perf_counter()
    for first in range(0, count, CLIENTS):
        execute("begin immediate")
        for number in range(first, min(first + CLIENTS, count)):
            execute(codec.insert_sql, [number + 1000, *system, *tail[number]])
            execute(
                "insert into change values (?, ?, ?, ?, ?, ?, ?, ?, ?)",
                (number + 1000, 1, "create", module.id, number + 1000, 1, "user", 1, None),
            )
        execute("commit")
    return count / (time.perf_counter() - started)


def _record(values: dict[str, Any]) -> Any:
    from headwater.records.model import Record

    return Record(1, 1, values, 1, 1, 1, 1, 1)


def _bare(path: Path) -> apsw.Connection:
    connection = apsw.Connection(str(path))
    connection.pragma("journal_mode", "wal")
    connection.pragma("synchronous", "full")
    return connection


def _reads(folder: Path, scale: float) -> list[Figure]:
    database, records = _open(folder / "reads.db")
    count = round(100_000 * scale)
    for first in range(0, count, 2000):
        rows = [_values(number) for number in range(first, min(first + 2000, count))]
        database.write_now(lambda tx, it=rows: records.records.write_many(tx, SYSTEM, "person", "insert", it))
    connection = _bare(folder / "reads.db")
    query = Query(filter=FILTER, sort=("-score",))
    ask = Aggregate(("town",), ("count",))
    finder = records.finder

    def listed() -> None:
        encode(page_json(database.read_now(lambda tx: finder.documents(tx, SYSTEM, "person", query))))

    def counted() -> None:
        encode(database.read_now(lambda tx: finder.aggregate(tx, SYSTEM, "person", ask)))

    statements = _statements(database, listed), _statements(database, counted)
    list_floor, count_floor = (_milliseconds(_runner(connection, each)) for each in statements)
    listing, counting = _milliseconds(listed), _milliseconds(counted)
    database.close()
    note = f"{count:,} records"
    return [
        Figure("list 50, filter and sort", list_floor, listing, "ms", list_floor * 1.2 + 0.3, note, "lower"),
        Figure("count by a select field", count_floor, counting, "ms", count_floor * 1.2, note, "lower"),
    ]


def _statements(database: SqliteDatabase, work: Callable[[], None]) -> list[tuple[str, Any]]:
    """The statements on the records' table that a piece of work runs."""
    seen: list[tuple[str, Any]] = []
    work()
    reader = database._threaded._idle[-1]

    def trace(cursor: Any, statement: str, bindings: Any) -> bool:
        if " from r_" in statement:
            seen.append((statement, bindings))
        return True

    reader.connection.exec_trace = trace
    work()
    reader.connection.exec_trace = None
    return seen


def _runner(connection: apsw.Connection, statements: list[tuple[str, Any]]) -> Callable[[], None]:
    def run() -> None:
        for statement, bindings in statements:
            connection.cursor().execute(statement, bindings).fetchall()

    return run


def _milliseconds(work: Callable[[], None]) -> float:
    """The median of some runs."""
    times = []
    for _ in range(21):
        started = time.perf_counter()
        work()
        times.append(time.perf_counter() - started)
    return sorted(times)[10] * 1e3


def _over_http(folder: Path, scale: float) -> list[Figure]:
    count = round(20_000 * scale)
    with served(folder / "data") as server:
        port, process_id = server.port, server.process_id
        base = f"authorization: Bearer {server.token}\r\nhost: localhost\r\n"
        created = _call(port, base, "POST", "/api/modules", MODULE)
        posts = [
            _request(base, "POST", "/api/modules/person/records", {"values": _values(n)})
            for n in range(count)
        ]
        first = json.loads(
            _call(port, base, "POST", "/api/modules/person/records", {"values": _values(count)})
        )
        cpu = _cpu_seconds(process_id)
        seconds = uvloop.run(_load(port, posts, CLIENTS))
        post_cpu = (_cpu_seconds(process_id) - cpu) / count * 1e6
        one = _request(base, "GET", f"/api/modules/person/records/{first['id']}")
        cpu = _cpu_seconds(process_id)
        uvloop.run(_load(port, [one] * count, 16))
        get_cpu = (_cpu_seconds(process_id) - cpu) / count * 1e6
    assert created
    return [
        Figure("POST one, 64 clients, durable, over HTTP", None, count / seconds, "records/s", 4_000),
        Figure("CPU of a POST over HTTP", None, post_cpu, "us", None, "", "lower"),
        Figure("CPU of a GET of one over HTTP", None, get_cpu, "us", 130, "", "lower"),
    ]


def _request(base: str, method: str, path: str, body: Any = None) -> bytes:
    raw = b"" if body is None else json.dumps(body).encode()
    kind = f"content-type: application/json\r\ncontent-length: {len(raw)}\r\n" if raw else ""
    return f"{method} {path} HTTP/1.1\r\n{base}{kind}\r\n".encode() + raw


def _call(port: int, base: str, method: str, path: str, body: Any = None) -> bytes:
    answers: list[bytes] = []
    uvloop.run(_load(port, [_request(base, method, path, body)], 1, answers))
    return answers[0]


async def _load(port: int, requests: list[bytes], clients: int, answers: list[bytes] | None = None) -> float:
    """Send every request over some connections, one at a time on each; the seconds it took."""
    waiting = iter(requests)

    async def client() -> None:
        reader, writer = await asyncio.open_connection("127.0.0.1", port)
        for request in waiting:
            writer.write(request)
            head = await reader.readuntil(b"\r\n\r\n")
            assert head[9:10] == b"2", head
            length = int(head.lower().partition(b"content-length: ")[2].partition(b"\r\n")[0])
            body = await reader.readexactly(length)
            if answers is not None:
                answers.append(body)
        writer.close()

    started = time.perf_counter()
    await asyncio.gather(*(client() for _ in range(clients)))
    return time.perf_counter() - started


def _cpu_seconds(pid: int) -> float:
    fields = Path(f"/proc/{pid}/stat").read_text(encoding="utf-8").rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")
