"""A real server whose data folder is a small file system of its own, which a test can fill and empty."""

import errno
import os
import subprocess
from functools import cache
from pathlib import Path

from tests.faults.killable import KillableServer

MEGABYTE = 1024 * 1024
SIZE = 64 * MEGABYTE


class SmallDiskServer(KillableServer):
    """The file system is in memory; only the server's process has it mounted, so it goes when that ends."""

    size = SIZE

    def command(self):
        mount = f"mount -t tmpfs -o size={self.size},mode=700 none '{self.folder}' && exec \"$@\""
        return [*_own_mounts(), "sh", "-c", mount, "sh", *super().command()]

    @property
    def place(self):
        """The data folder by way of the server's own mounts."""
        return Path(f"/proc/{self.process.pid}/root{self.folder}")

    def fill(self):
        """Leave not a byte; what is written over in place still can be."""
        with open(self.place / "filler", "wb", buffering=0) as file:
            for size in (MEGABYTE, 4096, 1):
                _write_on(file, b"x" * size)

    def make_room(self):
        (self.place / "filler").unlink()


def _write_on(file, chunk):
    try:
        while True:
            file.write(chunk)
    except OSError as error:
        assert error.errno == errno.ENOSPC, error


def _own_mounts():
    return ["unshare", "--mount", *([] if os.geteuid() == 0 else ["--user", "--map-root-user"])]


@cache
def why_not():
    """Why this machine cannot give a process a file system of its own; empty when it can."""
    try:
        done = subprocess.run(
            [*_own_mounts(), "mount", "-t", "tmpfs", "none", "/mnt"],
            capture_output=True,
            text=True,
            check=False,
        )
    except FileNotFoundError as error:
        return f"{error.filename} is not there"
    return done.stderr.strip()
