"""A real server in a process of its own that a test can kill and start again on the same data folder."""

import os
import secrets
import signal
import socket
import subprocess
import sys
from contextlib import contextmanager

import httpx

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
        self.port = _free_port()
        self.process = None

    @property
    def address(self):
        return f"http://127.0.0.1:{self.port}"

    def client(self):
        headers = {"Authorization": f"Bearer {self.token}"}
        return httpx.Client(base_url=self.address, headers=headers, timeout=30)

    def start(self):
        quiet = subprocess.DEVNULL
        self.process = subprocess.Popen(self.command(), env=self.environment(), stdout=quiet, stderr=quiet)
        wait_for(self._is_ready, 20)

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
        assert self.process.poll() is None, "the server ended by itself"
        try:
            return httpx.get(f"{self.address}/readyz", timeout=2).status_code == 200
        except httpx.TransportError:
            return False


@contextmanager
def killable_server(folder, database_url=""):
    """A started server; what is left of it ends with the block."""
    with started(KillableServer(folder, database_url)) as server:
        yield server


@contextmanager
def started(server):
    """The server, started; what is left of it ends with the block."""
    server.start()
    try:
        yield server
    finally:
        if server.process.poll() is None:
            server.stop()


def _free_port():
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        return listener.getsockname()[1]
