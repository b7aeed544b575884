"""A flow from a CSV file to a JSON lines file and to records, beside the same work as a loop in Python.

The server runs in its own process; its memory is watched from /proc while the flow goes on.
"""

import csv
import json
import socket
import tempfile
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from bench.figure import Figure
from bench.server import Caller, served

FIELDS = [
    {"extract": "title", "generate": "name"},
    {"extract": "email", "generate": "contact", "dataType": "string"},
    {"extract": "amount", "generate": "total", "dataType": "number"},
    {"extract": "due", "generate": "period", "default": "none"},
    {"hardCodedValue": "C", "generate": "tier"},
]
FILTER = {"version": "1", "rules": ["notequals", ["extract", "status"], "closed"]}
RECORDS = {"adaptorType": "HeadwaterImport", "records": {"module": "delivery", "operation": "insert"}}
MODULE = {
    "handle": "delivery",
    "name": "Delivery",
    "fields": [
        {"name": "name", "kind": "String", "label": "Name"},
        {"name": "contact", "kind": "String", "label": "Contact"},
        {"name": "total", "kind": "Number", "label": "Total", "scale": 2},
        {"name": "period", "kind": "String", "label": "Period"},
        {"name": "tier", "kind": "String", "label": "Tier"},
    ],
}


def main(scale: float) -> list[Figure]:
    """Records per second, and the server's peak of memory."""
    count = max(1_000, round(100_000 * scale))
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        _fill(folder / "in.csv", count)
        floor = count / _seconds(lambda: _loop(folder))
        with server(folder / "data") as (call, process):
            perform(call, _flow(folder, _file("warm.jsonl")))
            to_file, peak, slowest = _measured(call, process, _flow(folder, _file("out.jsonl")))
            call("POST", "/api/modules", MODULE)
            to_records, record_peak, _ = _measured(call, process, _flow(folder, RECORDS))
        assert lines_of(folder / "out.jsonl") == lines_of(folder / "loop.jsonl")
    note = f"{count:,} records of a CSV file, the source read and stored once"
    work = "flow: filter + 5-field mapping, file to file"
    peak = max(peak, record_peak)
    return [
        Figure(work, floor, count / to_file, "records/s", max(60_000, 0.8 * floor), note),
        Figure("flow: the same into records with history", None, count / to_records, "records/s", None, note),
        Figure("flow: peak memory of the server", None, peak, "MB", 200, note, better="lower"),
        Figure(
            "flow: slowest answer meanwhile", None, slowest * 1000, "ms", 50, "every 10 ms", better="lower"
        ),
    ]


def _file(name: str) -> dict[str, Any]:
    return {
        "adaptorType": "FileSystemImport",
        "_connectionId": "c",
        "file": {"type": "jsonl"},
        "filesystem": {"fileName": name},
    }


def _fill(path: Path, count: int) -> None:
    with open(path, "w", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(["id", "title", "email", "amount", "qty", "due", "status", "note"])
        for n in range(count):
            status = ("open", "paid", "sent", "late", "closed")[n % 5]
            row = [n, f"Order {n}", f"Person{n}@Example.org", f"{n % 1000}.25", n % 10, "2031-05-02", status]
            writer.writerow([*row, f"a note of some length about order {n}"])


def _loop(folder: Path) -> None:
    with open(folder / "in.csv", newline="") as file, open(folder / "loop.jsonl", "w") as out:
        for row in csv.DictReader(file):
            if row["status"] != "closed":
                mapped = {
                    "name": row["title"],
                    "contact": row["email"],
                    "total": float(row["amount"]),
                    "period": row["due"] or "none",
                    "tier": "C",
                }
                out.write(json.dumps(mapped) + "\n")


def _flow(folder: Path, destination: dict[str, Any]) -> dict[str, Any]:
    source = {"adaptorType": "FileSystemExport", "_connectionId": "c", "file": {"type": "csv"}}
    places = [{"type": "import", "_importId": "i"}]
    return {
        "flow": {"name": "Bench", "pageGenerators": [{"_exportId": "e"}], "pageProcessors": places},
        "exports": {"e": {**source, "filesystem": {"fileName": "in.csv"}}},
        "imports": {"i": {**destination, "filter": FILTER, "mapping": {"fields": FIELDS, "lists": []}}},
        "connections": {"c": {"type": "filesystem", "filesystem": {"directoryPath": str(folder)}}},
    }


def _measured(call: Any, process: int, document: dict[str, Any]) -> tuple[float, float, float]:
    """Seconds of the run by its own times, the peak of memory in MB, the slowest answer in seconds."""
    memory: list[float] = [0.0]
    done = threading.Event()
    watcher = threading.Thread(target=_watch, args=(process, memory, done))
    watcher.start()
    try:
        seconds, slowest = perform(call, document)
    finally:
        done.set()
        watcher.join()
    return seconds, memory[0], slowest


def perform(call: Any, document: dict[str, Any]) -> tuple[float, float]:
    """Run a flow to its end: the seconds it took, and those of the slowest answer meanwhile."""
    started = time.perf_counter()
    run_id = json.loads(call("POST", "/api/runs", document))["id"]
    slowest = 0.0
    while True:
        asked = time.perf_counter()
        run = json.loads(call("GET", f"/api/runs/{run_id}"))
        slowest = max(slowest, time.perf_counter() - asked)
        if run["status"] not in ("queued", "running"):
            assert run["status"] == "ok" and run["records"]["failed"] == 0, run
            return time.perf_counter() - started, slowest
        time.sleep(0.01)


def _watch(process: int, memory: list[float], done: threading.Event) -> None:
    status = Path(f"/proc/{process}/status")
    while not done.wait(0.05):
        line = next(
            (each for each in status.read_text().splitlines() if each.startswith("VmRSS")), "VmRSS: 0 kB"
        )
        memory[0] = max(memory[0], int(line.split()[1]) / 1024)


def lines_of(path: Path) -> int:
    """How many lines a file has."""
    with open(path, "rb") as file:
        return sum(1 for _ in file)


def _seconds(work: Callable[[], Any]) -> float:
    started = time.perf_counter()
    work()
    return time.perf_counter() - started


@contextmanager
def server(data: Path) -> Iterator[Any]:
    """A server in its own process; yields `call(method, path, body)` and its process id."""
    with served(data) as running:
        yield Caller(running), running.process_id


def free_port() -> int:
    """A port of loopback that nobody uses."""
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        port: int = listener.getsockname()[1]
        return port
