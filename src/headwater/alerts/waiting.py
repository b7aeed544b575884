"""Long polls: waiting until a queue has something, woken by commits of this process."""

import asyncio
import time
from collections.abc import Awaitable, Callable
from typing import Any

from headwater.kernel.events import Events

# Another process on PostgreSQL, or a delay that ends, wakes nobody here; so one looks again this often.
_LOOK_SECONDS = 1.0


class Waiting:
    """Consumers that wait, by alert."""

    def __init__(self, events: Events) -> None:
        """Listen for `alert.changed`, which comes on the writer's thread."""
        self._sleepers: dict[int, set[tuple[asyncio.AbstractEventLoop, asyncio.Event]]] = {}
        self._is_stopping = False
        events.listen(self._hear)

    def stop(self) -> None:
        """End every wait, so that a server that stops waits for none of them."""
        self._is_stopping = True
        for alert_id in tuple(self._sleepers):
            self._wake(alert_id)

    async def until(
        self, is_there: Callable[[], Awaitable[bool]], alert_id: int, wait_seconds: float
    ) -> None:
        """Return as soon as `is_there()`, or when `wait_seconds` are over; at once when there is no wait."""
        ends = time.monotonic() + wait_seconds
        sleeper = (asyncio.get_running_loop(), asyncio.Event())
        self._sleepers.setdefault(alert_id, set()).add(sleeper)
        try:
            while (left := ends - time.monotonic()) > 0 and not self._is_stopping and not await is_there():
                await self._sleep(sleeper[1], min(left, _LOOK_SECONDS))
        finally:
            self._leave(alert_id, sleeper)

    async def _sleep(self, woken: asyncio.Event, seconds: float) -> None:
        try:
            await asyncio.wait_for(woken.wait(), seconds)
        except TimeoutError:
            return
        woken.clear()

    def _leave(self, alert_id: int, sleeper: tuple[asyncio.AbstractEventLoop, asyncio.Event]) -> None:
        sleepers = self._sleepers.get(alert_id, set())
        sleepers.discard(sleeper)
        if not sleepers:
            self._sleepers.pop(alert_id, None)

    def _hear(self, event: dict[str, Any]) -> None:
        if event["type"] == "alert.changed":
            self._wake(event["id"])

    def _wake(self, alert_id: int) -> None:
        for loop, woken in tuple(self._sleepers.get(alert_id, ())):
            loop.call_soon_threadsafe(woken.set)
