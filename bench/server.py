"""A server in its own process on an empty data folder, as the benchmarks over HTTP need it."""

import http.client
import json
import os
import secrets
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, NamedTuple

from headwater.db.lock import holder_of

START_SECONDS = 30


class Served(NamedTuple):
    """A server that answers: its process, port and address, and an administrator's API token."""

    process_id: int
    port: int
    url: str
    token: str


@contextmanager
def served(data: Path) -> Iterator[Served]:
    """Start a server on a free port of loopback and end it after the block."""
    token = secrets.token_hex(24)
    environment = {**os.environ, "HEADWATER_ADMIN_TOKEN": token}
    command = [Path(sys.executable).with_name("headwater"), "serve", "--port", "0", "--data", data]
    quiet = subprocess.DEVNULL
    process = subprocess.Popen(command, env=environment, stdout=quiet, stderr=quiet)
    try:
        url = _address(data, process)
        yield Served(process.pid, int(url.rpartition(":")[2]), url, token)
    finally:
        process.terminate()
        process.wait(START_SECONDS)


class Caller:
    """One kept connection to a server, as its administrator; a status from 300 on ends the benchmark."""

    def __init__(self, server: Served) -> None:
        """Connect when the first call is made."""
        self._connection = http.client.HTTPConnection("127.0.0.1", server.port, timeout=60)
        self._headers = {"Authorization": f"Bearer {server.token}", "Content-Type": "application/json"}

    def __call__(self, method: str, path: str, body: Any = None) -> bytes:
        """The body of the answer; a body that is not bytes is sent as JSON."""
        content = body if body is None or isinstance(body, bytes) else json.dumps(body).encode()
        self._connection.request(method, path, content, self._headers)
        answer = self._connection.getresponse()
        read = answer.read()
        assert answer.status < 300, read
        return read


def resident_megabytes(process_id: int) -> float:
    """The memory of a process that is in RAM now."""
    status = Path(f"/proc/{process_id}/status").read_text(encoding="utf-8")
    kilobytes = next(line.split()[1] for line in status.splitlines() if line.startswith("VmRSS"))
    return int(kilobytes) / 1024


def _address(data: Path, process: subprocess.Popen[bytes]) -> str:
    """Where it listens, as it says in its data folder once it does."""
    ends = time.monotonic() + START_SECONDS
    while time.monotonic() < ends and process.poll() is None:
        holder = holder_of(data)
        if holder is not None:
            return holder.address
        time.sleep(0.01)
    raise RuntimeError("The server did not start.")
