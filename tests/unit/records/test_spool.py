"""The spool: files on their way in, each written by one call at a time."""

import asyncio

import pytest

from headwater.kernel.errors import ConflictError, TooLargeError
from headwater.records.importing.spool import Spool


@pytest.fixture
def spool(tmp_path):
    return Spool(tmp_path / "imports", 100)


async def pieces(*texts):
    for text in texts:
        yield text


def test_a_file_grows_piece_by_piece(spool):
    name = spool.create()
    asyncio.run(spool.append(name, pieces(b"ab", b"c"), 0, 5))
    asyncio.run(spool.append(name, pieces(b"de"), 3, 5))
    assert spool.path(name).read_bytes() == b"abcde"


def test_two_calls_never_write_one_file_at_the_same_time(spool):
    name = spool.create()

    async def both():
        is_begun, may_end = asyncio.Event(), asyncio.Event()

        async def slow():
            yield b"ab"
            is_begun.set()
            await may_end.wait()
            yield b"cd"

        first = asyncio.create_task(spool.append(name, slow(), 0, 9))
        await is_begun.wait()
        with pytest.raises(ConflictError) as caught:
            await spool.append(name, pieces(b"XX"), 2, 9)
        may_end.set()
        await first
        return caught.value.code

    assert asyncio.run(both()) == "upload_busy"
    assert spool.path(name).read_bytes() == b"abcd"
    asyncio.run(spool.append(name, pieces(b"ef"), 4, 9))
    assert spool.size(name) == 6


def test_what_came_before_the_limit_stays(spool):
    name = spool.create()
    with pytest.raises(TooLargeError):
        asyncio.run(spool.append(name, pieces(b"a" * 60, b"b" * 60), 0, None))
    assert spool.size(name) == 60
