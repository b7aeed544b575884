"""The states of a job and the pure rules between them."""

import pytest

from headwater.jobs.model import (
    FINISHED,
    LONGEST_WAIT_SECONDS,
    TRANSITIONS,
    Job,
    error_document,
    is_ready,
    may_become,
    next_attempt_at,
    require_step,
    wait_seconds,
)
from headwater.kernel.clock import SECOND
from headwater.kernel.errors import (
    ConflictError,
    Fault,
    InvalidError,
    RetryError,
    StorageFullError,
    UnavailableError,
)

NOW = 1_000_000 * SECOND


def job(**values):
    return Job(**{"id": 1, "kind": "test", "status": "queued", "run_at": NOW, "created_at": NOW, **values})


def test_every_state_is_drawn_and_an_ok_job_goes_nowhere():
    assert set(TRANSITIONS) == {"queued", "running", "ok", "error", "cancelled"}
    assert TRANSITIONS["ok"] == frozenset()
    assert {"ok", "error", "cancelled"} == FINISHED


def test_a_finished_job_is_retried_only_after_error_or_cancel():
    assert may_become(job(status="error"), "queued")
    assert may_become(job(status="cancelled"), "queued")
    with pytest.raises(ConflictError) as caught:
        require_step(job(status="ok"), "queued")
    assert caught.value.code == "job_state"


def test_a_job_for_later_is_not_ready_before_its_time():
    later = job(run_at=NOW + 60 * SECOND)
    assert not is_ready(later, NOW + 59 * SECOND)
    assert is_ready(later, NOW + 60 * SECOND)


def test_a_job_for_at_once_stays_ready_when_the_clock_is_set_back():
    assert is_ready(job(), NOW - 3600 * SECOND)


def test_waits_grow_up_to_an_hour():
    waits = [wait_seconds(attempts, RetryError("x", "x")) for attempts in (1, 2, 3, 9, 500)]
    assert waits == [2.0, 8.0, 32.0, LONGEST_WAIT_SECONDS, LONGEST_WAIT_SECONDS]


def test_the_wait_that_the_other_side_asked_for_is_kept():
    assert wait_seconds(1, RetryError("x", "x", retry_after_seconds=40)) == 40


def test_the_last_attempt_is_not_followed_by_another():
    error = RetryError("x", "x")
    assert next_attempt_at(job(attempts=4, max_attempts=5), error, NOW) == NOW + 128 * SECOND
    assert next_attempt_at(job(attempts=5, max_attempts=5), error, NOW) is None


def test_a_full_disk_and_a_database_that_is_away_pass_and_a_fault_does_not():
    full, away = StorageFullError("storage_full", "x"), UnavailableError("database_unreachable", "x")
    assert next_attempt_at(job(attempts=1), full, NOW) == NOW + 2 * SECOND
    assert next_attempt_at(job(attempts=2), away, NOW) == NOW + 8 * SECOND
    assert next_attempt_at(job(attempts=1), InvalidError("x", "x"), NOW) is None


def test_a_foreign_exception_leaves_only_its_kind_in_the_job():
    document = error_document(ValueError("password=hunter2"))
    assert document["code"] == "internal"
    assert "hunter2" not in document["detail"]


def test_our_errors_keep_code_detail_and_faults():
    error = InvalidError("bad", "It is bad.", faults=[Fault("a", "b", "c")])
    assert error_document(error) == {
        "code": "bad",
        "detail": "It is bad.",
        "errors": [{"field": "a", "code": "b", "detail": "c"}],
    }
