"""What every test may ask for: a database of either kind, a clock that stands still."""

import pytest

from headwater.db.migrate import migrate
from headwater.db.sqlite import SqliteDatabase
from headwater.kernel.clock import FixedClock


@pytest.fixture
def clock() -> FixedClock:
    """2031-05-02T07:00:00Z until it is moved."""
    return FixedClock()


@pytest.fixture(params=["sqlite"])
def database(request, tmp_path):
    """A fresh, migrated database."""
    database = SqliteDatabase(tmp_path / "headwater.db")
    migrate(database)
    yield database
    database.close()
