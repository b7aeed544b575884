"""What the suites of job engines share: an engine with its jobs, and waiting for a job to come to rest."""

import asyncio

from headwater.jobs import store
from headwater.jobs.embedded import EmbeddedEngine
from headwater.jobs.service import Jobs
from headwater.kernel.clock import FixedClock
from headwater.kernel.events import Events


class Bench:
    """An engine with its jobs, and the means to wait for a job to come to rest."""

    def __init__(self, database):
        self.database = database
        self.clock = FixedClock()
        self.events = Events()
        self.changed = asyncio.Event()
        self.jobs = Jobs(self.clock, self.events)
        self.handlers = {}
        self.signals = []

    def engine(self, **options):
        return EmbeddedEngine(self.database, self.jobs, self.handlers, self.clock, **options)

    async def enqueue(self, kind="work", parameters=None, **options):
        return await self.database.write(lambda tx: self.jobs.enqueue(tx, kind, parameters or {}, **options))

    async def job(self, job_id):
        return await self.database.read(lambda tx: store.get(tx, job_id))

    async def log(self, job_id):
        return await self.database.read(lambda tx: store.log(tx, job_id, 0, 100))

    async def until(self, job_id, *statuses):
        loop = asyncio.get_running_loop()
        self.events.listen(lambda event: loop.call_soon_threadsafe(self.changed.set))
        async with asyncio.timeout(10):
            while True:
                self.changed.clear()
                job = await self.job(job_id)
                if job.status in statuses:
                    return job
                await self.changed.wait()


def with_engine(bench, body, **options):
    async def around():
        engine = bench.engine(**options)
        await engine.start()
        try:
            return await body(engine)
        finally:
            await engine.stop()

    return asyncio.run(around())
