"""The one thread that writes."""

import logging
import threading
import time
from pathlib import Path
from queue import Empty, SimpleQueue

from headwater.db.sqlite.connection import open_writer
from headwater.db.sqlite.group import Group
from headwater.db.sqlite.member import Member, answer
from headwater.db.sqlite.tx import WriteTx
from headwater.kernel.errors import UnavailableError

GROUPS_WITHOUT_GAP = 10
GAP_SECONDS = 0.002
log = logging.getLogger("headwater.db")


class Writer:
    """Takes writes from any thread, commits them in groups and answers each after its COMMIT."""

    def __init__(self, path: Path) -> None:
        """Open the file and start the thread. `commits` counts groups; each counts before it is answered."""
        self.commits = 0
        self._path = path
        self._tx = WriteTx(open_writer(path))
        self._waiting: SimpleQueue[Member | None] = SimpleQueue()
        self._door = threading.Lock()
        self._is_closed = False
        self._thread = threading.Thread(target=self._work, name="headwater-writer", daemon=True)
        self._thread.start()

    def submit(self, member: Member) -> None:
        """Have it written; UnavailableError `database_closed` after `close`."""
        with self._door:
            if self._is_closed:
                raise UnavailableError("database_closed", "The database is closed.")
            self._waiting.put(member)

    def is_this_thread(self) -> bool:
        """The caller runs on the writer's thread, where waiting for a write would wait for ever."""
        return threading.current_thread() is self._thread

    def close(self) -> None:
        """Commit what waits, then close the file. A second call does nothing."""
        with self._door:
            if not self._is_closed:
                self._is_closed = True
                self._waiting.put(None)
        self._thread.join()

    def _work(self) -> None:
        groups = 0
        while True:
            if self._waiting.empty():
                groups = 0
            elif groups >= GROUPS_WITHOUT_GAP:
                time.sleep(GAP_SECONDS)  # so that a writer in another process gets in
                groups = 0
            first = self._waiting.get()
            if first is None:
                break
            self._commit_group(first)
            groups += 1
        self._tx.connection.close()

    def _commit_group(self, first: Member) -> None:
        group = Group(self._tx, self._next_waiting)
        try:
            group.run(first)
        except BaseException as error:  # SQLite could not even roll back; this thread must live on
            log.exception("The writer lost its transaction and opens the database again.")
            group.fail(error)
            self._reopen()
        self._finish(group.members)

    def _reopen(self) -> None:
        numbers = self._tx.numbers
        self._tx.connection.close(True)  # noqa: FBT003  its only parameter: whatever is open
        self._tx = WriteTx(open_writer(self._path))
        self._tx.numbers.go_on_after(numbers)

    def _next_waiting(self) -> Member | None:
        try:
            member = self._waiting.get_nowait()
        except Empty:
            return None
        if member is None:
            self._waiting.put(None)  # the end: nothing comes behind it, so it may stand there again
        return member

    def _finish(self, members: list[Member]) -> None:
        self.commits += 1
        for member in members:
            for callback in member.callbacks:
                try:
                    callback()
                except Exception:  # the write is durable: its answer must not depend on who hears of it
                    log.exception("A callback after the commit failed.")
        answer(members)
