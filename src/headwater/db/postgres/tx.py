"""Transactions on PostgreSQL as stores see them."""

from collections.abc import Callable, Iterable, Iterator, Sequence
from itertools import chain, islice
from itertools import count as counted
from typing import Any, NoReturn

import psycopg

from headwater.db.database import Dialect, Row
from headwater.db.postgres.errors import StaleConnectionError, is_passing, raise_ours
from headwater.db.sql_text import to_copy, to_psycopg

Connection = psycopg.Connection[Row]
FIRST_IDS = 4
MOST_IDS = 256
STREAM_ROWS = 2000
FEWEST_COPIED = 8  # below, the two round trips of COPY cost more than it saves
READ = "begin isolation level repeatable read read only"
WRITE = "begin isolation level read committed"
ALONE = ""  # each statement is a transaction of its own
_VERSION = "select version from catalogue"
_VERSION_AND_IDS = _VERSION.replace("version", "version" + ", nextval('id_sequence')" * FIRST_IDS)
_OPENINGS = {READ: f"{READ}; {_VERSION}", WRITE: f"{WRITE}; {_VERSION_AND_IDS}", ALONE: _VERSION}


class PostgresTx:
    """Statements inside one transaction of a pooled connection. It begins with the first of them.

    Errors that pass when the work runs again stay the driver's, so that they reach `PostgresDatabase`.
    """

    dialect: Dialect = "postgres"

    def __init__(self, connection: Connection, begin: str) -> None:
        """`begin` is READ, WRITE or ALONE."""
        self.connection = connection
        self.is_open = False
        self._begin = begin
        self.callbacks: list[Callable[[], None]] = []
        self.failure: BaseException | None = None
        self._ids: list[int] = []
        self._ids_to_fetch = FIRST_IDS
        self._catalogue: int | None = None
        self._names = counted()

    def all(self, sql: str, parameters: Sequence[Any] = ()) -> list[Row]:
        """Every row."""
        return self._execute(sql, parameters).fetchall()

    def one(self, sql: str, parameters: Sequence[Any] = ()) -> Row | None:
        """The first row, or None."""
        return self._execute(sql, parameters).fetchone()

    def scalar(self, sql: str, parameters: Sequence[Any] = ()) -> Any:
        """The first value of the first row, or None."""
        row = self._execute(sql, parameters).fetchone()
        return None if row is None else row[0]

    def run(self, sql: str, parameters: Sequence[Any] = ()) -> int:
        """Run an insert, update or delete; the number of rows that it changed."""
        return max(self._execute(sql, parameters).rowcount, 0)

    def run_many(self, sql: str, rows: Iterable[Sequence[Any]]) -> None:
        """Run one statement for each row of values, without waiting for the answer of each."""
        self._open()
        rest = iter(rows)
        first = list(islice(rest, FEWEST_COPIED))
        copy = to_copy(sql) if len(first) == FEWEST_COPIED else None
        try:
            with self.connection.cursor() as cursor:
                if copy is None:
                    cursor.executemany(to_psycopg(sql), chain(first, rest))
                    return
                with cursor.copy(copy) as copying:
                    for row in chain(first, rest):
                        copying.write_row(row)
        except psycopg.Error as error:
            self._fail(error)

    def stream(self, sql: str, parameters: Sequence[Any] = ()) -> Iterator[Row]:
        """Rows one after another, fetched 2,000 at a time."""
        self._open()
        try:
            with self.connection.cursor(f"stream_{next(self._names)}") as cursor:
                cursor.itersize = STREAM_ROWS
                cursor.execute(to_psycopg(sql), parameters)
                yield from cursor
        except psycopg.Error as error:
            self._fail(error)

    def next_id(self) -> int:
        """A new id. A few are fetched at a time; those not used are lost with the transaction."""
        if not self._ids:
            self._ids = self._fetch_ids(self._ids_to_fetch)
            self._ids_to_fetch = min(self._ids_to_fetch * 4, MOST_IDS)
        return self._ids.pop()

    def next_ids(self, count: int) -> list[int]:
        """`count` new ids, rising."""
        self._ids.clear()  # they would be lower than ids given later
        return self._fetch_ids(count)[::-1]

    def _fetch_ids(self, count: int) -> list[int]:
        rows = self.all("select nextval('id_sequence') from generate_series(1, ?)", (count,))
        return [row[0] for row in reversed(rows)]

    def after_commit(self, callback: Callable[[], None]) -> None:
        """Run `callback` on this thread once this write is durable."""
        self.callbacks.append(callback)

    def catalogue_version(self) -> int:
        """The version as it was when this transaction first asked, own bumps included."""
        if self._catalogue is None:
            if self.is_open:
                self._catalogue = self.scalar(_VERSION)
            else:
                self._catalogue, *self._ids = self._open_with_version()
        version: int = self._catalogue
        return version

    def bump_catalogue(self) -> None:
        """Move the version to a number never used before: a cache filled here is worthless if this fails."""
        self._catalogue = self.scalar(
            "update catalogue set version = greatest(version + 1, nextval('id_sequence')) returning version"
        )

    def _open(self) -> None:
        if not self.is_open:
            self._start(self._begin)

    def _open_with_version(self) -> Sequence[int]:
        """The version and, for a write, the first ids: nearly every work wants them, in one round trip."""
        cursor = self._start(_OPENINGS[self._begin])
        while cursor.nextset():
            pass
        version, *ids = cursor.fetchone() or (0,)
        return [version, *reversed(ids)]

    def _start(self, sql: str) -> psycopg.Cursor[Row]:
        cursor = self.connection.cursor()
        try:
            if sql:
                cursor.execute(sql)
        except psycopg.OperationalError as error:
            self.failure = StaleConnectionError(str(error))
            raise self.failure from error
        self.is_open = True
        return cursor

    def _execute(self, sql: str, parameters: Sequence[Any]) -> psycopg.Cursor[Row]:
        self._open()
        try:
            return self.connection.execute(to_psycopg(sql), parameters)
        except psycopg.Error as error:
            self._fail(error)

    def _fail(self, error: psycopg.Error) -> NoReturn:
        self.failure = error
        if is_passing(error):
            raise error
        raise_ours(error)
