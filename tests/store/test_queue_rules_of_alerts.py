"""The queue rules Q14 to Q26 of wire/fluxx.md section 8, each under its name, on both databases."""

import random

import pytest

from headwater.access.actor import SYSTEM, Actor
from headwater.alerts.errors import unknown_queue
from headwater.kernel.errors import ForbiddenError, HeadwaterError, InvalidError, NotFoundError

RELATIVE = {"trigger": "filter", "states": None, "filter": ["due", "today", "-"]}
ONE_TIME = {"trigger": "one_time_filter", "states": None, "filter": ["amount", "gte", 500]}


def test_q14_an_open_job_never_expires(office):
    alert = office.alert()
    office.pay(status="ready")
    job = office.poll(alert)
    office.clock.move(400 * 86_400)
    assert office.poll(alert) == job
    assert office.finish(alert, job.job_uuid).cleared == 1


def test_q14_a_released_job_waits_again_and_is_unknown(office):
    alert = office.alert()
    payments = [office.pay(status="ready"), office.pay(status="ready")]
    job = office.poll(alert)
    third = office.pay(status="ready")
    queues = office.app.alerts.queues
    assert office.write(lambda tx: queues.release(tx, SYSTEM, queues.alert_of_id(tx, alert.id))) == 2
    assert office.totals(alert) == (3, 0)
    with pytest.raises(NotFoundError, match="Unknown job"):
        office.finish(alert, job.job_uuid)
    again = office.poll(alert)
    assert again.job_uuid != job.job_uuid
    assert again.ids == [*payments, third]


def test_q14_only_administrators_release(office):
    alert = office.alert()
    clerk = Actor("user", 7, "Ida", frozenset({"alerts", "records:read"}))
    queues = office.app.alerts.queues
    with pytest.raises(ForbiddenError):
        office.write(lambda tx: queues.release(tx, clerk, queues.alert_of_id(tx, alert.id)))


def test_q15_an_alert_starts_now_and_a_backfill_queues_the_rest(office):
    older = office.pay(status="ready")
    office.pay(status="draft")
    alert = office.alert()
    assert office.totals(alert) == (0, 0)
    for _ in range(2):
        queued = office.write(lambda tx: office.app.alerts.alerts.backfill(tx, SYSTEM, alert.id))
        assert queued == (1, None)
    assert office.waiting(alert) == [older]


def test_q16_a_deleted_record_leaves_the_queue_but_not_the_open_job(office):
    alert = office.alert()
    first = office.pay(status="ready")
    job = office.poll(alert)
    second = office.pay(status="ready")
    office.delete(first)
    office.delete(second)
    assert office.totals(alert) == (0, 1)
    assert office.poll(alert) == job


def test_q16_a_delete_is_queued_when_the_alert_wants_it(office):
    alert = office.alert(
        trigger="filter",
        states=None,
        filter=["amount", "gte", 500],
        include_deletes=True,
        extra_fields=["title"],
    )
    large, small = office.pay(amount=900, title="Boat"), office.pay(amount=1)
    office.drain(alert)
    office.delete(large)
    office.delete(small)
    assert office.poll(alert).record_data == [{"id": large, "deleted": True, "title": "Boat"}]


def test_q16_a_record_deleted_for_good_is_told_by_its_id(office):
    alert = office.alert(trigger="filter", states=None, include_deletes=True, extra_fields=["title"])
    payment = office.pay(title="Boat")
    office.write(lambda tx: office.app.records.records.erase(tx, SYSTEM, "payment", payment))
    assert office.poll(alert).record_data == [{"id": payment, "deleted": True}]


def test_q17_an_edit_keeps_queue_entries_and_job(office):
    alert = office.alert()
    office.pay(status="ready")
    job = office.poll(alert)
    waiting = office.pay(status="ready")
    edited = office.edit(alert, name="Paid", states=["paid"])
    assert (edited.queue_uuid, office.waiting(alert)) == (alert.queue_uuid, [waiting])
    assert office.poll(alert) == job
    office.pay(status="ready")
    paid = office.pay(status="paid")
    assert office.waiting(alert) == [waiting, paid]


def test_q18_a_deleted_alert_is_unknown_for_ever(office):
    alert = office.alert()
    office.pay(status="ready")
    office.poll(alert)
    office.pay(status="ready")
    office.write(lambda tx: office.app.alerts.alerts.delete(tx, SYSTEM, alert.id))
    with pytest.raises(NotFoundError, match=str(unknown_queue())):
        office.poll(alert)
    for table in ("queue_entry", "poll_job", "alert_burnt", "alert_match"):
        assert office.read(lambda tx, table=table: tx.scalar(f"select count(*) from {table}")) == 0


def test_q19_a_write_that_is_rolled_back_queues_nothing(office):
    alert = office.alert()

    def create_and_fail(tx):
        office.app.records.records.create(tx, SYSTEM, "payment", {"status": "ready"})
        raise InvalidError("test", "no")

    with pytest.raises(HeadwaterError):
        office.write(create_and_fail)
    assert office.totals(alert) == (0, 0)
    office.pay(status="ready")
    assert office.totals(alert) == (1, 0)


def test_q20_a_bulk_write_is_evaluated_record_by_record(office):
    alert = office.alert(trigger="filter", states=None, filter=["amount", "gte", 2])
    rows = [{"amount": amount} for amount in (1, 2, 3)]
    outcomes = office.write(
        lambda tx: office.app.records.records.write_many(tx, SYSTEM, "payment", "insert", rows, None)
    )
    assert office.waiting(alert) == [outcome.id for outcome in outcomes[1:]]


