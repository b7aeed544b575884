"""When a trigger fires, before the filter is asked."""

import pytest

from headwater.alerts.model import Alert, is_fired
from headwater.changes.model import Change

STATE = {"trigger": "state", "state_field": "status", "states": ("ready", "paid")}
FIELD = {"trigger": "field", "field": "amount"}


def fired(settings, op, before, after):
    alert = Alert(id=1, name="A", module_id=2, queue_uuid="q", **settings)
    return is_fired(alert, Change(1, 0, op, 2, 3, 1, "user", 7, before, after))


@pytest.mark.parametrize(
    ("op", "before", "after", "expected"),
    [
        ("create", {}, {"status": "ready"}, True),
        ("create", {}, {"status": "draft"}, False),
        ("create", {}, {}, False),
        ("update", {"status": "draft"}, {"status": "ready"}, True),
        ("update", {"status": "ready"}, {"status": "paid"}, True),
        ("update", {"status": None}, {"status": "ready"}, True),
        ("update", {"title": "x"}, {"status": "ready"}, False),
        ("update", {"status": "ready"}, {"status": "draft"}, False),
        ("restore", {}, {"status": "ready"}, True),
    ],
)
def test_a_state_trigger_fires_on_entering(op, before, after, expected):
    assert fired(STATE, op, before, after) is expected


@pytest.mark.parametrize(
    ("op", "before", "after", "expected"),
    [
        ("create", {}, {"amount": 0}, True),
        ("create", {}, {"title": "x"}, False),
        ("update", {"amount": 1}, {"amount": 2}, True),
        ("update", {"amount": 1}, {}, True),
        ("update", {"title": "x"}, {"amount": 2}, False),
        ("restore", {}, {"amount": 2}, True),
        ("restore", {}, {}, False),
    ],
)
def test_a_field_trigger_fires_when_the_value_differs(op, before, after, expected):
    assert fired(FIELD, op, before, after) is expected


@pytest.mark.parametrize("trigger", ["filter", "one_time_filter"])
@pytest.mark.parametrize("op", ["create", "update", "restore"])
def test_a_filter_trigger_fires_on_every_change(trigger, op):
    assert fired({"trigger": trigger}, op, {}, {})
