"""Failures: retry at the failed step, edit, resolve, retries that come by themselves, matching trace keys."""

import asyncio

import pytest

from headwater.access.actor import SYSTEM
from headwater.connectors.builtin.file.connector import FileConnector
from headwater.connectors.builtin.http.connector import HttpConnector
from headwater.connectors.contract import Trouble
from headwater.connectors.outbound import OutboundPolicy
from headwater.flows.failure import RETRY_WAITS_SECONDS, key_of, retry_at
from headwater.flows.failures import RETRY_JOB_KIND
from headwater.flows.model import Step
from headwater.jobs import store as job_store
from headwater.jobs.engine import JobRun
from headwater.kernel.clock import SECOND, SystemClock
from headwater.kernel.errors import ConflictError, InvalidError
from tests.unit.connectors.http_api import http_api
from tests.unit.flows.conftest import World

SEND = {"type": "import", "_importId": "send"}
OUT = {"type": "import", "_importId": "out"}


@pytest.fixture
def api():
    with http_api() as api:
        yield api


@pytest.fixture
def world(sqlite_database, clock, folder, tmp_path, api):
    http = HttpConnector(OutboundPolicy(), SystemClock(), waits=())
    world = World(sqlite_database, clock, folder, {"file": FileConnector(tmp_path / "data"), "http": http})
    world.add("connection", "api", type="http", http={"baseURI": api.address})
    send = {"method": ["POST"], "relativeURI": ["/send"]}
    world.add("import", "send", adaptorType="HTTPImport", _connectionId="api", http=send)
    world.file_export()
    world.file_import()
    world.write_lines("in.jsonl", [{"id": number} for number in range(4)])
    world.flow(SEND, OUT)
    return world


def refuse(*ids, status=422):
    return lambda asked: (status, "no") if asked.body["id"] in ids else (200, {})


def failures(world, status="open"):
    return [failure for failure in world.failed() if failure.status == status]


def retry(world, *ids):
    job = world.database.write_now(lambda tx: world.failures.retry(tx, SYSTEM, "flow1", ids))
    return world.perform_now(job)


def test_a_retry_enters_at_the_failed_step_and_goes_on_through_the_later_ones(world, api):
    api.answer = refuse(2)
    world.run()
    assert [line["id"] for line in world.read_lines("out.jsonl")] == [0, 1, 3]
    [failure] = failures(world)
    api.answer = refuse()
    again = retry(world, failure.id)
    assert (again.kind, world.classes(again)) == ("retry", (1, 1, 0, 0))
    assert [line["id"] for line in world.read_lines(f"out-retry-{again.id}.jsonl")] == [2]
    assert failures(world) == []


def test_a_retry_sends_the_same_key_and_an_edited_record_another(world, api):
    api.answer = refuse(2)
    world.run()
    first = [asked.headers["idempotency-key"] for asked in api.asked if asked.body["id"] == 2]
    retry(world, failures(world)[0].id)
    second = [asked.headers["idempotency-key"] for asked in api.asked if asked.body["id"] == 2]
    assert second == first * 2
    [failure] = failures(world)
    assert failure.attempts == 2
    world.database.write_now(
        lambda tx: world.failures.edit(tx, SYSTEM, "flow1", failure.id, {"id": 2, "mended": True})
    )
    api.answer = refuse()
    retry(world, failure.id)
    assert api.asked[-1].body == {"id": 2, "mended": True}
    assert api.asked[-1].headers["idempotency-key"] not in first


def test_a_resolved_failure_is_closed_for_good(world, api):
    api.answer = refuse(1, 2)
    world.run()
    one, two = (failure.id for failure in failures(world))
    resolve = lambda tx: world.failures.resolve(tx, SYSTEM, "flow1", [one, 99])  # noqa: E731
    assert world.database.write_now(resolve) == 1
    [closed] = failures(world, "resolved")
    assert (closed.id, closed.has_data, closed.resolved_by) == (one, False, "Headwater")
    with pytest.raises(ConflictError) as caught:
        retry(world, one, two)
    assert caught.value.code == "failure_closed"


