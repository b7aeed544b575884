"""What every job engine promises after a stop, a crash or a jump of the clock, on both databases."""

import asyncio

import pytest

from headwater.access.actor import SYSTEM, Actor
from headwater.jobs import store
from headwater.jobs.model import MAX_CLAIMS
from headwater.kernel.errors import ConflictError, ForbiddenError, InvalidError, NotFoundError
from tests.conformance.job_bench import Bench, with_engine


def run(body):
    return asyncio.run(body)


@pytest.fixture
def bench(database):
    return Bench(database)


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
