"""Events: who hears of changes inside the transaction, and of what is committed after it."""

import pytest

from headwater.kernel.events import Events


def test_subscribers_hear_in_the_order_in_which_they_subscribed():
    events, heard = Events(), []
    events.subscribe(lambda tx, changes: heard.append(("first", tx, changes)))
    events.subscribe(lambda tx, changes: heard.append(("second", tx, changes)))
    events.publish("tx", [1])
    assert heard == [("first", "tx", [1]), ("second", "tx", [1])]


def test_an_exception_of_a_subscriber_reaches_the_writer():
    events = Events()
    events.subscribe(lambda tx, changes: 1 / 0)
    with pytest.raises(ZeroDivisionError):
        events.publish("tx", [1])


def test_a_module_is_heard_when_somebody_is_interested_in_it():
    events = Events()
    assert not events.is_heard("tx", 7)
    events.subscribe(lambda tx, changes: None, lambda tx, module_id: module_id == 7)
    assert events.is_heard("tx", 7)
    assert not events.is_heard("tx", 8)
    events.subscribe(lambda tx, changes: None)
    assert events.is_heard("tx", 8)


def test_listeners_hear_signals():
    events, heard = Events(), []
    events.listen(heard.append)
    events.signal({"type": "record.changed", "id": 1})
    assert heard == [{"type": "record.changed", "id": 1}]
