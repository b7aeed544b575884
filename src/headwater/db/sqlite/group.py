"""Group commit: many writes in one transaction, each alone in its failure, all answered after its COMMIT."""

from collections import deque
from collections.abc import Callable, Iterator
from time import perf_counter

import apsw

from headwater.db.sqlite.errors import raise_ours, translated
from headwater.db.sqlite.member import Member
from headwater.db.sqlite.tx import WriteTx
from headwater.kernel.errors import UnavailableError

LARGEST = 256
LONGEST_SECONDS = 0.02


class Group:
    """The members of one transaction. The first needs no SAVEPOINT: nothing before it could be lost."""

    def __init__(self, tx: WriteTx, next_waiting: Callable[[], Member | None]) -> None:
        """`next_waiting` gives the next write that waits, or None at once."""
        self.members: list[Member] = []
        self._tx = tx
        self._control = tx.control
        self._next_waiting = next_waiting
        self._again: deque[Member] = deque()
        self._done: list[Member] = []
        self._kept: list[Member] = []
        self._is_shut_out = False

    def run(self, first: Member) -> None:
        """Run `first` and the writes that come meanwhile, and commit. `members` then have result or error."""
        for member in self._arrivals(first):
            self._run_member(member)
            if self._is_shut_out:
                self._refuse_waiting(member)
        self._commit()

    def fail(self, error: BaseException) -> None:
        """The transaction is lost: UnavailableError `write_lost` for all that are neither kept nor failed."""
        for member in self.members:
            if member.error is None and member not in self._kept:
                member.error = UnavailableError(
                    "write_lost", "The database failed; nothing of this write was kept.", hint="Try again."
                )
                member.error.__cause__ = error
                member.callbacks = ()

    def _arrivals(self, first: Member) -> Iterator[Member]:
        self.members.append(first)
        yield first
        end = perf_counter() + LONGEST_SECONDS
        while True:
            while self._again:
                yield self._again.popleft()
            if len(self.members) >= LARGEST or perf_counter() > end:
                return
            member = self._next_waiting()
            if member is None:
                return
            self.members.append(member)
            yield member

    def _run_member(self, member: Member) -> None:
        tx = self._tx
        is_alone = not self._done
        callbacks: list[Callable[[], None]] = []
        tx.callbacks = callbacks
        try:
            if is_alone:
                self._begin()
            else:
                self._control("savepoint member")
            member.result = member.work(tx)
            if tx.failure is not None:  # the work swallowed it
                raise_ours(tx.failure)
            if not is_alone:
                self._control("release member")
        except BaseException as error:  # noqa: BLE001  whatever it is, it belongs to the task that waits for it
            member.error = translated(error)
            self._undo(is_alone=is_alone)
        else:
            member.callbacks = callbacks
            self._done.append(member)

    def _begin(self) -> None:
        try:
            self._control("begin immediate")
        except apsw.BusyError:
            self._is_shut_out = True
            raise
        self._tx.numbers.begin()

    def _undo(self, *, is_alone: bool) -> None:
        """Take back the failed member only. When SQLite has rolled back all of them, the others run again."""
        self._tx.renew()
        if not is_alone and self._tx.connection.in_transaction:
            self._control("rollback to member; release member")
            self._tx.numbers.catalogue = None  # ids of the others are still to be stored
            return
        self._roll_back()
        self._again.extend(self._done)
        self._done.clear()

    def _roll_back(self) -> None:
        self._tx.renew()
        self._tx.numbers.forget()
        if self._tx.connection.in_transaction:
            self._control("rollback")

    def _refuse_waiting(self, refused: Member) -> None:
        """Another process held the lock through the whole time-out: let nobody wait that long again."""
        while (member := self._next_waiting()) is not None:
            self.members.append(member)
            self._again.append(member)
        for member in self._again:
            member.error = refused.error
        self._again.clear()

    def _commit(self) -> None:
        """COMMIT; when it fails, each member for itself, so that only those fail that cannot be kept."""
        members, self._done = self._done, []
        if not members:
            return
        try:
            self._store()
        except apsw.Error as error:
            self._roll_back()
            self._commit_each(members, error)
        else:
            self._kept += members

    def _commit_each(self, members: list[Member], error: apsw.Error) -> None:
        if len(members) == 1:
            members[0].error = translated(error)
            members[0].callbacks = ()
            return
        for member in members:
            self._run_member(member)
            self._commit()

    def _store(self) -> None:
        self._tx.renew()
        next_id = self._tx.numbers.unstored()
        if next_id is not None:
            self._control("update id_sequence set next_id = ?", (next_id,))
        self._control("commit")
