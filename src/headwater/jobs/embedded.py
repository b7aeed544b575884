"""The engine inside the server process: claims ready jobs, runs their handlers as tasks, settles them."""

import asyncio
from collections.abc import Mapping
from dataclasses import dataclass

from headwater.db.database import Database, Tx
from headwater.db.errors import DuplicateError
from headwater.jobs import lease, store
from headwater.jobs.engine import JobHandler, JobRun
from headwater.jobs.model import Job
from headwater.jobs.outcome import Outcome, outcome_of
from headwater.jobs.service import Jobs
from headwater.kernel import log
from headwater.kernel.clock import SECOND, Clock

IDLE_PAUSE_SECONDS = 3.0
# A cancel request of another process is seen at the next look: within the second that is promised.
BUSY_PAUSE_SECONDS = 0.5
TROUBLE_PAUSE_SECONDS = 1.0
STOP_SECONDS = 10.0
PRUNE_SECONDS = 3600.0


@dataclass(slots=True)
class Held:
    """A claimed job in this process: its attempt, and the task that calls its handler."""

    run: JobRun
    handler: asyncio.Task[object]
    is_cancelled: bool = False

    def cancel(self) -> None:
        """Stop the handler, once."""
        if not self.is_cancelled:
            self.is_cancelled = True
            self.run.mark_cancelled()
            self.handler.cancel()


class EmbeddedEngine:
    """A JobEngine on the event loop of the server; works on both databases."""

    def __init__(
        self,
        database: Database,
        jobs: Jobs,
        handlers: Mapping[str, JobHandler],
        clock: Clock,
        *,
        limit: int = 8,
    ) -> None:
        """`handlers` maps a kind to its handler; at most `limit` jobs run at once."""
        self._database = database
        self._jobs = jobs
        self._handlers = dict(handlers)
        self._clock = clock
        self._limit = limit
        self._worker = lease.new_worker()
        self._held: dict[int, Held] = {}
        self._settling: set[asyncio.Task[None]] = set()
        self._news = asyncio.Event()
        self._is_stopping = False
        self._renewed_at = 0.0
        self._prune_at = 0.0
        self._loop: asyncio.AbstractEventLoop | None = None
        self._watch: asyncio.Task[None] | None = None
        jobs.on_news(self.wake)

    async def start(self) -> None:
        """Take over what a dead process left, then run what is ready."""
        self._loop = asyncio.get_running_loop()
        self._is_stopping = False
        self._prune_at = self._loop_time() + PRUNE_SECONDS
        await self._database.write(self._take_over)
        self._watch = asyncio.create_task(self._watch_jobs(), name="job engine")

    async def stop(self) -> None:
        """Stop the handlers; their jobs go back to the queue and their attempt does not count."""
        self._is_stopping = True
        if self._watch is not None:
            self._watch.cancel()
            await asyncio.wait({self._watch})
        for held in self._held.values():
            held.cancel()
        if self._settling:
            await asyncio.wait(self._settling, timeout=STOP_SECONDS)
        self._loop = None

    def wake(self) -> None:
        """Look for work and for cancel requests now; callable from any thread."""
        loop = self._loop
        if loop is not None and not loop.is_closed():
            loop.call_soon_threadsafe(self._news.set)

    async def _watch_jobs(self) -> None:
        while True:
            self._news.clear()
            try:
                await self._look_after_held()
                await self._claim_ready()
                await self._prune()
                pause = await self._pause_seconds()
            except Exception as error:  # noqa: BLE001 - the worker loop: a full disk or a lost connection must not end it
                log.error("job_engine_trouble", error=error, worker=self._worker)
                pause = TROUBLE_PAUSE_SECONDS
            await self._sleep(pause)

    async def _sleep(self, seconds: float) -> None:
        try:
            async with asyncio.timeout(seconds):
                await self._news.wait()
        except TimeoutError:
            return

    async def _pause_seconds(self) -> float:
        longest = BUSY_PAUSE_SECONDS if self._held else IDLE_PAUSE_SECONDS
        if len(self._held) >= self._limit:
            return longest
        now = self._clock.now()
        due = await self._database.read(lambda tx: store.next_run_at(tx, list(self._handlers), now))
        return longest if due is None else min(longest, max(0.0, (due - now) / SECOND))

    async def _look_after_held(self) -> None:
        held = list(self._held)
        if held:
            for job_id in await self._database.read(lambda tx: store.cancel_requests(tx, held)):
                self._held[job_id].cancel()
        if not lease.is_alone(self._database) and self._loop_time() - self._renewed_at >= lease.RENEW_SECONDS:
            self._renewed_at = self._loop_time()
            for job_id in await self._database.write(self._renew):
                self._held[job_id].cancel()

    def _renew(self, tx: Tx) -> list[int]:
        self._take_over(tx)
        return lease.renew(tx, list(self._held), self._worker, self._clock.now())

    def _loop_time(self) -> float:
        # Leases are renewed by the monotonic clock, so a clock that is set cannot lose them.
        return asyncio.get_running_loop().time()

    def _take_over(self, tx: Tx) -> None:
        lease.take_over(
            tx, self._jobs, self._worker, self._clock.now(), is_alone=lease.is_alone(self._database)
        )

    async def _prune(self) -> None:
        if self._loop_time() >= self._prune_at:
            self._prune_at = self._loop_time() + PRUNE_SECONDS
            await self._database.write(self._jobs.prune)

    async def _claim_ready(self) -> None:
        kinds = list(self._handlers)
        while len(self._held) < self._limit and not self._is_stopping:
            # A look costs no transaction, so an idle server writes nothing.
            if not await self._database.read(
                lambda tx: store.is_any_ready(tx, kinds, self._jobs.place, self._clock.now())
            ):
                return
            try:
                job = await self._database.write(self._claim)
            except DuplicateError:
                continue  # another process has just begun a job of the same exclusive key
            if job is None:
                return
            self._begin(job)

    def _claim(self, tx: Tx) -> Job | None:
        now = self._clock.now()
        job = store.ready(tx, list(self._handlers), self._jobs.place, now)
        if job is None:
            return None
        return lease.claim(tx, self._jobs, job, self._worker, now)

    def _begin(self, job: Job) -> None:
        run = JobRun(job, self._database, self._jobs, self._clock)
        handler: asyncio.Task[object] = asyncio.ensure_future(self._handlers[job.kind](run))
        self._held[job.id] = held = Held(run, handler)
        settling = asyncio.create_task(self._see_through(held), name=f"job {job.id}")
        self._settling.add(settling)
        settling.add_done_callback(self._settling.discard)

    async def _see_through(self, held: Held) -> None:
        job = held.run.job
        _, late = await asyncio.wait({held.handler}, timeout=job.timeout_seconds)
        if late:
            held.cancel()
            await asyncio.wait(late)
        outcome = outcome_of(
            job, held.handler, self._clock.now(), is_late=bool(late), is_stopping=self._is_stopping
        )
        try:
            await self._settle(job, outcome)
        finally:
            del self._held[job.id]
            self._news.set()

    async def _settle(self, job: Job, outcome: Outcome) -> None:
        while True:
            try:
                await self._database.write(
                    lambda tx: lease.settle(tx, self._jobs, job, self._worker, outcome, self._clock.now())
                )
            except Exception as error:  # noqa: BLE001 - the worker loop: the outcome is known and waits for a disk with room
                log.error("job_not_settled", error=error, job_id=job.id, kind=job.kind)
                if self._is_stopping:
                    return
                await asyncio.sleep(TROUBLE_PAUSE_SECONDS)
            else:
                return
