"""Import of a CSV file over HTTP, validated and with history, and what other callers feel meanwhile."""

import csv
import random
import tempfile
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import apsw

from bench.figure import Figure
from bench.server import served
from headwater.cli.client import connect
from headwater.cli.importing import send_file
from headwater.kernel.clock import parse

ROWS = 100_000
BATCH = 1_000
COLUMNS = ("code", "name", "email", "town", "score", "balance", "is_active", "joined_at")
FIELDS = [
    {"name": "code", "kind": "String", "required": True, "unique": True},
    {"name": "name", "kind": "String", "required": True},
    {"name": "email", "kind": "String"},
    {"name": "town", "kind": "Select", "options": ["Oslo", "Bergen", "Voss"]},
    {"name": "score", "kind": "Number"},
    {"name": "balance", "kind": "Number", "scale": 2},
    {"name": "is_active", "kind": "Bool"},
    {"name": "joined_at", "kind": "DateTime"},
]
TABLES = (
    "create table person (id integer primary key, revision, created_at, updated_at, created_by, updated_by,"
    " owner, extra, a, a_k, b, b_k, c, c_k, d, d_k, e, f, g, h)",
    "create unique index person_a on person (a_k)",
    "create table change (id integer primary key, at, op, module_id, record_id, revision, kind, actor, old)",
    "create index change_record on change (record_id, revision)",
)
INSERT = f"insert into person values ({', '.join('?' * 20)})"
CHANGE = "insert into change values (?, ?, ?, ?, ?, ?, ?, ?, ?)"


def main(scale: float) -> list[Figure]:
    """Rows per second from the start of the job to its end, and the latency of reads beside it."""
    count = round(ROWS * scale)
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        file = _write_file(folder / "people.csv", count)
        floor = _bare(folder / "floor.db", count)
        with served(folder / "data"), connect(folder / "data") as api:
            api.post("/api/modules", {"handle": "person", "name": "Person", "fields": FIELDS})
            first = api.post("/api/modules/person/records", {"values": {"code": "X", "name": "X"}})
            with _reading(folder / "data", f"/api/modules/person/records/{first['id']}") as waits:
                done = send_file(api, "person", file, {})
    seconds = (parse(done["finished_at"]) - parse(done["started_at"])) / 1e6
    waits.sort()
    return [
        Figure("import of CSV, 8 fields, unique key", floor, done["created"] / seconds, "rows/s", 40_000),
        Figure("GET beside an import, p99", None, waits[len(waits) * 99 // 100] * 1e3, "ms", 50, "", "lower"),
    ]


def _bare(path: Path, count: int) -> float:
    connection = apsw.Connection(str(path))
    connection.pragma("journal_mode", "wal")
    connection.pragma("synchronous", "full")
    cursor = connection.cursor()
    for statement in TABLES:
        cursor.execute(statement)
    now = time.time_ns() // 1000
    system = (1, now, now, 1, 1, 1, None)
    rest = ("Name Å", "name å", "p@example.org", "p@example.org", "Oslo", "oslo", 12345, 1234567, 1, now)
    rows = [(n, *system, f"P{n}", f"p{n}", *rest) for n in range(count)]
    changes = [(n, now, "create", 2, n, 1, "user", 1, None) for n in range(count)]
    started = time.perf_counter()
    for first in range(0, count, BATCH):
        cursor.execute("begin immediate")
        cursor.executemany(INSERT, rows[first : first + BATCH])
        cursor.executemany(CHANGE, changes[first : first + BATCH])
        cursor.execute("commit")
    return count / (time.perf_counter() - started)


def _write_file(path: Path, count: int) -> Path:
    numbers = random.Random(7)
    with path.open("w", newline="", encoding="utf-8") as file:
        writer = csv.writer(file)
        writer.writerow(COLUMNS)
        for n in range(count):
            town, score = numbers.choice(["Oslo", "Bergen", "Voss"]), numbers.randint(0, 10**6)
            person = [f"P{n}", f"Person {n} Ødegård", f"p{n}@example.org", town, score]
            writer.writerow([*person, f"{numbers.random() * 10_000:.2f}", "true", "2024-05-01T12:00:00Z"])
    return path


@contextmanager
def _reading(data: Path, path: str) -> Iterator[list[float]]:
    waits: list[float] = []
    is_over = threading.Event()

    def read() -> None:
        with connect(data) as api:
            while not is_over.wait(0.002):
                started = time.perf_counter()
                api.get(path)
                waits.append(time.perf_counter() - started)

    thread = threading.Thread(target=read)
    thread.start()
    try:
        yield waits
    finally:
        is_over.set()
        thread.join()
