"""Connections that read: few, long-lived, each lent to one reader at a time."""

from collections.abc import Callable
from pathlib import Path
from typing import TypeVar

from headwater.db.sqlite.connection import open_reader
from headwater.db.sqlite.tx import ReadTx
from headwater.kernel.errors import UnavailableError

T = TypeVar("T")


class Readers:
    """The connection used last is lent first, because its pages are still in memory."""

    def __init__(self, path: Path) -> None:
        """Connections are opened when the first reader comes."""
        self._path = path
        self._idle: list[ReadTx] = []
        self._is_closed = False

    def run(self, work: Callable[[ReadTx], T]) -> T:
        """Run `work` over one snapshot. UnavailableError `database_closed` after `close`."""
        tx = self._borrow()
        try:
            tx.begin()
            return work(tx)
        finally:
            tx.end()
            self._give_back(tx)

    def _borrow(self) -> ReadTx:
        if self._is_closed:
            raise UnavailableError("database_closed", "The database is closed.")
        try:
            return self._idle.pop()  # one step for the interpreter, so threads need no lock
        except IndexError:
            return ReadTx(open_reader(self._path))

    def _give_back(self, tx: ReadTx) -> None:
        if self._is_closed:
            tx.connection.close()
        else:
            self._idle.append(tx)

    def close(self) -> None:
        """Close the idle connections; a lent one is closed when it comes back."""
        self._is_closed = True
        while self._idle:
            self._idle.pop().connection.close()
