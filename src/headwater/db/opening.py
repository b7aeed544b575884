"""From settings to a database that is ready: opened, migrated, refused when it is newer than the program."""

from pathlib import Path

from headwater.db.database import Database
from headwater.db.migrate import migrate
from headwater.db.sqlite import SqliteDatabase
from headwater.kernel.errors import InvalidError
from headwater.kernel.settings import Settings

FILE_NAME = "headwater.db"


def open_database(settings: Settings) -> Database:
    """PostgreSQL when `database_url` names one, otherwise the SQLite file in the data folder, which is made.

    InvalidError `invalid_setting` for another kind of address; FatalError of `migrate`.
    """
    database = _open(settings)
    try:
        migrate(database)
    except BaseException:
        database.close()
        raise
    return database


def database_file(settings: Settings) -> Path:
    """Where the SQLite file of this data folder is."""
    return settings.data / FILE_NAME


def _open(settings: Settings) -> Database:
    url = settings.database_url
    if not url:
        settings.data.mkdir(parents=True, exist_ok=True, mode=0o700)
        return SqliteDatabase(database_file(settings))
    if not url.startswith(("postgresql://", "postgres://")):
        raise InvalidError(
            "invalid_setting", "database_url wants postgresql://user@host/name, or nothing for SQLite."
        )
    # psycopg takes 60 ms and 20 MB that a server on SQLite does not need
    from headwater.db.postgres import PostgresDatabase  # noqa: PLC0415

    return PostgresDatabase(url)
