"""Connections to one SQLite file: how they are opened and set, and which SQLite is refused."""

from pathlib import Path

import apsw

from headwater.kernel.errors import FatalError

OLDEST_SQLITE = (3, 51, 3)
BUSY_TIMEOUT_MS = 10_000
STATEMENTS_KEPT = 1000
WRITER_CACHE_KIB = 64_000
READER_CACHE_KIB = 16_000
WAL_PAGES_BEFORE_CHECKPOINT = 4000  # 16 MB: an import is a fifth quicker than with SQLite's 1,000
WAL_KEPT_BYTES = 64 * 1024 * 1024


def open_writer(path: Path) -> apsw.Connection:
    """The one connection that writes; it makes the file (0600) when there is none and turns WAL on."""
    refuse_old_sqlite(apsw.sqlite_lib_version())
    path.touch(mode=0o600)
    connection = _open(path, WRITER_CACHE_KIB)
    connection.pragma("journal_mode", "wal")
    connection.pragma("synchronous", "full")
    connection.pragma("wal_autocheckpoint", WAL_PAGES_BEFORE_CHECKPOINT)
    connection.pragma("journal_size_limit", WAL_KEPT_BYTES)
    return connection


def open_reader(path: Path) -> apsw.Connection:
    """A connection that cannot change anything."""
    connection = _open(path, READER_CACHE_KIB)
    connection.pragma("query_only", 1)
    return connection


def refuse_old_sqlite(version: str) -> None:
    """Versions before 3.51.3 can corrupt a WAL: FatalError `sqlite_too_old`."""
    if tuple(int(part) for part in version.split(".")[:3]) < OLDEST_SQLITE:
        raise FatalError(
            "sqlite_too_old",
            f"SQLite {version} can corrupt its write-ahead log.",
            hint="Install apsw 3.51.3 or newer, which brings its own SQLite.",
        )


def _open(path: Path, cache_kib: int) -> apsw.Connection:
    connection = apsw.Connection(str(path), statementcachesize=STATEMENTS_KEPT)
    connection.set_busy_timeout(BUSY_TIMEOUT_MS)
    connection.pragma("foreign_keys", 1)
    connection.pragma("mmap_size", 0)
    connection.pragma("cache_size", -cache_kib)
    return connection
