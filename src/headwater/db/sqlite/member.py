"""One write that waits for its group: the work, and the way its answer goes back to the task or thread."""

import asyncio
import threading
from collections.abc import Callable, Sequence
from contextlib import suppress
from typing import Any

from headwater.db.sqlite.tx import WriteTx


class Member:
    """A write of a thread (`lock` is let go when it is answered) or of a task (`future` of `loop`)."""

    __slots__ = ("callbacks", "error", "future", "lock", "loop", "result", "work")

    def __init__(self, work: Callable[[WriteTx], Any], loop: asyncio.AbstractEventLoop | None = None) -> None:
        """Give the loop when a task waits."""
        self.work = work
        self.loop = loop
        self.result: Any = None
        self.error: BaseException | None = None
        self.callbacks: Sequence[Callable[[], None]] = ()
        self.future: asyncio.Future[Any] | None = None
        self.lock: threading.Lock | None = None
        if loop is not None:
            self.future = loop.create_future()
        else:
            self.lock = threading.Lock()
            self.lock.acquire()

    def wait(self) -> Any:
        """Block the calling thread until it is answered; the result, or the error raised."""
        assert self.lock is not None
        self.lock.acquire()
        if self.error is not None:
            raise self.error
        return self.result


def answer(members: Sequence[Member]) -> None:
    """Tell everybody how it went: one wake-up for each event loop, however many tasks wait there."""
    of_loops: dict[asyncio.AbstractEventLoop, list[Member]] = {}
    for member in members:
        if member.lock is not None:
            member.lock.release()
        elif member.loop is not None:
            of_loops.setdefault(member.loop, []).append(member)
    for loop, waiting in of_loops.items():
        with suppress(RuntimeError):  # the loop was closed: nobody waits there any more
            loop.call_soon_threadsafe(_resolve, waiting)


def _resolve(members: Sequence[Member]) -> None:
    for member in members:
        future = member.future
        if future is None or future.done():  # the task was cancelled
            continue
        if member.error is None:
            future.set_result(member.result)
        elif isinstance(member.error, StopIteration):  # a future cannot hold it
            future.set_exception(RuntimeError("The work raised StopIteration."))
        else:
            future.set_exception(member.error)
