"""The life of an application as pure rules."""

import dataclasses

import pytest

from headwater.applications import lifecycle
from headwater.applications.model import Application, Item, Link
from headwater.kernel.errors import ConflictError


def item(state="missing", *, mandatory=True, number=1):
    return Item(
        number, 1, None, "Step", number, "document", f"Paper {number}", mandatory, {}, state, {}, "", None, 0
    )


def application(status="created", items=(), due_at=None):
    link = Link("hash", "sealed", 0, None, None)
    return Application(
        1,
        1,
        1,
        1,
        "Berth",
        status,
        "",
        None,
        True,
        due_at,
        "",
        None,
        None,
        "",
        {},
        link,
        0,
        0,
        None,
        tuple(items),
    )


@pytest.mark.parametrize(
    ("status", "states", "expected"),
    [
        ("created", ["missing"], "created"),
        ("created", ["pending_review", "missing"], "in_progress"),
        ("in_progress", ["pending_review", "pending_review"], "pending_submission"),
        ("pending_submission", ["missing"], "in_progress"),
        ("pending_submission", [], "in_progress"),
        ("returned", ["rejected"], "returned"),
        ("returned", ["pending_review"], "pending_submission"),
        ("submitted", ["rejected"], "submitted"),
        ("approved", ["missing"], "approved"),
    ],
)
def test_state_follows_what_was_given(status, states, expected):
    items = [item(state, number=number) for number, state in enumerate(states, 1)]

    assert lifecycle.state_after_items(status, items) == expected


def test_application_without_mandatory_items_waits_for_submission_at_once():
    assert lifecycle.state_at_creation([item(mandatory=False)]) == "pending_submission"


def test_application_without_items_never_waits_for_submission():
    assert lifecycle.state_at_creation([]) == "created"
    assert lifecycle.state_after_items("created", []) == "created"


def test_submission_without_items_is_refused():
    with pytest.raises(ConflictError) as caught:
        lifecycle.check_submit(application(), [])

    assert caught.value.code == "no_items"


def test_submission_names_what_is_missing():
    papers = [item("missing", number=7), item("pending_review", number=8), item("rejected", number=9)]

    with pytest.raises(ConflictError) as caught:
        lifecycle.check_submit(application("in_progress", papers), papers)

    assert caught.value.document == {"missing": [7, 9]}
    assert caught.value.faults[0].code == "missing_items"


def test_approval_wants_every_mandatory_item_approved():
    papers = [item("approved", number=1), item("pending_review", number=2)]

    with pytest.raises(ConflictError) as caught:
        lifecycle.check_approve(application("submitted", papers), papers)

    assert caught.value.code == "items_not_approved"


@pytest.mark.parametrize(
    ("status", "target"),
    [("created", "approved"), ("withdrawn", "rejected"), ("submitted", "archived"), ("archived", "returned")],
)
def test_moves_outside_the_rules_are_refused(status, target):
    with pytest.raises(ConflictError) as caught:
        lifecycle.check_move(application(status), target)

    assert caught.value.faults[0].code == f"invalid_state:{status}"


@pytest.mark.parametrize(
    ("states", "expected"),
    [([], (0, 0, 0)), (["missing", "approved", "pending_review"], (3, 1, 66)), (["approved"], (1, 0, 100))],
)
def test_progress_counts_mandatory_items(states, expected):
    assert lifecycle.progress([item(state) for state in states]) == expected


def test_progress_is_complete_when_nothing_is_mandatory():
    assert lifecycle.progress([item(mandatory=False)]) == (0, 0, 100)


def test_lateness_needs_a_due_time_behind_now_and_an_open_state():
    late = application("created", due_at=10)

    assert lifecycle.is_late(late, now=11)
    assert not lifecycle.is_late(late, now=10)
    assert not lifecycle.is_late(dataclasses.replace(late, status="submitted"), now=11)
    assert not lifecycle.is_late(dataclasses.replace(late, due_at=None), now=11)
