"""A server starts without the packages that only some work needs: each costs a tenth of a second."""

import subprocess
import sys

HEAVY = {"aiohttp", "jwt", "polars", "prometheus_client", "psycopg", "rich", "sqlalchemy", "structlog"}
LOADED = "import sys, headwater.server; print(*{name.partition('.')[0] for name in sys.modules})"


def test_a_start_loads_no_heavy_package() -> None:
    loaded = subprocess.run([sys.executable, "-c", LOADED], check=True, capture_output=True, text=True).stdout
    assert HEAVY & set(loaded.split()) == set()
