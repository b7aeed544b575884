"""When the sweep runs: every `sweep_seconds` while the server serves."""

import asyncio

from headwater.alerts.sweep import Sweeper
from headwater.db.database import Database
from headwater.kernel import log


class SweepSchedule:
    """A task of the event loop. Two processes that sweep at once queue each record once."""

    def __init__(self, sweeper: Sweeper, database: Database, sweep_seconds: int) -> None:
        """`sweep_seconds` 0 or less never sweeps."""
        self._sweeper = sweeper
        self._database = database
        self._seconds = sweep_seconds
        self._task: asyncio.Task[None] | None = None

    async def start(self) -> None:
        """Begin; the first sweep comes after one interval."""
        if self._seconds > 0:
            self._task = asyncio.create_task(self._run())

    async def stop(self) -> None:
        """End; a transaction that runs is finished by the database."""
        if self._task is not None:
            self._task.cancel()
            await asyncio.gather(self._task, return_exceptions=True)

    async def _run(self) -> None:
        while True:
            await asyncio.sleep(self._seconds)
            try:
                await self._sweeper.run(self._database)
            except Exception as error:  # noqa: BLE001 - a loop of the worker: it goes on, and logs once
                log.error("sweep_failed", error=error)
