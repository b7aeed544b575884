"""`Database` on one SQLite file."""

import asyncio
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import TypeVar

import apsw

from headwater.db.database import Dialect, Tx
from headwater.db.sqlite.connection import open_reader
from headwater.db.sqlite.errors import raise_ours
from headwater.db.sqlite.member import Member
from headwater.db.sqlite.readers import Readers
from headwater.db.sqlite.turns import TurnReads
from headwater.db.sqlite.writer import Writer
from headwater.db.threads import run_in

T = TypeVar("T")
SCANS_AT_ONCE = 4


class SqliteDatabase:
    """One file, one writer thread, inline reads, a few threads for scans."""

    dialect: Dialect = "sqlite"

    def __init__(self, path: Path) -> None:
        """Open or make the file; the folder must be there."""
        self.path = path
        self._writer = Writer(path)
        self._inline = TurnReads(path, lambda: self._writer.commits)
        self._threaded = Readers(path)
        self._scans = ThreadPoolExecutor(SCANS_AT_ONCE, thread_name_prefix="headwater-scan")

    async def read(self, work: Callable[[Tx], T]) -> T:
        """Run a short read on the calling thread: a hand-over would cost more than the read."""
        return self._inline.run(work)

    async def look(self, work: Callable[[Tx], T]) -> T:
        """A read; no cheaper way is needed here."""
        return self._inline.run(work)

    async def write(self, work: Callable[[Tx], T]) -> T:
        """Run `work` in the next group. A caller who is cancelled does not stop it."""
        member = Member(work, asyncio.get_running_loop())
        self._writer.submit(member)
        assert member.future is not None
        result: T = await member.future
        return result

    async def scan(self, work: Callable[[Tx], T]) -> T:
        """Run a long read in its own thread."""
        return await run_in(self._scans, self._threaded.run, work)

    def read_now(self, work: Callable[[Tx], T]) -> T:
        """Run a read on the calling thread."""
        return self._threaded.run(work)

    def write_now(self, work: Callable[[Tx], T]) -> T:
        """Run `work` in the next group and wait. RuntimeError inside a write, which would wait for itself."""
        if self._writer.is_this_thread():
            raise RuntimeError("A write cannot wait for another write: do it in the same transaction.")
        member = Member(work)
        self._writer.submit(member)
        result: T = member.wait()
        return result

    def copy_to(self, target: Path) -> None:
        """Write the database of one moment into an empty file, compacted, while others read and write."""
        connection = open_reader(self.path)
        try:
            connection.pragma("query_only", 0)  # it refuses VACUUM INTO too, which changes only the new file
            connection.execute("vacuum into ?", (str(target),))
        except apsw.Error as error:
            raise_ours(error)
        finally:
            connection.close()

    def close(self) -> None:
        """Commit what waits, let scans end, close the files."""
        self._writer.close()
        self._scans.shutdown()
        self._inline.close()
        self._threaded.close()
