"""What every job engine promises, on both databases."""

import asyncio
import time

import pytest

from headwater.access.actor import SYSTEM, Actor
from headwater.jobs import store
from headwater.jobs.embedded import EmbeddedEngine
from headwater.jobs.model import MAX_CLAIMS
from headwater.jobs.service import Jobs
from headwater.kernel.clock import FixedClock
from headwater.kernel.errors import ConflictError, ForbiddenError, InvalidError, NotFoundError, RetryError
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


def run(body):
    return asyncio.run(body)


@pytest.fixture
def bench(database):
    return Bench(database)


def with_engine(bench, body, **options):
    async def around():
        engine = bench.engine(**options)
        await engine.start()
        try:
            return await body(engine)
        finally:
            await engine.stop()

    return run(around())


def test_a_job_runs_once_and_keeps_its_result(bench):
    seen = []

    async def work(job_run):
        seen.append(job_run.parameters["n"])
        return {"doubled": job_run.parameters["n"] * 2}

    bench.handlers["work"] = work

    async def body(engine):
        job = await bench.enqueue(parameters={"n": 4})
        return await bench.until(job.id, "ok")

    job = with_engine(bench, body)
    assert (seen, job.result, job.attempts) == ([4], {"doubled": 8}, 1)
    assert job.finished_at is not None


def test_a_job_of_a_transaction_that_rolls_back_never_runs(bench):
    seen = []

    async def work(job_run):
        seen.append(job_run.job.id)

    bench.handlers["work"] = work

    def fail(tx):
        bench.jobs.enqueue(tx, "work", {})
        raise InvalidError("no", "No.")

    async def body(engine):
        with pytest.raises(InvalidError):
            await bench.database.write(fail)
        job = await bench.enqueue()
        await bench.until(job.id, "ok")
        return job.id

    assert seen == [] and [with_engine(bench, body)] == seen


def test_a_job_for_later_waits_for_its_time(bench):
    async def work(job_run):
        return "done"

    bench.handlers["work"] = work

    async def body(engine):
        later = await bench.enqueue(run_at=bench.clock.now() + 60_000_000)
        now = await bench.enqueue()
        await bench.until(now.id, "ok")
        assert (await bench.job(later.id)).status == "queued"
        bench.clock.move(61)
        engine.wake()
        await bench.until(later.id, "ok")

    with_engine(bench, body)


def test_a_retry_error_queues_the_job_again_with_a_wait(bench):
    calls = []

    async def work(job_run):
        calls.append(job_run.job.attempts)
        if len(calls) < 3:
            raise RetryError("busy", "The other side is busy.")

    bench.handlers["work"] = work

    async def body(engine):
        job = await bench.enqueue()
        for wait in (2, 8):
            waiting = await bench.until(job.id, "queued")
            while waiting.run_at <= bench.clock.now():
                waiting = await bench.job(job.id)
                await asyncio.sleep(0)
            assert waiting.run_at == bench.clock.now() + wait * 1_000_000
            bench.clock.move(wait)
            engine.wake()
        return await bench.until(job.id, "ok")

    with_engine(bench, body)
    assert calls == [1, 2, 3]


def test_a_job_out_of_attempts_ends_with_the_error(bench):
    async def work(job_run):
        raise RetryError("busy", "The other side is busy.")

    bench.handlers["work"] = work

    async def body(engine):
        job = await bench.enqueue(max_attempts=1)
        return await bench.until(job.id, "error")

    assert with_engine(bench, body).error == {"code": "busy", "detail": "The other side is busy."}


def test_an_unexpected_exception_ends_the_job_and_not_the_engine(bench):
    async def work(job_run):
        if job_run.parameters.get("bad"):
            raise ZeroDivisionError
        return "fine"

    bench.handlers["work"] = work

    async def body(engine):
        bad = await bench.enqueue(parameters={"bad": True})
        good = await bench.enqueue()
        await bench.until(good.id, "ok")
        return await bench.until(bad.id, "error")

    assert with_engine(bench, body).error["code"] == "internal"


