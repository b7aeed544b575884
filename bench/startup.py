"""Start of the server: time to the first answer of an empty data folder, and memory when idle."""

import compileall
import http.client
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import headwater
from bench.figure import Figure
from bench.server import resident_megabytes, served

IMPORTS = "import time; t = time.perf_counter(); import {}; print(time.perf_counter() - t)"
LIBRARIES = "uvicorn, uvloop, starlette.requests, msgspec, apsw, cryptography.fernet"


def main(scale: float) -> list[Figure]:
    """Best of three, so that a cold disk cache does not count; the floor is the import of the libraries.

    The sources are compiled first, as the set-up does.
    """
    compileall.compile_dir(Path(headwater.__file__).parent, quiet=1)
    floor = min(_import_seconds(LIBRARIES) for _ in range(3))
    imports = min(_import_seconds("headwater.server") for _ in range(3))
    starts = [_start() for _ in range(3)]
    first_answer = min(seconds for seconds, _ in starts)
    return [
        Figure("import of the server", floor, imports, "s", note="floor: its libraries", better="lower"),
        Figure("start to first answer", floor, first_answer, "s", 1.0, "new data folder", "lower"),
        Figure("idle memory", None, starts[-1][1], "MB", 120, "resident, after the start", "lower"),
    ]


def _import_seconds(modules: str) -> float:
    done = subprocess.run([sys.executable, "-c", IMPORTS.format(modules)], check=True, capture_output=True)
    return float(done.stdout)


def _start() -> tuple[float, float]:
    """Seconds from the command to the first answer, and the memory then."""
    with tempfile.TemporaryDirectory() as folder:
        started = time.perf_counter()
        with served(Path(folder, "data")) as server:
            connection = http.client.HTTPConnection("127.0.0.1", server.port, timeout=30)
            connection.request("GET", "/healthz")
            assert connection.getresponse().status == 200
            seconds = time.perf_counter() - started
            connection.close()
            return seconds, resident_megabytes(server.process_id)
