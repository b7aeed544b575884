"""Making the next thing while the one before is in use."""

import threading

import pytest

from headwater.records.importing.ahead import one_ahead


def test_items_come_in_order_and_whole():
    assert list(one_ahead(iter(range(1, 100)))) == list(range(1, 100))
    assert list(one_ahead(iter([]))) == []


def test_the_next_item_is_made_while_the_caller_has_the_one_before():
    made = threading.Event()

    def items():
        yield "first"
        made.set()
        yield "second"

    ahead = one_ahead(items())
    assert next(ahead) == "first"
    assert made.wait(10)
    assert list(ahead) == ["second"]


def test_what_goes_wrong_is_raised_in_its_place():
    def items():
        yield "first"
        raise ValueError

    ahead = one_ahead(items())
    assert next(ahead) == "first"
    with pytest.raises(ValueError):
        next(ahead)


def test_nothing_is_made_any_more_once_it_is_closed():
    made = []

    def items():
        for number in range(1, 100):
            made.append(number)
            yield number

    ahead = one_ahead(items())
    next(ahead)
    ahead.close()
    known = list(made)
    assert len(known) <= 2
    assert not [each for each in threading.enumerate() if each.name.startswith("headwater-ahead")]
