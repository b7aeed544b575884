"""Bounded concurrency to one system, which gives way when that system says that it is too much (E11)."""

import asyncio
import time
from collections import deque

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

    async def __aenter__(self) -> None:
        """Hold one of the places, in `async with`; those who came first get theirs first."""
        if self._waiting or self._running >= self._places:
            await self._turn()
        else:
            self._running += 1
        try:
            while (left := self._closed_until - time.monotonic()) > 0:
                await asyncio.sleep(left)
        except asyncio.CancelledError:
            self._leave()
            raise

    async def __aexit__(self, *error: object) -> None:
        """Give the place back."""
        self._leave()

    def slow_down(self, seconds: float) -> None:
        """The other side had too much: half as many at once, and none for so long."""
        self.limit = max(1.0, self.limit / 2)
        self._closed_until = max(self._closed_until, time.monotonic() + seconds)

    def speed_up(self) -> None:
        """One more went well."""
        if self.limit < self.target:
            self.limit = min(self.target, self.limit + 1 / self.limit)
            self._admit()

    @property
    def _places(self) -> int:
        return max(1, int(self.limit))

    async def _turn(self) -> None:
        """Wait until whoever leaves hands a place over."""
        place: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        self._waiting.append(place)
        try:
            await place
        except asyncio.CancelledError:
            if place.done() and not place.cancelled():
                self._leave()
            raise

    def _leave(self) -> None:
        self._running -= 1
        self._admit()

    def _admit(self) -> None:
        while self._waiting and self._running < self._places:
            place = self._waiting.popleft()
            if not place.done():
                # The place is taken from now on: a waiter that wakes up must not have to look again.
                self._running += 1
                place.set_result(None)
