"""Group commit: many writes in one transaction, each alone in its failure, all answered after its COMMIT."""

from collections import deque
from collections.abc import Callable, Iterator
from time import perf_counter

import apsw

from headwater.db.sqlite.errors import translated
from headwater.db.sqlite.member import Member
from headwater.db.sqlite.tx import WriteTx

LARGEST = 256
LONGEST_SECONDS = 0.02


class Group:
    """The members of one transaction. The first needs no SAVEPOINT: nothing before it could be lost."""

    def __init__(self, tx: WriteTx, next_waiting: Callable[[], Member | None]) -> None:
        """`next_waiting` gives the next write that waits, or None at once."""
        self._tx = tx
        self._connection = tx.connection
        self._next_waiting = next_waiting
        self._again: deque[Member] = deque()
        self._done: list[Member] = []

    def run(self, first: Member) -> list[Member]:
        """Run `first` and the writes that come meanwhile; all of them, each with its result or error."""
        taken = [first]
        for member in self._members(first, taken):
            self._run_member(member)
        self._commit()
        return taken

    def _members(self, first: Member, taken: list[Member]) -> Iterator[Member]:
        yield first
        end = perf_counter() + LONGEST_SECONDS
        while True:
            while self._again:
                yield self._again.popleft()
            if len(taken) >= LARGEST or perf_counter() > end:
                return
            member = self._next_waiting()
            if member is None:
                return
            taken.append(member)
            yield member

    def _run_member(self, member: Member) -> None:
        tx = self._tx
        is_alone = not self._done
        callbacks: list[Callable[[], None]] = []
        tx.callbacks = callbacks
        try:
            if is_alone:
                tx.execute("begin immediate")
                tx.numbers.begin()
                member.result = member.work(tx)
            else:
                tx.execute("savepoint member")
                member.result = member.work(tx)
                tx.execute("release member")
        except BaseException as error:  # noqa: BLE001  whatever it is, it belongs to the task that waits for it
            member.error = translated(error)
            self._undo(is_alone)
        else:
            member.callbacks = callbacks
            self._done.append(member)

    def _undo(self, is_alone: bool) -> None:  # noqa: FBT001  the one thing there is to know
        """Take back the failed member only. When SQLite has rolled back all of them, the others run again."""
        tx = self._tx
        tx.close_streams()
        tx.numbers.forget()
        if not is_alone and self._connection.in_transaction:
            try:
                tx.execute("rollback to member; release member")
                return
            except apsw.Error:
                pass  # nothing can be kept of this transaction
        self._roll_back()
        self._again.extend(self._done)
        self._done.clear()

    def _roll_back(self) -> None:
        self._tx.numbers.forget()
        if self._connection.in_transaction:
            self._tx.execute("rollback")

    def _commit(self) -> None:
        """COMMIT; when it fails, each member for itself, so that only those fail that cannot be kept."""
        if not self._done:
            return
        try:
            self._store()
        except apsw.Error as error:
            self._roll_back()
            members, self._done = self._done, []
            if len(members) == 1:
                members[0].error = translated(error)
                members[0].callbacks = ()
                return
            for member in members:
                self._run_member(member)
                self._commit()
                self._done.clear()

    def _store(self) -> None:
        tx = self._tx
        tx.close_streams()
        next_id = tx.numbers.unstored()
        if next_id is not None:
            tx.execute("update id_sequence set next_id = ?", (next_id,))
        tx.execute("commit")
