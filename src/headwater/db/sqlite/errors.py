"""SQLite's errors in our words."""

import re
from typing import NoReturn

import apsw

from headwater.db.errors import DuplicateError
from headwater.kernel.errors import HeadwaterError, StorageFullError, UnavailableError

_UNIQUE = (apsw.SQLITE_CONSTRAINT_UNIQUE, apsw.SQLITE_CONSTRAINT_PRIMARYKEY, apsw.SQLITE_CONSTRAINT_ROWID)
_NO_ROOM = (apsw.FullError, apsw.IOError, apsw.CantOpenError)
_INDEX = re.compile(r"index '([^']+)'")


def translated(error: BaseException) -> BaseException:
    """Our error for one of SQLite's, with its cause; any other error as it is.

    No room and failed input or output become StorageFullError `storage_full`, a lock that others hold too
    long UnavailableError `database_busy`, a unique index DuplicateError.
    """
    if not isinstance(error, apsw.Error):
        return error
    ours = _ours(error)
    if ours is None:
        return error
    ours.__cause__ = error
    return ours


def raise_ours(error: BaseException) -> NoReturn:
    """Raise the translated error from its cause, or the error itself when it has no translation."""
    raise translated(error)


def _ours(error: apsw.Error) -> HeadwaterError | None:
    if isinstance(error, _NO_ROOM):
        return StorageFullError(
            "storage_full",
            f"The database could not be written: {error}.",
            hint="Make room on the disk of the data folder; nothing of this write was kept.",
        )
    if isinstance(error, apsw.BusyError | apsw.LockedError):
        return UnavailableError(
            "database_busy", "Another process holds the database.", hint="Try again in a few seconds."
        )
    if isinstance(error, apsw.ConstraintError) and apsw_code(error) in _UNIQUE:
        return _duplicate(str(error))
    return None


def apsw_code(error: apsw.Error) -> int:
    """The extended result code, which apsw's stubs do not declare."""
    code: int = getattr(error, "extendedresult", 0)
    return code


def _duplicate(message: str) -> DuplicateError:
    index = _INDEX.search(message)
    names = message.rpartition(": ")[2].split(", ")
    columns = () if index else tuple(name.rpartition(".")[2] for name in names)
    return DuplicateError("A row with this value is there already.", columns, index[1] if index else "")
