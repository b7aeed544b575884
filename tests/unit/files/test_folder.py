"""The folder of stored files: each content once and whole, nothing left of what failed."""

import asyncio
import subprocess
import sys

import pytest

from headwater.files.folder import FileFolder
from headwater.kernel.errors import NotFoundError, TooLargeError


async def pieces(*parts):
    for part in parts:
        yield part


def save(folder, *parts, max_bytes=1_000):
    return asyncio.run(folder.save(pieces(*parts), max_bytes))


def files_in(root):
    return [each for each in root.rglob("*") if each.is_file()]


def test_one_content_is_one_file_however_it_came_and_how_often(tmp_path):
    folder = FileFolder(tmp_path)
    whole, cut = save(folder, b"abc"), save(folder, b"a", b"bc")
    assert whole == cut
    assert [each.read_bytes() for each in files_in(tmp_path)] == [b"abc"]
    assert folder.open_path(whole.sha256).read_bytes() == b"abc"


def test_a_file_that_is_too_large_leaves_nothing(tmp_path):
    with pytest.raises(TooLargeError):
        save(FileFolder(tmp_path), b"x" * 600, b"x" * 600)
    assert files_in(tmp_path) == []


def test_a_sender_that_breaks_off_leaves_nothing(tmp_path):
    async def broken():
        yield b"abc"
        raise ConnectionError

    with pytest.raises(ConnectionError):
        asyncio.run(FileFolder(tmp_path).save(broken(), 1_000))
    assert files_in(tmp_path) == []


def test_a_content_that_is_gone_says_so(tmp_path):
    with pytest.raises(NotFoundError) as caught:
        FileFolder(tmp_path).open_path("a" * 64)
    assert caught.value.code == "file_lost"


# Pieces smaller than the buffer are written late: the last of them when the file is closed, which fails too.
NO_ROOM = """
import asyncio, resource, signal, sys
from pathlib import Path
from headwater.files.folder import FileFolder

signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
resource.setrlimit(resource.RLIMIT_FSIZE, (50_000, resource.RLIM_INFINITY))

async def pieces():
    for _ in range(1_000):
        yield b"x" * 100

try:
    asyncio.run(FileFolder(Path(sys.argv[1])).save(pieces(), 1_000_000))
except OSError:
    print("refused")
"""


def test_a_disk_without_room_leaves_nothing(tmp_path):
    command = [sys.executable, "-c", NO_ROOM, str(tmp_path)]
    done = subprocess.run(command, capture_output=True, text=True, timeout=60, check=False)
    assert done.stdout == "refused\n", done.stderr
    assert files_in(tmp_path) == []
