"""Migrations."""

from importlib import resources

import pytest

from headwater.db.migrate import known_migrations, migrate
from headwater.db.sqlite import SqliteDatabase
from headwater.kernel.errors import FatalError


def recorded(database):
    """Numbers and names of what the database says was applied."""
    return database.read_now(lambda tx: tx.all("select number, name from migration order by number"))


def test_every_migration_has_a_file_for_each_database():
    assert [(each.number, each.name) for each in known_migrations("sqlite")] == [
        (each.number, each.name) for each in known_migrations("postgres")
    ]


def test_no_two_migrations_have_one_number():
    numbers = [each.number for each in known_migrations("sqlite")]
    assert numbers == sorted(set(numbers))


def test_every_file_of_the_folder_is_a_migration():
    files = [each.name for each in resources.files("headwater.db").joinpath("migrations").iterdir()]
    found = {f"{each.number:04d}_{each.name}" for each in known_migrations("sqlite")}
    assert sorted(files) == sorted(f"{name}.{kind}.sql" for name in found for kind in ("sqlite", "postgres"))


def test_migrating_again_does_nothing(database):
    before = recorded(database)
    assert migrate(database) == []
    assert recorded(database) == before
    assert before == [(each.number, each.name) for each in known_migrations(database.dialect)]


def test_a_missing_number_in_between_is_applied_later(sqlite_database):
    sqlite_database.write_now(lambda tx: tx.run("delete from migration where number = 1"))
    sqlite_database.write_now(lambda tx: tx.run("drop table id_sequence"))
    sqlite_database.write_now(lambda tx: tx.run("drop table catalogue"))
    assert migrate(sqlite_database) == ["core"]


def test_a_newer_database_is_refused(database):
    newer = "insert into migration (number, name, checksum, applied_at) values (9999, 'future', 'x', 0)"
    database.write_now(lambda tx: tx.run(newer))
    with pytest.raises(FatalError, match="9999 'future'") as caught:
        migrate(database)
    assert caught.value.code == "database_too_new"


def test_a_changed_migration_is_refused(database):
    database.write_now(lambda tx: tx.run("update migration set checksum = 'x' where number = 1"))
    with pytest.raises(FatalError) as caught:
        migrate(database)
    assert caught.value.code == "migration_changed"


def test_a_migration_that_fails_leaves_nothing_of_any(tmp_path, monkeypatch):
    from headwater.db import migrate as module

    good = known_migrations("sqlite")
    bad = module.Migration(9000, "bad", "create table half (id integer); create tabel typo (id integer);")
    monkeypatch.setattr(module, "known_migrations", lambda dialect: [*good, bad])
    database = SqliteDatabase(tmp_path / "headwater.db")
    with pytest.raises(Exception, match="tabel"):
        migrate(database)
    assert database.read_now(lambda tx: tx.all("select name from sqlite_schema")) == []
    database.close()