def test_cancel_reaches_running_async_work_within_a_second(bench):
    started = asyncio.Event()

    async def work(job_run):
        started.set()
        await asyncio.sleep(60)

    bench.handlers["work"] = work

    async def body(engine):
        job = await bench.enqueue()
        await started.wait()
        before = time.monotonic()
        await bench.database.write(lambda tx: bench.jobs.cancel(tx, SYSTEM, job.id))
        await bench.until(job.id, "cancelled")
        return time.monotonic() - before

    assert with_engine(bench, body) < 1


def test_a_cancel_written_by_another_process_is_seen_within_a_second(bench):
    started = asyncio.Event()

    async def work(job_run):
        started.set()
        await asyncio.sleep(60)

    bench.handlers["work"] = work
    elsewhere = Jobs(bench.clock, Events())

    async def body(engine):
        job = await bench.enqueue()
        await started.wait()
        before = time.monotonic()
        await bench.database.write(lambda tx: elsewhere.cancel(tx, SYSTEM, job.id))
        await bench.until(job.id, "cancelled")
        return time.monotonic() - before

    assert with_engine(bench, body) < 1


def test_a_thread_sees_the_cancel_when_it_asks(bench):
    started = asyncio.Event()
    ended = []

    def loop_forever(job_run, loop):
        loop.call_soon_threadsafe(started.set)
        while not job_run.is_cancelled():
            time.sleep(0.001)
        ended.append(True)

    async def work(job_run):
        await asyncio.to_thread(loop_forever, job_run, asyncio.get_running_loop())

    bench.handlers["work"] = work

    async def body(engine):
        job = await bench.enqueue()
        await started.wait()
        await bench.database.write(lambda tx: bench.jobs.cancel(tx, SYSTEM, job.id))
        await bench.until(job.id, "cancelled")

    with_engine(bench, body)
    assert ended == [True]


def test_a_waiting_job_is_cancelled_at_once_and_a_finished_one_stays(bench):
    async def body():
        job = await bench.enqueue()
        cancelled = await bench.database.write(lambda tx: bench.jobs.cancel(tx, SYSTEM, job.id))
        again = await bench.database.write(lambda tx: bench.jobs.cancel(tx, SYSTEM, job.id))
        return cancelled, again

    cancelled, again = run(body())
    assert cancelled.status == "cancelled"
    assert again == cancelled


def test_a_job_that_runs_too_long_is_stopped(bench):
    async def work(job_run):
        await asyncio.sleep(60)

    bench.handlers["work"] = work

    async def body(engine):
        job = await bench.enqueue(timeout_seconds=0.05)
        return await bench.until(job.id, "error")

    assert with_engine(bench, body).error["code"] == "job_timeout"


def test_of_one_exclusive_key_one_job_runs_at_a_time(bench):
    together = []
    running = set()

    async def work(job_run):
        running.add(job_run.job.id)
        together.append(len(running))
        await asyncio.sleep(0.01)
        running.remove(job_run.job.id)

    bench.handlers["work"] = work

    async def body(engine):
        jobs = [await bench.enqueue(exclusive_key="flow:1") for _ in range(4)]
        for job in jobs:
            await bench.until(job.id, "ok")

    with_engine(bench, body)
    assert together == [1, 1, 1, 1]


def test_a_stopped_engine_gives_its_jobs_back_and_counts_no_attempt(bench):
    started = asyncio.Event()

    async def work(job_run):
        started.set()
        await asyncio.sleep(60)

    bench.handlers["work"] = work

    async def body(engine):
        job = await bench.enqueue()
        await started.wait()
        await engine.stop()
        return await bench.job(job.id)

    job = with_engine(bench, body)
    assert (job.status, job.attempts, job.worker) == ("queued", 0, None)


