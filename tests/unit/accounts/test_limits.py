"""Failures are counted for a quarter of an hour."""

import pytest

from headwater.accounts import limits
from headwater.accounts.limits import WINDOW_SECONDS, FailureLimit
from headwater.kernel.errors import RateLimitedError


def fail(limit, key, times):
    for _ in range(times):
        limit.require(key)
        limit.count(key)


def test_the_limit_holds_for_one_key_only(clock):
    limit = FailureLimit(clock, 3)
    fail(limit, "a", 3)
    with pytest.raises(RateLimitedError):
        limit.require("a")
    limit.require("b")


def test_the_wait_is_until_the_oldest_failure_is_forgotten(clock):
    limit = FailureLimit(clock, 2)
    fail(limit, "a", 1)
    clock.move(600)
    fail(limit, "a", 1)
    with pytest.raises(RateLimitedError) as caught:
        limit.require("a")
    assert caught.value.headers["retry-after"] == "301"
    clock.move(301)
    limit.require("a")


def test_a_clock_that_is_set_back_locks_nobody_out(clock):
    limit = FailureLimit(clock, 2)
    fail(limit, "a", 2)
    clock.move(-365 * 86_400)
    fail(limit, "a", 2)
    clock.move(WINDOW_SECONDS)
    limit.require("a")


def test_a_success_takes_its_own_attempt_back(clock):
    limit = FailureLimit(clock, 2)
    fail(limit, "a", 1)
    limit.count("a")
    limit.forgive("a")
    limit.require("a")


def test_an_attack_from_everywhere_does_not_fill_the_memory(clock, monkeypatch):
    monkeypatch.setattr(limits, "MAX_KEYS", 10)
    limit = FailureLimit(clock, 2)
    for number in range(100):
        limit.count(str(number))
    assert len(limit._failures) <= 10
