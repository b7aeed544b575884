"""What tests of faults share: a server that can be killed."""

import pytest

from tests.faults.killable import killable_server


@pytest.fixture
def server(tmp_path, server_url):
    """A started server in a process of its own, on a fresh data folder."""
    with killable_server(tmp_path / "data", server_url) as server:
        yield server
