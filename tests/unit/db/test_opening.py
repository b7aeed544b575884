"""Opening a database from the settings."""

import subprocess
import sys

import pytest

from headwater.db.opening import database_file, open_database
from headwater.kernel.errors import InvalidError
from headwater.kernel.settings import Settings

OPEN = """
import sys
from pathlib import Path
from headwater.db.opening import open_database
from headwater.kernel.settings import Settings
open_database(Settings(data=Path(sys.argv[1]))).close()
print(*sorted({"psycopg", "psycopg_pool", "sqlalchemy", "sqlite3"} & set(sys.modules)))
"""


def test_opening_makes_the_folder_and_the_file_for_the_owner_only(tmp_path):
    settings = Settings(data=tmp_path / "some" / "data")
    open_database(settings).close()
    assert database_file(settings).stat().st_mode & 0o777 == 0o600
    assert settings.data.stat().st_mode & 0o777 == 0o700


@pytest.mark.postgres
def test_opening_follows_the_url_to_postgres(postgres_url):
    database = open_database(Settings(database_url=postgres_url))
    assert database.dialect == "postgres"
    database.close()


def test_opening_refuses_other_addresses(tmp_path):
    with pytest.raises(InvalidError) as caught:
        open_database(Settings(data=tmp_path, database_url="mysql://localhost/x"))
    assert caught.value.code == "invalid_setting"


def test_sqlite_needs_none_of_the_heavy_packages(tmp_path):
    command = [sys.executable, "-c", OPEN, str(tmp_path)]
    done = subprocess.run(command, capture_output=True, text=True, timeout=60, check=True)
    assert done.stdout.strip() == ""
