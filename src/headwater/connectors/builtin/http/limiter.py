"""Bounded concurrency to one system, which gives way when that system says that it is too much (E11)."""

import asyncio
import time
from collections import deque
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

DEFAULT_CONCURRENCY = 20
MOST_CONCURRENCY = 100


class Limiter:
    """At most `limit` requests at once; a 429 halves that and makes everybody wait, successes raise it."""

    def __init__(self, target: int) -> None:
        """Start at the target, which is never exceeded."""
        self.target = max(1, min(target, MOST_CONCURRENCY))
        self.limit = float(self.target)
        self._running = 0
        self._closed_until = 0.0
        self._waiting: deque[asyncio.Future[None]] = deque()

    @asynccontextmanager
    async def turn(self) -> AsyncIterator[None]:
        """Hold one of the places."""
        while self._running >= max(1, int(self.limit)):
            place: asyncio.Future[None] = asyncio.get_running_loop().create_future()
            self._waiting.append(place)
            try:
                await place
            except asyncio.CancelledError:
                # It may have been its turn: whoever waits next must not wait for a place that nobody takes.
                self._admit()
                raise
        self._running += 1
        try:
            await self._until_open()
            yield
        finally:
            self._running -= 1
            self._admit()

    def slow_down(self, seconds: float) -> None:
        """The other side had too much: half as many at once, and none for so long."""
        self.limit = max(1.0, self.limit / 2)
        self._closed_until = max(self._closed_until, time.monotonic() + seconds)

    def speed_up(self) -> None:
        """One more went well."""
        if self.limit < self.target:
            self.limit = min(self.target, self.limit + 1 / self.limit)
            self._admit()

    async def _until_open(self) -> None:
        while (left := self._closed_until - time.monotonic()) > 0:
            await asyncio.sleep(left)

    def _admit(self) -> None:
        room = max(1, int(self.limit)) - self._running
        while room > 0 and self._waiting:
            place = self._waiting.popleft()
            if not place.done():
                place.set_result(None)
                room -= 1