def test_q21_the_sweep_queues_what_time_made_match(office):
    tomorrow = office.pay(due="2031-05-03T10:00:00Z")
    today = office.pay(due="2031-05-02T10:00:00Z")
    alert = office.alert(**RELATIVE)
    assert office.sweep() == 0  # what matched when the alert was made is no news
    office.clock.move(86_400)
    assert office.sweep() == 1
    (entry,) = office.poll(alert).data
    assert (entry["identity"], entry["timestamp"]) == (tomorrow, office.clock.now() // 1_000_000)
    assert office.sweep() == 0
    office.change(today, due="2031-05-04T10:00:00Z")
    office.clock.move(86_400)
    assert office.sweep() == 1
    assert office.waiting(alert) == [today]


def test_q21_a_record_that_stops_matching_and_matches_again_is_queued_again(office):
    alert = office.alert(**RELATIVE)
    payment = office.pay(due="2031-05-02T10:00:00Z")
    assert office.drain(alert) == [payment]
    office.change(payment, due="2031-05-03T10:00:00Z")
    office.clock.move(86_400)
    office.sweep()
    assert office.drain(alert) == [payment]


def test_q21b_the_first_scan_finds_existing_records(office):
    older = office.pay(amount=900)
    office.pay(amount=1)
    alert = office.alert(**ONE_TIME)
    assert office.waiting(alert) == [older]
    assert alert.queued == 1


def test_q21b_without_existing_records_only_what_comes_to_match_counts(office):
    older, small = office.pay(amount=900), office.pay(amount=1)
    alert = office.alert(**ONE_TIME, include_existing=False)
    assert (office.sweep(), office.waiting(alert)) == (0, [])
    office.change(small, amount=600)
    office.change(older, title="touched")
    assert office.waiting(alert) == [small, older]


def test_q21b_the_sweep_catches_what_a_related_record_made_match(office):
    records = office.app.records.records
    owner = office.write(lambda tx: records.create(tx, SYSTEM, "owner", {"country": "SE"})).id
    payment = office.pay(owner_id=owner)
    alert = office.alert(**{**ONE_TIME, "filter": ["owner_id", "filter", ["country", "eq", "NO"]]})
    office.write(lambda tx: records.update(tx, SYSTEM, "owner", owner, {"country": "NO"}))
    assert office.waiting(alert) == []
    assert office.sweep() == 1
    assert office.waiting(alert) == [payment]


def test_q22_a_one_time_entry_is_burnt_when_it_is_queued(office):
    alert = office.alert(**ONE_TIME)
    payment = office.pay(amount=900)
    job = office.poll(alert)
    assert office.poll(alert) == job
    office.change(payment, amount=1000)
    office.edit(alert, filter=["amount", "gte", 5])
    office.write(lambda tx: office.app.alerts.alerts.backfill(tx, SYSTEM, alert.id))
    office.sweep()
    assert office.totals(alert) == (0, 1)
    office.finish(alert, job.job_uuid)
    office.change(payment, amount=1001)
    assert office.drain(alert) == []


def test_q23_a_consumer_must_be_allowed_to_read_the_module(office):
    alert = office.alert()
    office.pay(status="ready")
    office.actor = Actor("user", 7, "Ida", frozenset({"alerts"}))
    with pytest.raises(ForbiddenError, match="records:read"):
        office.poll(alert)
    office.actor = Actor("user", 7, "Ida", frozenset({"alerts:owner", "records:read"}))
    with pytest.raises(ForbiddenError, match="alerts"):
        office.poll(alert)
    office.actor = Actor("user", 7, "Ida", frozenset({"alerts:payment", "records:read:payment"}))
    assert len(office.poll(alert).data) == 1


def test_q23_extra_fields_that_the_owner_cannot_read_are_refused(office):
    office.actor = Actor("user", 7, "Ida", frozenset({"alerts", "records:read:payment"}))
    with pytest.raises(InvalidError) as caught:
        office.alert(extra_fields=["amount", "owner_id.country"])
    assert [(fault.field, fault.code) for fault in caught.value.faults] == [
        ("extra_fields.1", "not_readable")
    ]


def test_q24_the_counters_move_together(office):
    alert = office.alert()
    for _ in range(3):
        office.pay(status="ready")
    assert office.totals(alert) == (3, 0)
    job = office.poll(alert)
    assert office.totals(alert) == (0, 3)
    office.pay(status="ready")
    assert office.totals(alert) == (1, 3)
    office.finish(alert, job.job_uuid)
    assert office.totals(alert) == (1, 0)


@pytest.mark.parametrize("seed", range(5))
def test_q26_the_last_state_of_every_record_is_delivered(office, seed):
    alert = office.alert(trigger="filter", states=None, extra_fields=["amount"])
    dice, delivered = random.Random(seed), {}
    payments = {office.pay(amount=0): 0 for _ in range(3)}
    for step in range(40):
        action = dice.choice(["change", "change", "poll", "finish"])
        if action == "change":
            payment = dice.choice(list(payments))
            office.change(payment, amount=step + 1)
            payments[payment] = step + 1
            continue
        job = office.poll(alert)
        delivered |= {each["id"]: each["amount"] for each in job.record_data}
        if action == "finish" and job.job_uuid:
            office.finish(alert, job.job_uuid)
    while (job := office.poll(alert)).job_uuid:
        delivered |= {each["id"]: each["amount"] for each in job.record_data}
        office.finish(alert, job.job_uuid)
    assert delivered == payments