def test_a_failure_of_a_step_that_is_gone_cannot_be_retried(world, api):
    api.answer = refuse(1)
    world.run()
    world.flow(OUT)
    with pytest.raises(InvalidError) as caught:
        retry(world, failures(world)[0].id)
    assert caught.value.code == "step_gone"


def test_what_passes_is_retried_by_itself_after_a_wait(world, api):
    api.answer = refuse(1, status=503)
    world.run()
    [failure] = failures(world)
    assert failure.next_retry_at == world.clock.now() + 60 * SECOND
    waiting = lambda tx: job_store.find(tx, [("kind = ?", RETRY_JOB_KIND)], 10)  # noqa: E731
    [job] = world.database.read_now(waiting)
    assert job.run_at == failure.next_retry_at
    world.clock.move(61)
    api.answer = refuse()
    done = perform_due(world, job)
    [started] = world.database.read_now(lambda tx: job_store.find(tx, [("id = ?", done["job_id"])], 1))
    assert world.classes(world.perform_now(started)) == (1, 1, 0, 0)
    assert failures(world) == []


def perform_due(world, job):
    return asyncio.run(world.failures.perform_due(JobRun(job, world.database, world.jobs, world.clock)))


def test_with_skip_retries_nothing_is_retried_by_itself(world, api):
    world.flow(SEND, skipRetries=True)
    api.answer = refuse(1, status=503)
    world.run()
    assert [failure.next_retry_at for failure in failures(world)] == [None]


def test_waits_grow_up_to_a_day_and_end():
    step = Step(1, "s", "import", "d", "n", "a", "http", {})
    trouble = Trouble("connection", "timeout", "No answer.", "connection")
    waits = [retry_at(step, trouble, attempts, 0) for attempts in range(1, 9)]
    assert waits == [*(seconds * SECOND for seconds in RETRY_WAITS_SECONDS), None]
    assert 86_000 < sum(RETRY_WAITS_SECONDS) < 90_000
    assert retry_at(step, Trouble("application", "422", "No."), 1, 0) is None


def test_a_later_outcome_of_the_same_trace_key_resolves_the_older_failure(world, api):
    world.flow(SEND, autoResolveMatchingTraceKeys=True)
    api.answer = refuse(1, 2)
    world.run()
    api.answer = refuse(2)
    world.run()
    assert [failure.trace_key for failure in failures(world)] == ["2"]
    assert sorted(failure.trace_key for failure in failures(world, "resolved")) == ["1", "2"]


def test_without_that_setting_they_stay_open(world, api):
    api.answer = refuse(1)
    world.run()
    world.run()
    assert len(failures(world)) == 2


@pytest.mark.parametrize(
    ("template", "record", "key"),
    [
        ("{{record.a}}-{{b}}", {"a": 1, "b": "x"}, "1-x"),
        (None, {"name": "n", "id": 7}, "7"),
        ("{{broken", {"id": 7}, "7"),
    ],
)
def test_a_trace_key_is_rendered_or_found(template, record, key):
    assert key_of(template)(record) == key


def test_a_record_without_an_id_gets_a_stable_hash():
    assert key_of(None)({"a": 1}) == key_of(None)({"a": 1}) != key_of(None)({"a": 2})


def test_failures_are_counted_by_step_assigned_and_tagged(world, api):
    api.answer = refuse(1, 2)
    world.run()
    ids = [failure.id for failure in failures(world)]

    def work(tx):
        world.failures.assign(tx, SYSTEM, "flow1", ids[:1], "a@example.org")
        world.failures.tag(tx, SYSTEM, "flow1", ids[:1], ["t1"])
        return world.failures.counts(tx, SYSTEM, "flow1")

    counts = world.database.write_now(work)
    assert [each[:3] for each in counts] == [("send.1", "send", 2)]
    first = next(failure for failure in failures(world) if failure.id == ids[0])
    assert (first.assigned_to, first.tags) == ("a@example.org", ["t1"])
