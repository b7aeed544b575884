"""Work that is done to its end though its caller is cancelled, so that nobody begins it anew beside it."""

import asyncio
from collections.abc import Awaitable
from typing import TypeVar

T = TypeVar("T")


async def uncut(work: Awaitable[T]) -> T:
    """What `work` gives. A cancelled caller waits for its end and is cancelled then: for short work only."""
    task = asyncio.ensure_future(work)
    try:
        return await asyncio.shield(task)
    except asyncio.CancelledError:
        if not task.cancelled():
            await asyncio.wait({task})
        raise
