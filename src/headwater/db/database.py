"""What stores and services see of a database: a transaction `tx`, and the three ways to get one."""

from collections.abc import Callable, Iterable, Iterator, Sequence
from typing import Any, Literal, Protocol, TypeVar

T = TypeVar("T")
Row = tuple[Any, ...]
Dialect = Literal["sqlite", "postgres"]


class Tx(Protocol):
    """One open transaction. SQL text has `?` placeholders on both databases; values are always bound.

    Integers, text, bytes, booleans and None go in; JSON columns take and give text; times of system tables
    are integer microseconds. A boolean comes out as 0 or 1 on SQLite. An error of a statement ends the write
    on PostgreSQL: catch it only to raise another.
    """

    dialect: Dialect

    def all(self, sql: str, parameters: Sequence[Any] = ()) -> list[Row]:
        """Every row."""
        ...

    def one(self, sql: str, parameters: Sequence[Any] = ()) -> Row | None:
        """The first row, or None."""
        ...

    def scalar(self, sql: str, parameters: Sequence[Any] = ()) -> Any:
        """The first value of the first row, or None."""
        ...

    def run(self, sql: str, parameters: Sequence[Any] = ()) -> int:
        """Run a statement; the number of rows that it changed."""
        ...

    def run_many(self, sql: str, rows: Iterable[Sequence[Any]]) -> None:
        """Run one statement for each row of values."""
        ...

    def stream(self, sql: str, parameters: Sequence[Any] = ()) -> Iterator[Row]:
        """Rows one after another, without holding them all."""
        ...

    def next_id(self) -> int:
        """A new id from the one sequence: below 2^53, rising, never given twice to commits."""
        ...

    def next_ids(self, count: int) -> list[int]:
        """`count` new ids, rising."""
        ...

    def after_commit(self, callback: Callable[[], None]) -> None:
        """Run `callback` once this write is durable; never when it rolls back."""
        ...

    def catalogue_version(self) -> int:
        """A number that grows with every committed change of cached data: modules, fields, alerts, tokens."""
        ...

    def bump_catalogue(self) -> None:
        """Say that cached data changes: in every such write, before anything is read back into a cache."""
        ...


class Database(Protocol):
    """Async doors for the web edge and connectors, sync twins (`*_now`) for threads, commands and tests."""

    dialect: Dialect

    async def read(self, work: Callable[[Tx], T]) -> T:
        """Run a short read. Inline on SQLite, in a pool thread on PostgreSQL."""
        ...

    async def look(self, work: Callable[[Tx], T]) -> T:
        """`read` for work that mostly asks for the catalogue version alone and finds the rest in a cache."""
        ...

    async def write(self, work: Callable[[Tx], T]) -> T:
        """Run `work` in a transaction and return after it is durable.

        It may run again, so it has no effect outside `tx`. A failed write takes nothing else with it.
        StorageFullError `storage_full` when there is no room, UnavailableError when there is no database.
        """
        ...

    async def scan(self, work: Callable[[Tx], T]) -> T:
        """Run a read that may take long, in its own thread."""
        ...

    def read_now(self, work: Callable[[Tx], T]) -> T:
        """`read`, or `scan`, from a thread that may block."""
        ...

    def write_now(self, work: Callable[[Tx], T]) -> T:
        """`write` from a thread that may block; never from the event loop."""
        ...

    def close(self) -> None:
        """Finish what is queued and let the files go."""
        ...
