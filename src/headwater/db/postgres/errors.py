"""PostgreSQL's errors in our words, and which of them pass when the work runs again."""

import re
from typing import NoReturn

import psycopg
from psycopg import errors
from psycopg_pool import PoolClosed, PoolTimeout, TooManyRequests

from headwater.db.errors import DuplicateError
from headwater.kernel.errors import HeadwaterError, StorageFullError, UnavailableError

# FeatureNotSupported is "cached plan must not change result type": a prepared statement outlived some DDL.
PASSING = (
    errors.SerializationFailure,
    errors.DeadlockDetected,
    errors.LockNotAvailable,
    errors.FeatureNotSupported,
)
_KEY = re.compile(r"Key \((.+?)\)=")


class StaleConnectionError(Exception):
    """A pooled connection turned out dead before any statement of the work ran on it."""


def is_passing(error: BaseException) -> bool:
    """Running the whole work again, in a new transaction, may succeed."""
    return isinstance(error, (*PASSING, StaleConnectionError))


def translated(error: BaseException) -> BaseException:
    """Our error for one of the driver's or the pool's, with its cause; any other error as it is.

    Disk full is StorageFullError `storage_full`, a unique index DuplicateError, conflicts that did not pass
    UnavailableError `database_busy`, trouble with the connection UnavailableError `database_unreachable`.
    """
    ours = _ours(error)
    if ours is None:
        return error
    ours.__cause__ = error
    return ours


def raise_ours(error: BaseException) -> NoReturn:
    """Raise the translated error from its cause, or the error itself when it has no translation."""
    raise translated(error)


def _ours(error: BaseException) -> HeadwaterError | None:
    if isinstance(error, errors.UniqueViolation):
        return _duplicate(error)
    if isinstance(error, errors.DiskFull):
        return StorageFullError(
            "storage_full",
            "The database has no room.",
            hint="Make room on the disk of the PostgreSQL server; nothing of this write was kept.",
        )
    if isinstance(error, PoolClosed):
        return UnavailableError("database_closed", "The database is closed.")
    if isinstance(error, (*PASSING, PoolTimeout, TooManyRequests)):
        return UnavailableError(
            "database_busy", "Others hold what this needs.", hint="Try again in a few seconds."
        )
    if isinstance(error, psycopg.OperationalError | psycopg.InterfaceError | StaleConnectionError):
        return UnavailableError(
            "database_unreachable",
            f"PostgreSQL does not answer: {_first_line(error)}.",
            hint="Look whether the server of database_url runs and accepts this user.",
        )
    return None


def _duplicate(error: errors.UniqueViolation) -> DuplicateError:
    key = _KEY.search(error.diag.message_detail or "")
    columns = tuple(key[1].split(", ")) if key else ()
    return DuplicateError(
        "A row with this value is there already.", columns, error.diag.constraint_name or ""
    )


def _first_line(error: BaseException) -> str:
    return (str(error).splitlines() or [""])[0].rstrip(".")
