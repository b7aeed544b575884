"""The embedded database: SQLite with one writer thread and group commit."""

from headwater.db.sqlite.database import SqliteDatabase

__all__ = ["SqliteDatabase"]
