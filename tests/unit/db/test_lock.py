"""The lock of a data folder."""

import stat
import subprocess
import sys

import pytest

from headwater.db.lock import FILE_NAME, Holder, acquire, holder_of
from headwater.kernel.errors import ConflictError

HOLDER = Holder("http://127.0.0.1:8400", "a key")
HOLD_UNTIL_TOLD = """
import sys
from pathlib import Path
from headwater.db.lock import Holder, acquire
lock = acquire(Path(sys.argv[1]), Holder("http://127.0.0.1:9", "k"))
print("held", flush=True)
sys.stdin.read()
"""


def test_nobody_holds_a_folder_that_was_never_used(tmp_path):
    assert holder_of(tmp_path / "new") is None


def test_the_holder_is_found_with_address_and_key(tmp_path):
    with acquire(tmp_path / "data", HOLDER):
        assert holder_of(tmp_path / "data") == HOLDER


def test_a_holder_that_has_no_address_yet_announces_it_later(tmp_path):
    with acquire(tmp_path) as lock:
        assert holder_of(tmp_path) is None
        lock.announce(Holder("http://127.0.0.1:123456789", "a long key"))
        lock.announce(HOLDER)
        assert holder_of(tmp_path) == HOLDER


def test_a_second_holder_is_refused_with_the_address(tmp_path):
    with acquire(tmp_path, HOLDER), pytest.raises(ConflictError, match=r"127\.0\.0\.1:8400") as caught:
        acquire(tmp_path)
    assert caught.value.code == "data_in_use"


def test_a_released_folder_can_be_held_again(tmp_path):
    acquire(tmp_path, HOLDER).release()
    assert holder_of(tmp_path) is None
    acquire(tmp_path).release()


def test_the_lock_file_is_for_its_owner_only(tmp_path):
    with acquire(tmp_path, HOLDER):
        assert stat.S_IMODE((tmp_path / FILE_NAME).stat().st_mode) == 0o600


def test_a_killed_holder_leaves_the_folder_free(tmp_path):
    child = subprocess.Popen(
        [sys.executable, "-c", HOLD_UNTIL_TOLD, str(tmp_path)], stdin=subprocess.PIPE, stdout=subprocess.PIPE
    )
    with child:
        assert child.stdout.readline() == b"held\n"
        with pytest.raises(ConflictError):
            acquire(tmp_path)
        child.kill()
        child.wait()
        assert holder_of(tmp_path) is None
        acquire(tmp_path).release()
