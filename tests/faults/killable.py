"""A real server in a process of its own that a test can kill and start again on the same data folder."""

import os
import secrets
import signal
import subprocess
import sys
import tempfile
from contextlib import contextmanager

import httpx

from headwater.db.lock import holder_of
from tests.waiting import wait_for

# The server ends with the test run that started it, however that one ends.
_SERVE = """
import ctypes, signal, sys
if sys.platform == "linux":
    PR_SET_PDEATHSIG = 1
    ctypes.CDLL(None).prctl(PR_SET_PDEATHSIG, signal.SIGKILL)
from headwater.cli import main
main()
"""


class KillableServer:
    """`headwater serve` on a free port; `kill` is SIGKILL, `start` waits until it is ready."""

    def __init__(self, folder, database_url=""):
        """`database_url` is empty for SQLite."""
        self.folder = folder
        self.database_url = database_url
        self.token = secrets.token_hex(24)
        self.port = 0  # the system's choice at the first start, the same one ever after
        self.process = None
        self.log = None

    @property
    def place(self):
        """The data folder as this process sees it."""
        return self.folder

    @property
    def address(self):
        return f"http://127.0.0.1:{self.port}"

    def client(self):
        headers = {"Authorization": f"Bearer {self.token}"}
        return httpx.Client(base_url=self.address, headers=headers, timeout=30)

    def start(self):
        self._launch()
        wait_for(self._is_ready)

    def _launch(self):
        self.log.seek(0)
        self.log.truncate()
        said = {"stdout": self.log, "stderr": self.log}
        self.process = subprocess.Popen(self.command(), env=self.environment(), **said)

    def environment(self):
        return {
            **os.environ,
            "HEADWATER_ADMIN_TOKEN": self.token,
            "HEADWATER_DATA": str(self.folder),
            "HEADWATER_DATABASE_URL": self.database_url,
        }

    def command(self):
        return [sys.executable, "-c", _SERVE, "serve", "--port", str(self.port)]

    def kill(self):
        self.process.send_signal(signal.SIGKILL)
        self.process.wait()

    def stop(self):
        self.process.terminate()
        self.process.wait(20)

    def _is_ready(self):
        if self.process.poll() is not None:
            said = self._said()
            # While it was down, its port may have become somebody else's for a moment.
            assert self.port and "Cannot listen" in said, f"the server ended by itself: {said}"
            self._launch()
        holder = holder_of(self.place)
        if holder is None:
            return False
        self.port = int(holder.address.rsplit(":", 1)[1])
        try:
            return httpx.get(f"{self.address}/readyz", timeout=2).status_code == 200
        except httpx.TransportError:
            return False

    def _said(self):
        self.log.seek(0)
        return self.log.read().decode()[-2_000:]


@contextmanager
def killable_server(folder, database_url=""):
    """A started server; what is left of it ends with the block."""
    with started(KillableServer(folder, database_url)) as server:
        yield server


@contextmanager
def started(server):
    """The server, started; what is left of it ends with the block."""
    with tempfile.TemporaryFile() as server.log:
        try:
            server.start()
            yield server
        finally:
            if server.process.poll() is None:
                server.stop()