def leave_running(bench, job_id, attempts=1):
    # Another host's worker, whose lease has long run out.
    bench.database.write_now(
        lambda tx: store.update(
            tx, job_id, status="running", attempts=attempts, worker="gone:1:aa", lease_until=1, started_at=1
        )
    )


def test_the_jobs_of_a_dead_process_are_taken_over_at_start(bench):
    async def work(job_run):
        return job_run.job.attempts

    bench.handlers["work"] = work
    job = run(bench.enqueue())
    leave_running(bench, job.id)

    async def body(engine):
        return await bench.until(job.id, "ok")

    assert with_engine(bench, body).result == 2
    assert [event.message for event in run(bench.log(job.id))] == [
        "Taken over: the process that ran it has ended."
    ]


def test_a_job_that_kills_its_process_every_time_is_given_up(bench):
    bench.handlers["work"] = None
    job = run(bench.enqueue())
    leave_running(bench, job.id, attempts=MAX_CLAIMS)

    async def body(engine):
        return await bench.until(job.id, "error")

    assert with_engine(bench, body).error["code"] == "job_crashed"


@pytest.mark.parametrize("seconds", [-7200, 7200])
def test_a_clock_that_jumps_neither_stops_nor_doubles_work(bench, seconds):
    seen = []

    async def work(job_run):
        seen.append(job_run.job.id)

    bench.handlers["work"] = work

    async def body(engine):
        first = await bench.enqueue()
        bench.clock.move(seconds)
        second = await bench.enqueue()
        await bench.until(first.id, "ok")
        await bench.until(second.id, "ok")
        return [first.id, second.id]

    assert sorted(with_engine(bench, body)) == sorted(seen)


def test_a_failed_job_can_be_retried_by_hand(bench):
    is_broken = [True]

    async def work(job_run):
        if is_broken[0]:
            raise InvalidError("no", "No.")
        return "fine"

    bench.handlers["work"] = work

    async def body(engine):
        job = await bench.enqueue()
        await bench.until(job.id, "error")
        is_broken[0] = False
        await bench.database.write(lambda tx: bench.jobs.retry(tx, SYSTEM, job.id))
        job = await bench.until(job.id, "ok")
        with pytest.raises(ConflictError):
            await bench.database.write(lambda tx: bench.jobs.retry(tx, SYSTEM, job.id))
        return job

    job = with_engine(bench, body)
    assert (job.result, job.error) == ("fine", None)


def test_a_handler_writes_lines_that_stay_in_order(bench):
    async def work(job_run):
        await job_run.log("First.", rows=1)
        await job_run.log("Second.", level="warning")

    bench.handlers["work"] = work

    async def body(engine):
        job = await bench.enqueue()
        await bench.until(job.id, "ok")
        return await bench.log(job.id)

    lines = with_engine(bench, body)
    assert [(line.message, line.level, line.data) for line in lines] == [
        ("First.", "info", {"rows": 1}),
        ("Second.", "warning", {}),
    ]


def test_jobs_finished_long_ago_are_dropped_with_their_logs(bench):
    async def work(job_run):
        await job_run.log("Seen.")

    bench.handlers["work"] = work

    async def body(engine):
        job = await bench.enqueue()
        await bench.until(job.id, "ok")
        bench.clock.move(31 * 86_400)
        gone = await bench.database.write(bench.jobs.prune)
        return gone, await bench.job(job.id), await bench.log(job.id)

    assert with_engine(bench, body) == (1, None, [])


def test_only_the_scope_jobs_sees_them(bench):
    stranger = Actor("token", 7, "stranger", frozenset({"records:read"}))
    job = run(bench.enqueue())
    with pytest.raises(ForbiddenError):
        bench.database.read_now(lambda tx: bench.jobs.get(tx, stranger, job.id))
    with pytest.raises(NotFoundError):
        bench.database.read_now(lambda tx: bench.jobs.get(tx, SYSTEM, 12))
