"""A consistent copy of the database while it serves."""

import os
from pathlib import Path

from headwater.db.database import Database
from headwater.db.sqlite import SqliteDatabase
from headwater.kernel.errors import ConflictError, NotBuiltError


def back_up(database: Database, target: Path) -> None:
    """Copy the database of one moment into a new file (0600) that is whole or not there. It may take long.

    ConflictError `backup_exists` when the file is there; NotBuiltError `backup_not_built` on PostgreSQL.
    """
    if not isinstance(database, SqliteDatabase):
        raise NotBuiltError(
            "backup_not_built",
            "Headwater copies SQLite databases only.",
            hint="Use pg_dump for PostgreSQL.",
        )
    if target.exists():
        raise ConflictError("backup_exists", f"{target} is there already.", hint="Name another file.")
    partial = target.with_name(target.name + ".partial")
    partial.unlink(missing_ok=True)
    partial.touch(mode=0o600)
    try:
        database.copy_to(partial)
        _sync(partial)
        partial.rename(target)
        _sync(target.parent)
    finally:
        partial.unlink(missing_ok=True)


def _sync(path: Path) -> None:
    descriptor = os.open(path, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
