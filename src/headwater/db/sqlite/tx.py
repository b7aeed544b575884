"""Transactions on SQLite as stores see them: `ReadTx` over a snapshot, `WriteTx` inside a group."""

from collections.abc import Callable, Iterable, Iterator, Sequence
from typing import Any, NoReturn

import apsw

from headwater.db.database import Dialect, Row
from headwater.db.sqlite.errors import raise_ours
from headwater.db.sqlite.numbers import Numbers

_CATALOGUE = "select version from catalogue"


class ReadTx:
    """Statements of one connection; they share one cursor, so each ends the one before, streams excepted."""

    dialect: Dialect = "sqlite"

    def __init__(self, connection: apsw.Connection) -> None:
        """Statements run on `connection`, inside whatever transaction it has open."""
        self.connection = connection
        self.control = connection.cursor().execute
        self.execute: Callable[..., apsw.Cursor] = self.control
        self.failure: apsw.Error | None = None
        self._streams: list[apsw.Cursor] = []
        self._catalogue: int | None = None

    def all(self, sql: str, parameters: Sequence[Any] = ()) -> list[Row]:
        """Every row."""
        try:
            return self.execute(sql, parameters).fetchall()
        except apsw.Error as error:
            self._fail(error)

    def one(self, sql: str, parameters: Sequence[Any] = ()) -> Row | None:
        """The first row, or None."""
        try:
            return self.execute(sql, parameters).fetchone()
        except apsw.Error as error:
            self._fail(error)

    def scalar(self, sql: str, parameters: Sequence[Any] = ()) -> Any:
        """The first value of the first row, or None."""
        row = self.one(sql, parameters)
        return None if row is None else row[0]

    def run(self, sql: str, parameters: Sequence[Any] = ()) -> int:
        """Run an insert, update or delete; the number of rows that it changed."""
        try:
            self.execute(sql, parameters)
        except apsw.Error as error:
            self._fail(error)
        return self.connection.changes()

    def run_many(self, sql: str, rows: Iterable[Sequence[Any]]) -> None:
        """Run one statement for each row of values."""
        cursor = self._cursor()
        try:
            cursor.executemany(sql, rows)
        except apsw.Error as error:
            self._fail(error)
        finally:
            cursor.close(force=True)

    def stream(self, sql: str, parameters: Sequence[Any] = ()) -> Iterator[Row]:
        """Rows one after another; what is not taken when the transaction ends is dropped."""
        cursor = self._cursor()
        self._streams.append(cursor)
        try:
            yield from cursor.execute(sql, parameters)
        except apsw.Error as error:
            self._fail(error)

    def renew(self) -> None:
        """Be ready for the next work: drop what was not read to its end, forget a failure."""
        while self._streams:
            self._streams.pop().close(force=True)
        self.failure = None
        self.execute = self.control

    def _cursor(self) -> apsw.Cursor:
        if self.failure is not None:
            _refuse_after_failure()
        return self.connection.cursor()

    def _fail(self, error: apsw.Error) -> NoReturn:
        # A full disk rolls back everything: a later statement of this work would commit on its own.
        self.failure = error
        self.execute = _refuse_after_failure
        raise_ours(error)

    def next_id(self) -> int:
        """Refused: a read draws no ids."""
        _refuse_in_read()

    def next_ids(self, count: int) -> list[int]:
        """Refused: a read draws no ids."""
        _refuse_in_read()

    def after_commit(self, callback: Callable[[], None]) -> None:
        """Refused: a read commits nothing."""
        _refuse_in_read()

    def begin(self) -> None:
        """Open a snapshot; it is that of the first statement."""
        self._catalogue = None
        self.control("begin")

    def end(self) -> None:
        """Let the snapshot go, which SQLite may have done itself after an error."""
        self.renew()
        if self.connection.in_transaction:
            self.control("commit")

    def catalogue_version(self) -> int:
        """The version in this snapshot."""
        if self._catalogue is None:
            self._catalogue = self.scalar(_CATALOGUE)
        version: int = self._catalogue
        return version

    def bump_catalogue(self) -> None:
        """Refused: a read changes nothing."""
        _refuse_in_read()


class WriteTx(ReadTx):
    """The writer's transaction; one object serves every member of every group in turn."""

    def __init__(self, connection: apsw.Connection) -> None:
        """Keep the numbers of this writer: ids and the catalogue version."""
        super().__init__(connection)
        self.numbers = Numbers(self.scalar)
        self.callbacks: list[Callable[[], None]] = []

    def next_id(self) -> int:
        """A new id; a write that rolls back leaves a gap."""
        return self.numbers.draw(1)

    def next_ids(self, count: int) -> list[int]:
        """`count` new ids, rising."""
        first = self.numbers.draw(count)
        return list(range(first, first + count))

    def after_commit(self, callback: Callable[[], None]) -> None:
        """Run `callback` on the writer's thread once this write is durable."""
        self.callbacks.append(callback)

    def catalogue_version(self) -> int:
        """The version, own bumps included; no statement unless another write may have moved it."""
        return self.numbers.catalogue_version()

    def bump_catalogue(self) -> None:
        """Move the version to a number never used before: a cache filled here is worthless if this fails."""
        version = self.numbers.draw(1)
        self.run("update catalogue set version = ?", (version,))
        self.numbers.catalogue = version


def _refuse_after_failure(*_: Any) -> NoReturn:
    raise RuntimeError("A statement of this transaction failed: nothing more can be done in it.")


def _refuse_in_read() -> NoReturn:
    raise RuntimeError("A read changes nothing: use db.write.")
