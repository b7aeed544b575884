"""Long polls wake at news, at their end, and when the server stops."""

import asyncio
import time

import pytest

from headwater.alerts.waiting import Waiting
from headwater.kernel.events import Events


@pytest.fixture
def events():
    return Events()


def answers(*values):
    given = iter(values)

    async def is_there():
        return next(given)

    return is_there


def wait_while(waiting, is_there, act, wait_seconds=30.0):
    """Seconds that a wait of at most `wait_seconds` took, while `act` ran once in another thread."""

    async def run():
        started = time.monotonic()
        task = asyncio.create_task(waiting.until(is_there, 7, wait_seconds))
        await asyncio.sleep(0)
        await asyncio.to_thread(act)
        await asyncio.wait_for(task, 20)
        return time.monotonic() - started

    return asyncio.run(run())


def test_news_of_the_alert_ends_the_wait(events):
    waiting = Waiting(events)
    seconds = wait_while(
        waiting, answers(False, True), lambda: events.signal({"type": "alert.changed", "id": 7})
    )
    assert seconds < 0.9  # sooner than the next look


def test_a_stop_ends_every_wait(events):
    waiting = Waiting(events)
    assert wait_while(waiting, answers(False, False, False), waiting.stop) < 0.9


def test_news_of_others_do_not_count(events):
    waiting = Waiting(events)

    def other_news():
        events.signal({"type": "alert.changed", "id": 8})
        events.signal({"type": "record.changed", "id": 7})

    assert wait_while(waiting, answers(False, False), other_news, 0.05) >= 0.05


def test_without_a_wait_nothing_is_asked(events):
    asyncio.run(Waiting(events).until(answers(), 7, 0))
