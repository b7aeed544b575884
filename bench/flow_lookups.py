"""A flow with one HTTP lookup for each record, beside bare asyncio and aiohttp asking the same neighbour.

The neighbour takes two milliseconds for each answer and runs in a process of its own.
"""

import asyncio
import json
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import aiohttp

from bench.figure import Figure
from bench.flows import free_port, lines_of, perform, server

AT_ONCE = 50
NEIGHBOUR = """
import asyncio, sys
from aiohttp import web
async def look(request):
    await asyncio.sleep(0.002)
    return web.json_response({"region": "west" + request.match_info["n"]})
app = web.Application()
app.router.add_get("/lookup/{n}", look)
web.run_app(app, host="127.0.0.1", port=int(sys.argv[1]), print=None, access_log=None)
"""


def main(scale: float) -> list[Figure]:
    """Lookups per second."""
    count = max(500, round(10_000 * scale))
    with tempfile.TemporaryDirectory() as name, _neighbour() as address:
        folder = Path(name)
        rows = [{"id": n, "qty": n % 100} for n in range(count)]
        (folder / "in.jsonl").write_text("".join(json.dumps(row) + "\n" for row in rows))
        floor = count / _bare(address, rows, folder / "bare.jsonl")
        with server(folder / "data") as (call, _):
            # The first flow over HTTP loads aiohttp, as the floor did before it was measured.
            (folder / "one.jsonl").write_text('{"id":1,"qty":1}\n')
            perform(call, _flow(folder, address, "one.jsonl"))
            seconds, _ = perform(call, _flow(folder, address))
        assert lines_of(folder / "out.jsonl") == lines_of(folder / "bare.jsonl") == count
    note = f"{count:,} records, {AT_ONCE} requests at once, 2 ms each"
    work = "flow with an HTTP lookup for each record"
    return [Figure(work, floor, count / seconds, "records/s", 0.7 * floor, note)]


def _bare(address: str, rows: list[dict[str, Any]], path: Path) -> float:
    async def ask_all() -> None:
        limit = asyncio.Semaphore(AT_ONCE)
        connector = aiohttp.TCPConnector(limit=AT_ONCE)
        async with aiohttp.ClientSession(connector=connector) as session:

            async def one(row: dict[str, Any]) -> dict[str, Any]:
                async with limit, session.get(f"{address}/lookup/{row['qty']}") as answer:
                    return {**row, "region": (await answer.json())["region"]}

            found = await asyncio.gather(*(one(row) for row in rows))
        path.write_text("".join(json.dumps(row) + "\n" for row in found))

    started = time.perf_counter()
    asyncio.run(ask_all())
    return time.perf_counter() - started


def _flow(folder: Path, address: str, source: str = "in.jsonl") -> dict[str, Any]:
    file = {"_connectionId": "folder", "file": {"type": "jsonl"}}
    mapping = {"fields": [{"extract": "data[0].region", "generate": "region"}], "lists": []}
    return {
        "flow": {
            "name": "Bench",
            "pageGenerators": [{"_exportId": "in"}],
            "pageProcessors": [
                {"type": "export", "_exportId": "look", "responseMapping": mapping},
                {"type": "import", "_importId": "out"},
            ],
        },
        "exports": {
            "in": {**file, "adaptorType": "FileSystemExport", "filesystem": {"fileName": source}},
            "look": {
                "adaptorType": "HTTPExport",
                "_connectionId": "web",
                "http": {"relativeURI": "/lookup/{{record.qty}}"},
            },
        },
        "imports": {
            "out": {**file, "adaptorType": "FileSystemImport", "filesystem": {"fileName": "out.jsonl"}}
        },
        "connections": {
            "folder": {"type": "filesystem", "filesystem": {"directoryPath": str(folder)}},
            "web": {"type": "http", "concurrencyLevel": AT_ONCE, "http": {"baseURI": address}},
        },
    }


@contextmanager
def _neighbour() -> Iterator[str]:
    port = free_port()
    process = subprocess.Popen([sys.executable, "-c", NEIGHBOUR, str(port)])
    address = f"http://127.0.0.1:{port}"
    try:
        asyncio.run(_wait(address))
        yield address
    finally:
        process.terminate()
        process.wait(10)


async def _wait(address: str) -> None:
    async with aiohttp.ClientSession() as session:
        for _ in range(400):
            try:
                async with session.get(f"{address}/lookup/0"):
                    return
            except aiohttp.ClientError:
                await asyncio.sleep(0.05)
    raise AssertionError("the neighbour does not answer")
