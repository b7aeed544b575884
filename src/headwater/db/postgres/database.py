"""`Database` on PostgreSQL: pooled connections, work in threads, writes that run again after a conflict."""

import logging
import random
import threading
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from typing import Any, TypeVar

import psycopg
from psycopg.pq import TransactionStatus
from psycopg_pool import ConnectionPool

from headwater.db.database import Dialect, Tx
from headwater.db.postgres.connection import Connection, check_server, configure
from headwater.db.postgres.errors import StaleConnectionError, is_passing, raise_ours
from headwater.db.postgres.glance import Glance, Glances, NeedsMoreError
from headwater.db.postgres.tx import ALONE, READ, WRITE, PostgresTx
from headwater.db.threads import run_in

T = TypeVar("T")
READS_AT_ONCE = 6
SCANS_AT_ONCE = 4
WRITES_AT_ONCE = 10
CONNECTIONS = 24  # the threads above, and some for callers of read_now and write_now
POOL_TIMEOUT_SECONDS = 10
ATTEMPTS = 40
LONGEST_WAIT_SECONDS = 0.2
log = logging.getLogger("headwater.db")


class PostgresDatabase:
    """Any number of processes may share it."""

    dialect: Dialect = "postgres"

    def __init__(self, url: str) -> None:
        """Connect. UnavailableError `database_unreachable`, or FatalError `postgres_too_old`."""
        check_server(url)
        self._pool: ConnectionPool[Connection] = ConnectionPool(
            url,
            min_size=1,
            max_size=CONNECTIONS,
            timeout=POOL_TIMEOUT_SECONDS,
            kwargs={"autocommit": True},
            configure=configure,
            open=True,
        )
        self._reads = ThreadPoolExecutor(READS_AT_ONCE, thread_name_prefix="headwater-read")
        self._scans = ThreadPoolExecutor(SCANS_AT_ONCE, thread_name_prefix="headwater-scan")
        self._writes = ThreadPoolExecutor(WRITES_AT_ONCE, thread_name_prefix="headwater-write")
        self._here = threading.local()
        self._glances = Glances(self._ask_version)

    async def look(self, work: Callable[[Tx], T]) -> T:
        """Run `work` here with the catalogue version alone; as a read when it asks for more."""
        glance: Any = Glance(await self._glances.version())
        try:
            return work(glance)
        except NeedsMoreError:
            return await self.read(work)

    async def read(self, work: Callable[[Tx], T]) -> T:
        """Run a short read in a pool thread."""
        return await run_in(self._reads, self.read_now, work)

    async def scan(self, work: Callable[[Tx], T]) -> T:
        """Run a long read in a thread of its own kind, so that short reads never wait for it."""
        return await run_in(self._scans, self.read_now, work)

    async def write(self, work: Callable[[Tx], T]) -> T:
        """Run `work` in a pool thread. A caller who is cancelled does not stop it once it has begun."""
        return await run_in(self._writes, self.write_now, work)

    def read_now(self, work: Callable[[Tx], T]) -> T:
        """Run a read over one snapshot on the calling thread."""
        return self._until_it_passes(lambda: self._once(READ, work))

    def write_now(self, work: Callable[[Tx], T]) -> T:
        """Run `work` in a transaction; again after a serialisation failure, a deadlock or DDL that gave way.

        RuntimeError inside a write, which might wait for itself.
        """
        if getattr(self._here, "is_writing", False):
            raise RuntimeError("A write cannot wait for another write: do it in the same transaction.")
        self._here.is_writing = True
        try:
            result, callbacks = self._until_it_passes(lambda: self._write_once(work))
        finally:
            self._here.is_writing = False
        for callback in callbacks:
            try:
                callback()
            except Exception:  # the write is durable: its answer must not depend on who hears of it
                log.exception("A callback after the commit failed.")
        return result

    def close(self) -> None:
        """Let running work end and close the connections."""
        for threads in (self._reads, self._scans, self._writes):
            threads.shutdown()
        self._pool.close()

    def _until_it_passes(self, attempt: Callable[[], T]) -> T:
        wait = 0.002
        for left in reversed(range(ATTEMPTS)):
            try:
                return attempt()
            except (psycopg.Error, StaleConnectionError) as error:
                if left == 0 or not is_passing(error):
                    raise_ours(error)
            time.sleep(random.uniform(0, wait))  # apart from those that it collided with
            wait = min(wait * 2, LONGEST_WAIT_SECONDS)
        raise AssertionError("the last attempt raises")

    async def _ask_version(self) -> int:
        return await run_in(self._reads, self._alone_now, lambda tx: tx.catalogue_version())

    def _alone_now(self, work: Callable[[Tx], T]) -> T:
        return self._until_it_passes(lambda: self._once(ALONE, work))

    def _once(self, begin: str, work: Callable[[Tx], T]) -> T:
        with self._transaction(begin) as tx:
            return work(tx)

    def _write_once(self, work: Callable[[Tx], T]) -> tuple[T, list[Callable[[], None]]]:
        with self._transaction(WRITE) as tx:
            result = work(tx)
        return result, tx.callbacks

    @contextmanager
    def _transaction(self, begin: str) -> Iterator[PostgresTx]:
        with self._connection() as connection:
            tx = PostgresTx(connection, begin)
            try:
                yield tx
                if tx.failure is not None:  # the work swallowed it; COMMIT would quietly roll back
                    raise_ours(tx.failure)
                if tx.is_open and begin:
                    connection.execute("commit")
            finally:
                if connection.info.transaction_status in (
                    TransactionStatus.INTRANS,
                    TransactionStatus.INERROR,
                ):
                    connection.execute("rollback")

    @contextmanager
    def _connection(self) -> Iterator[Connection]:
        try:
            connection = self._pool.getconn()
        except psycopg.OperationalError as error:  # the pool is closed, empty, or cannot connect
            raise_ours(error)
        try:
            yield connection
        finally:
            self._pool.putconn(connection)
