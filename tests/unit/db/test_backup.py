"""Copies of a database that serves."""

import threading

import pytest

from headwater.db.backup import back_up
from headwater.db.migrate import migrate
from headwater.db.sqlite import SqliteDatabase
from headwater.kernel.errors import ConflictError, NotBuiltError


def count(database):
    """How many rows there are of each half of a pair."""
    return database.read_now(
        lambda tx: (tx.scalar("select count(*) from half_a"), tx.scalar("select count(*) from half_b"))
    )


@pytest.fixture
def pairs(sqlite_database):
    """Two tables that are always written together."""
    for name in ("half_a", "half_b"):
        sqlite_database.write_now(lambda tx, it=name: tx.run(f"create table {it} (id integer primary key)"))
    return sqlite_database


def add_pair(tx):
    pair_id = tx.next_id()
    tx.run("insert into half_a (id) values (?)", (pair_id,))
    tx.run("insert into half_b (id) values (?)", (pair_id,))


def test_a_copy_made_while_others_write_is_whole(pairs, tmp_path):
    stop = threading.Event()

    def write_on():
        while not stop.is_set():
            pairs.write_now(add_pair)

    pairs.write_now(add_pair)
    writer = threading.Thread(target=write_on)
    writer.start()
    back_up(pairs, tmp_path / "copy.db")
    stop.set()
    writer.join()
    copy = SqliteDatabase(tmp_path / "copy.db")
    assert migrate(copy) == []
    first, second = count(copy)
    assert first == second > 0
    copy.write_now(add_pair)
    assert count(copy) == (first + 1, second + 1)
    copy.close()


def test_a_copy_is_for_its_owner_only_and_leaves_no_partial_file(pairs, tmp_path):
    back_up(pairs, tmp_path / "copy.db")
    assert (tmp_path / "copy.db").stat().st_mode & 0o777 == 0o600
    assert [each.name for each in tmp_path.glob("copy*")] == ["copy.db"]


def test_a_file_that_is_there_is_never_overwritten(pairs, tmp_path):
    (tmp_path / "copy.db").write_text("precious")
    with pytest.raises(ConflictError) as caught:
        back_up(pairs, tmp_path / "copy.db")
    assert caught.value.code == "backup_exists"
    assert (tmp_path / "copy.db").read_text() == "precious"


@pytest.mark.postgres
def test_postgres_is_left_to_its_own_tool(postgres_database, tmp_path):
    with pytest.raises(NotBuiltError) as caught:
        back_up(postgres_database, tmp_path / "copy.db")
    assert "pg_dump" in caught.value.hint
