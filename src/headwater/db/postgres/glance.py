"""The catalogue version of this moment, asked once for all who want it at the same time."""

import asyncio
from collections.abc import Awaitable, Callable
from typing import Any


class NeedsMoreError(Exception):
    """The work asked a glance for more than the catalogue version."""


class Glance:
    """In place of a transaction: it knows the catalogue version and nothing else."""

    def __init__(self, version: int) -> None:
        """`version` is that of a moment after the work was asked for."""
        self._version = version

    def catalogue_version(self) -> int:
        """As a transaction gives it."""
        return self._version

    def __getattr__(self, name: str) -> Any:
        """Whatever else a transaction can do."""
        raise NeedsMoreError


class Glances:
    """Hundreds of callers who come within a millisecond, each with a known token, cost one statement."""

    def __init__(self, ask: Callable[[], Awaitable[int]]) -> None:
        """`ask` reads the version as it is after the call."""
        self._ask = ask
        self._loop: asyncio.AbstractEventLoop | None = None
        self._waiting: list[asyncio.Future[int]] = []
        self._asking: asyncio.Task[None] | None = None

    async def version(self) -> int:
        """The version; a look that was on its way before this call is never shared, it might be too old."""
        loop = asyncio.get_running_loop()
        if self._loop is None or self._loop.is_closed():
            self._loop = loop
        if loop is not self._loop:
            return await self._ask()
        future: asyncio.Future[int] = loop.create_future()
        self._waiting.append(future)
        if self._asking is None or self._asking.done():
            self._asking = loop.create_task(self._answer_all())
        return await future

    async def _answer_all(self) -> None:
        while self._waiting:
            waiting, self._waiting = self._waiting, []
            try:
                version = await self._ask()
            except Exception as error:  # noqa: BLE001 - it belongs to those who wait, and is raised there
                for future in _unsettled(waiting):
                    future.set_exception(error)
            else:
                for future in _unsettled(waiting):
                    future.set_result(version)


def _unsettled(waiting: list[asyncio.Future[int]]) -> list[asyncio.Future[int]]:
    """Those whose callers were not cancelled meanwhile."""
    return [future for future in waiting if not future.done()]
