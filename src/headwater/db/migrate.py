"""Migrations: numbered files, applied in order in one transaction under a lock, remembered by checksum."""

import hashlib
import re
from dataclasses import dataclass
from importlib import resources

from headwater.db.database import Database, Dialect, Tx
from headwater.db.sql_text import statements
from headwater.kernel.clock import Clock, SystemClock
from headwater.kernel.errors import FatalError

_NAME = re.compile(r"(\d{4})_(\w+)\.(sqlite|postgres)\.sql")
_LOCK_KEY = 0x48454144  # any fixed number; it spells HEAD
_TABLE = """create table if not exists migration (
    number {integer} primary key, name text not null, checksum text not null, applied_at {integer} not null
)"""


@dataclass(frozen=True)
class Migration:
    """One file: its number, name and SQL text."""

    number: int
    name: str
    text: str

    @property
    def checksum(self) -> str:
        """SHA-256 of the text."""
        return hashlib.sha256(self.text.encode()).hexdigest()


def migrate(database: Database, clock: Clock | None = None) -> list[str]:
    """Apply every file that the database does not record yet; the names of those applied.

    All or nothing. FatalError `database_too_new` when it records a migration that this program does not know,
    `migration_changed` when a recorded file has another text now.
    """
    known = known_migrations(database.dialect)
    now = (clock or SystemClock()).now()
    return database.write_now(lambda tx: _apply_missing(tx, known, now))


def known_migrations(dialect: Dialect) -> list[Migration]:
    """The files of this program for one database, by number."""
    found = []
    for file in resources.files("headwater.db").joinpath("migrations").iterdir():
        match = _NAME.fullmatch(file.name)
        if match and match[3] == dialect:
            found.append(Migration(int(match[1]), match[2], file.read_text(encoding="utf-8")))
    return sorted(found, key=lambda each: each.number)


def _apply_missing(tx: Tx, known: list[Migration], now: int) -> list[str]:
    if tx.dialect == "postgres":
        tx.scalar("select pg_advisory_xact_lock(?)", (_LOCK_KEY,))
    tx.run(_TABLE.format(integer="integer" if tx.dialect == "sqlite" else "bigint"))
    applied = {
        number: (name, checksum)
        for number, name, checksum in tx.all("select number, name, checksum from migration")
    }
    _refuse_newer(known, applied)
    missing = [each for each in known if each.number not in applied]
    for each in missing:
        _apply(tx, each, now)
    return [each.name for each in missing]


def _apply(tx: Tx, migration: Migration, now: int) -> None:
    for statement in statements(migration.text):
        tx.run(statement)
    tx.run(
        "insert into migration (number, name, checksum, applied_at) values (?, ?, ?, ?)",
        (migration.number, migration.name, migration.checksum, now),
    )


def _refuse_newer(known: list[Migration], applied: dict[int, tuple[str, str]]) -> None:
    by_number = {each.number: each for each in known}
    for number, (name, checksum) in applied.items():
        migration = by_number.get(number)
        if migration is None:
            raise FatalError(
                "database_too_new",
                f"The database was made by a newer Headwater: it has the migration {number:04d} '{name}'.",
                hint="Install the newer Headwater again, or restore a backup from before the update.",
            )
        if migration.checksum != checksum:
            raise FatalError(
                "migration_changed",
                f"The migration {number:04d} '{name}' of the database has another text than this program's.",
                hint="Install the Headwater that made this database, or restore a backup.",
            )
