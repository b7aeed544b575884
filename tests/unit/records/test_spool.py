"""The spool: files on their way in, each written by the call that came last."""

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


def test_the_call_that_came_last_goes_on_and_the_earlier_one_writes_no_more(spool):
    name = spool.create()

    async def both():
        is_begun, may_go_on = asyncio.Event(), asyncio.Event()

        async def slow():
            yield b"ab"
            is_begun.set()
            await may_go_on.wait()
            yield b"XX"

        first = asyncio.create_task(spool.append(name, slow(), 0, 9))
        await is_begun.wait()
        await spool.append(name, pieces(b"cd"), spool.size(name), 9)
        may_go_on.set()
        with pytest.raises(ConflictError) as caught:
            await first
        return caught.value

    refusal = asyncio.run(both())
    assert (refusal.code, refusal.headers["upload-offset"]) == ("wrong_offset", "4")
    assert spool.path(name).read_bytes() == b"abcd"
    asyncio.run(spool.append(name, pieces(b"ef"), 4, 9))
    assert spool.size(name) == 6


def test_what_came_before_the_limit_stays(spool):
    name = spool.create()
    with pytest.raises(TooLargeError):
        asyncio.run(spool.append(name, pieces(b"a" * 60, b"b" * 60), 0, None))
    assert spool.size(name) == 60
