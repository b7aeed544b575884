"""What only PostgreSQL needs: conflicts run again, tables give way, dead connections are replaced."""

import threading
from concurrent.futures import ThreadPoolExecutor

import psycopg
import pytest

from headwater.db.ddl import run_ddl
from headwater.db.opening import open_database
from headwater.db.postgres import connection as connections
from headwater.kernel.errors import FatalError, StorageFullError, UnavailableError
from headwater.kernel.settings import Settings

pytestmark = pytest.mark.postgres


@pytest.fixture
def table(postgres_database):
    """A table `note` with two rows."""
    postgres_database.write_now(lambda tx: tx.run("create table note (id bigint primary key, count bigint)"))
    postgres_database.write_now(lambda tx: tx.run("insert into note (id, count) values (1, 0), (2, 0)"))
    return postgres_database


def counts(tx):
    return tx.all("select id, count from note order by id")


def test_a_deadlock_is_resolved_by_running_one_write_again(table):
    both_have_one = threading.Barrier(2)
    runs = []

    def add_in_order(first, second):
        def work(tx):
            runs.append(first)
            tx.run("update note set count = count + 1 where id = ?", (first,))
            if runs.count(first) == 1:
                both_have_one.wait(10)
            tx.run("update note set count = count + 1 where id = ?", (second,))

        return work

    with ThreadPoolExecutor(2) as threads:
        writes = [threads.submit(table.write_now, add_in_order(*order)) for order in ((1, 2), (2, 1))]
        for write in writes:
            write.result(20)
    assert table.read_now(counts) == [(1, 2), (2, 2)]
    assert len(runs) == 3


def test_a_serialisation_failure_runs_again(table):
    runs = []

    def fails_once(tx):
        runs.append(len(runs))
        tx.run("update note set count = count + 1 where id = 1")
        if len(runs) == 1:
            tx.run("do $$ begin raise exception 'conflict' using errcode = '40001'; end $$")

    table.write_now(fails_once)
    assert runs == [0, 1]
    assert table.read_now(counts) == [(1, 1), (2, 0)]


def test_conflicts_that_never_end_are_told(table, monkeypatch):
    monkeypatch.setattr("headwater.db.postgres.database.LONGEST_WAIT_SECONDS", 0.001)

    def always(tx):
        tx.run("do $$ begin raise exception 'conflict' using errcode = '40001'; end $$")

    with pytest.raises(UnavailableError) as caught:
        table.write_now(always)
    assert caught.value.code == "database_busy"


def test_callbacks_of_a_run_that_was_given_up_are_never_called(table):
    heard = []

    def fails_once(tx):
        is_first = not heard
        tx.after_commit(lambda: heard.append("called"))
        if is_first and not runs:
            runs.append(1)
            tx.run("do $$ begin raise exception 'conflict' using errcode = '40001'; end $$")

    runs = []
    table.write_now(fails_once)
    assert heard == ["called"]


def test_ddl_gives_way_to_a_long_reader_and_runs_when_it_ends(table):
    reading, read_on = threading.Event(), threading.Event()
    runs = []

    def long_read(tx):
        counts(tx)
        reading.set()
        assert read_on.wait(20)

    def change(tx):
        runs.append(1)
        if len(runs) == 2:
            read_on.set()
        run_ddl(tx, "alter table note add column extra bigint")

    with ThreadPoolExecutor(1) as threads:
        reader = threads.submit(table.read_now, long_read)
        assert reading.wait(10)
        table.write_now(change)
        reader.result(10)
    assert len(runs) >= 2
    assert table.read_now(lambda tx: tx.one("select extra from note where id = 1")) == (None,)


def test_a_prepared_statement_outlives_a_changed_column(table):
    for _ in range(10):
        assert table.read_now(counts)
    table.write_now(lambda tx: run_ddl(tx, "alter table note alter column count type numeric"))
    assert table.read_now(counts) == [(1, 0), (2, 0)]


def test_connections_that_the_server_closed_are_replaced(table, postgres_url):
    table.read_now(counts)
    with psycopg.connect(postgres_url, autocommit=True) as other:
        other.execute(
            "select pg_terminate_backend(pid) from pg_stat_activity"
            " where datname = current_database() and pid <> pg_backend_pid()"
        )
    assert table.read_now(counts) == [(1, 0), (2, 0)]
    table.write_now(lambda tx: tx.run("update note set count = 5 where id = 1"))
    assert table.read_now(counts) == [(1, 5), (2, 0)]


def test_a_connection_lost_in_the_middle_of_a_write_is_told_and_nothing_is_kept(table):
    def work(tx):
        tx.run("update note set count = 7 where id = 1")
        tx.run("select pg_terminate_backend(pg_backend_pid())")

    with pytest.raises(UnavailableError) as caught:
        table.write_now(work)
    assert caught.value.code == "database_unreachable"
    assert table.read_now(counts) == [(1, 0), (2, 0)]


def test_a_full_disk_is_told(table):
    with pytest.raises(StorageFullError) as caught:
        table.write_now(
            lambda tx: tx.run("do $$ begin raise exception 'full' using errcode = '53100'; end $$")
        )
    assert caught.value.code == "storage_full"
    assert table.read_now(counts)


def test_json_stays_text_and_times_are_utc(table):
    assert table.read_now(lambda tx: tx.scalar("""select '{"a":  1}'::jsonb""")) == '{"a": 1}'
    moment = table.read_now(lambda tx: tx.scalar("select '2031-05-02T09:00:00+02:00'::timestamptz"))
    assert moment.isoformat() == "2031-05-02T07:00:00+00:00"


def test_a_server_that_is_not_there_is_named():
    with pytest.raises(UnavailableError) as caught:
        open_database(Settings(database_url="postgresql://nobody@/none?host=/nowhere"))
    assert caught.value.code == "database_unreachable"


def test_an_old_server_is_refused(postgres_url, monkeypatch):
    monkeypatch.setattr(connections, "OLDEST_SERVER", 990000)
    with pytest.raises(FatalError) as caught:
        open_database(Settings(database_url=postgres_url))
    assert caught.value.code == "postgres_too_old"
