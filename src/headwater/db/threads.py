"""Handing work to threads and awaiting it."""

import asyncio
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import TypeVar

from headwater.db.database import Tx

T = TypeVar("T")
Work = Callable[[Tx], T]


async def run_in(threads: ThreadPoolExecutor, run: Callable[[Work[T]], T], work: Work[T]) -> T:
    """What `run(work)` gives, run in one of the threads."""
    return await asyncio.get_running_loop().run_in_executor(threads, _without_stop_iteration, run, work)


def _without_stop_iteration(run: Callable[[Work[T]], T], work: Work[T]) -> T:
    try:
        return run(work)
    except StopIteration as error:  # a future cannot hold it, and its caller would wait for ever
        raise RuntimeError("The work raised StopIteration.") from error
