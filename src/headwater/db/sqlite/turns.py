"""Short reads on an event loop: those of one turn of the loop share a snapshot.

Beginning and ending a snapshot costs more than most reads do: four system calls, and the catalogue version
again.
"""

import asyncio
import threading
from collections.abc import Callable
from pathlib import Path
from typing import TypeVar

from headwater.db.sqlite.connection import open_reader
from headwater.db.sqlite.tx import ReadTx
from headwater.kernel.errors import UnavailableError

T = TypeVar("T")


class Snapshot:
    """The connection of one thread, and the turn of the loop for which it has a snapshot open."""

    __slots__ = ("commits", "is_lent", "loop", "tx")

    def __init__(self, tx: ReadTx) -> None:
        """Nothing is open yet."""
        self.tx = tx
        self.loop: asyncio.AbstractEventLoop | None = None
        self.commits = -1
        self.is_lent = False

    def begin(self, loop: asyncio.AbstractEventLoop, commits: int) -> None:
        """Open it until the loop has done what is ready by now.

        Whoever hears of a later commit through the loop comes behind that end, and reads what he heard of.
        """
        self.tx.begin()
        self.loop, self.commits = loop, commits
        loop.call_soon(self.end)

    def end(self) -> None:
        """Let it go. A second call does nothing."""
        if self.loop is not None:
            self.loop = None
            self.tx.end()

    def close(self) -> None:
        """Let go of the connection too."""
        self.end()
        self.tx.connection.close()


class TurnReads:
    """Reads on the calling thread, where a hand-over would cost more than the read."""

    def __init__(self, path: Path, commits: Callable[[], int]) -> None:
        """`commits` counts the groups that this process committed: no read is older than the last of them."""
        self._path = path
        self._commits = commits
        self._own = threading.local()
        self._snapshots: list[Snapshot] = []
        self._is_closed = False

    def run(self, work: Callable[[ReadTx], T]) -> T:
        """Run `work` over the snapshot of this turn. UnavailableError `database_closed` after `close`."""
        snapshot = self._current()
        tx, is_sound = snapshot.tx, False
        snapshot.is_lent = True
        try:
            result = work(tx)
            is_sound = tx.failure is None
            return result
        finally:
            snapshot.is_lent = False
            tx.renew()
            if self._is_closed:
                snapshot.close()
            elif not is_sound:  # SQLite may have ended it
                snapshot.end()

    def close(self) -> None:
        """Close the idle connections; a lent one is closed when its read is over."""
        self._is_closed = True
        for snapshot in self._snapshots:
            if not snapshot.is_lent:
                snapshot.close()

    def _current(self) -> Snapshot:
        if self._is_closed:
            raise UnavailableError("database_closed", "The database is closed.")
        loop, commits = asyncio.get_running_loop(), self._commits()
        snapshot = getattr(self._own, "snapshot", None) or self._open()
        if snapshot.loop is not loop or snapshot.commits != commits:
            snapshot.end()
            snapshot.begin(loop, commits)
        return snapshot

    def _open(self) -> Snapshot:
        snapshot = self._own.snapshot = Snapshot(ReadTx(open_reader(self._path)))
        self._snapshots.append(snapshot)
        return snapshot
