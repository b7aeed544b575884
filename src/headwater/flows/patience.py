"""Waiting for another system that fails in passing, before the whole job gives way."""

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from typing import TypeVar

from headwater.kernel.errors import RetryError

T = TypeVar("T")

WAITS_SECONDS: Sequence[float] = (0.5, 2.0, 8.0)
LONGEST_WAIT_SECONDS = 60.0


class Patience:
    """Calls again after a RetryError, with growing waits; in the end the job gets the error."""

    def __init__(self, waits: Sequence[float] = WAITS_SECONDS) -> None:
        """`waits` are the seconds before each further call."""
        self._waits = waits

    async def call(self, attempt: Callable[[], Awaitable[T]]) -> T:
        """What `attempt` gives in the end. A wait that the other side asks for and that is longer counts."""
        for wait in self._waits:
            try:
                return await attempt()
            except RetryError as error:
                asked = error.retry_after_seconds or 0.0
                if asked > LONGEST_WAIT_SECONDS:
                    raise
                await asyncio.sleep(max(wait, asked))
        return await attempt()
