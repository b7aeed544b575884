"""A real server in a process of its own that a test can kill and start again on the same data folder."""

import os
import secrets
import signal
import socket
import subprocess
import sys
import time
from contextlib import contextmanager

import httpx


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
        environment = {
            **os.environ,
            "HEADWATER_ADMIN_TOKEN": self.token,
            "HEADWATER_DATA": str(self.folder),
            "HEADWATER_DATABASE_URL": self.database_url,
        }
        command = [
            sys.executable,
            "-c",
            "from headwater.cli import main; main()",
            "serve",
            "--port",
            str(self.port),
        ]
        self.process = subprocess.Popen(
            command, env=environment, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
        )
        wait_for(self._is_ready, 20)

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
    server = KillableServer(folder, database_url)
    server.start()
    try:
        yield server
    finally:
        if server.process.poll() is None:
            server.stop()


def wait_for(condition, seconds=30):
    """Ask until `condition` gives something true, and give that back; a deadline bounds it."""
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline:
        found = condition()
        if found:
            return found
        time.sleep(0.01)
    raise AssertionError(f"nothing within {seconds} s: {condition}")


def _free_port():
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        return listener.getsockname()[1]
