"""What every job engine promises while all goes well, on both databases."""

import asyncio
import time

import pytest

from headwater.access.actor import SYSTEM
from headwater.jobs import store
from headwater.jobs.service import Jobs
from headwater.kernel.errors import InvalidError, RetryError
from headwater.kernel.events import Events
from tests.conformance.job_bench import Bench, with_engine


def run(body):
    return asyncio.run(body)


@pytest.fixture
def bench(database):
    return Bench(database)


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


def test_a_job_that_needs_files_is_ready_only_where_they_are(bench):
    bench.jobs.place = "here"
    job = run(bench.enqueue(needs_files=True))

    def is_ready_at(place):
        now = bench.clock.now()
        return bench.database.read_now(lambda tx: store.is_any_ready(tx, ["work"], place, now))

    assert [is_ready_at(place) for place in ("here", "there", None)] == [True, False, False]
    assert bench.database.write_now(lambda tx: store.ready(tx, ["work"], "here", bench.clock.now())) == job
