"""Start of the server: time to the first answer of an empty data folder, and memory when idle."""

import socket
import subprocess
import sys
import tempfile
import time
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from bench.figure import Figure

LIMIT_SECONDS = 30
IMPORTS = "import time; t = time.perf_counter(); import {}; print(time.perf_counter() - t)"


def main(scale: float) -> list[Figure]:
    """Best of three starts, so that a cold disk cache does not count; the floor imports the libraries."""
    floor = min(_import_seconds("uvicorn, starlette.applications, msgspec, apsw") for _ in range(3))
    imports = min(_import_seconds("headwater.app") for _ in range(3))
    starts = [_start() for _ in range(3)]
    first_answer = min(seconds for seconds, _ in starts)
    memory = starts[-1][1]
    return [
        Figure(
            "import of the application", floor, imports, "s", note="floor: server and drivers", better="lower"
        ),
        Figure("start to first answer", floor, first_answer, "s", 1.0, "new data folder", "lower"),
        Figure("idle memory", None, memory, "MB", 120, "resident, after the start", "lower"),
    ]


def _import_seconds(modules: str) -> float:
    done = subprocess.run([sys.executable, "-c", IMPORTS.format(modules)], check=True, capture_output=True)
    return float(done.stdout)


def _start() -> tuple[float, float]:
    with tempfile.TemporaryDirectory() as folder:
        started = time.perf_counter()
        with _server(Path(folder), _free_port()) as (process, url):
            _wait(f"{url}/healthz", started)
            return time.perf_counter() - started, _resident_megabytes(process.pid)


@contextmanager
def _server(folder: Path, port: int) -> Iterator[tuple[subprocess.Popen[bytes], str]]:
    headwater = Path(sys.executable).with_name("headwater")
    command = [headwater, "serve", "--port", str(port), "--data", folder]
    process = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    try:
        yield process, f"http://127.0.0.1:{port}"
    finally:
        process.terminate()
        process.wait(LIMIT_SECONDS)


def _wait(url: str, started: float) -> None:
    while True:
        try:
            urllib.request.urlopen(url, timeout=LIMIT_SECONDS).close()
            return
        except OSError:
            if time.perf_counter() - started > LIMIT_SECONDS:
                raise
            time.sleep(0.005)


def _free_port() -> int:
    with socket.socket() as listening:
        listening.bind(("127.0.0.1", 0))
        return int(listening.getsockname()[1])


def _resident_megabytes(process_id: int) -> float:
    status = Path(f"/proc/{process_id}/status").read_text(encoding="utf-8")
    kilobytes = next(line.split()[1] for line in status.splitlines() if line.startswith("VmRSS"))
    return int(kilobytes) / 1024
