"""The queue rules Q1 to Q13 of wire/fluxx.md section 8, each under its name, on both databases."""

import pytest

from headwater.access.actor import SYSTEM
from headwater.kernel.errors import NotFoundError
from headwater.wire.fluxx.batch import EMPTY


def test_q1_an_open_job_is_served_again_byte_for_byte(office):
    names = ["amount", "title", "tags", "is_paid", "due", "created_at", "owner_id", "owner_id.country"]
    alert = office.alert(extra_fields=names)
    owner = office.own(country="Ñ \u2028 </script>")
    first = office.pay(
        status="ready",
        amount="900.50",
        title='Boat "é" \\ /',
        tags=["æ/ø", 'å"', "\u2028"],
        is_paid=True,
        due="2031-05-02T10:00:00.5Z",
        owner_id=owner,
    )
    body = office.poll_bytes(alert)
    office.change(first, amount="1.00")
    office.pay(status="ready")
    office.clock.move(86_400)
    assert office.poll_bytes(alert) == body
    assert office.poll_bytes(alert) == body


def test_q2_a_queue_has_one_open_job(office):
    alert = office.alert()
    office.pay(status="ready")
    first = office.poll(alert)
    office.pay(status="ready")
    assert office.poll(alert).job_uuid == first.job_uuid
    open_jobs = office.read(lambda tx: tx.scalar("select count(*) from poll_job where finished_at is null"))
    assert open_jobs == 1


def test_q3_an_empty_queue_makes_no_job(office):
    alert = office.alert()
    assert office.poll_bytes(alert) == EMPTY
    assert office.read(lambda tx: tx.scalar("select count(*) from poll_job")) == 0


def test_q4_a_batch_is_cut_at_a_thousand(office):
    alert = office.alert()
    rows = [{"status": "ready"}] * 1001
    office.write(
        lambda tx: office.app.records.records.write_many(tx, SYSTEM, "payment", "insert", rows, None)
    )
    first = office.poll(alert)
    assert (len(first.data), office.totals(alert)) == (1000, (1, 1000))
    office.finish(alert, first.job_uuid)
    assert len(office.poll(alert).data) == 1


def test_q5_finishing_clears_exactly_the_records_of_the_job(office):
    alert = office.alert()
    office.pay(status="ready")
    office.pay(status="ready")
    job = office.poll(alert)
    later = office.pay(status="ready")
    assert office.finish(alert, job.job_uuid).cleared == 2
    assert office.poll(alert).ids == [later]


def test_q6_finishing_again_is_harmless_for_thirty_days(office):
    alert = office.alert()
    office.pay(status="ready")
    job = office.poll(alert)
    office.finish(alert, job.job_uuid)
    second = office.pay(status="ready")
    office.poll(alert)
    office.clock.move(29 * 86_400)
    assert office.finish(alert, job.job_uuid).cleared == 1
    assert office.poll(alert).ids == [second]
    office.clock.move(2 * 86_400)
    with pytest.raises(NotFoundError, match="Unknown job"):
        office.finish(alert, job.job_uuid)


@pytest.mark.parametrize(
    "queue", ["00000000-0000-4000-8000-000000000000", "x", "' or 1=1", "a\0b", "é" * 300]
)
def test_q7_an_unknown_or_malformed_queue_is_not_found(office, queue):
    with pytest.raises(NotFoundError, match="Unknown queue"):
        office.write(lambda tx: office.app.alerts.queues.alert_of_queue(tx, queue))


@pytest.mark.parametrize("job", ["00000000-0000-4000-8000-000000000000", "x", "a\0b"])
def test_q8_an_unknown_job_clears_nothing(office, job):
    alert = office.alert()
    office.pay(status="ready")
    office.poll(alert)
    with pytest.raises(NotFoundError, match="Unknown job"):
        office.finish(alert, job)
    assert office.totals(alert) == (0, 1)


def test_q8_a_job_of_another_queue_clears_nothing(office):
    alert, other = office.alert(), office.alert(name="Other")
    office.pay(status="ready")
    job = office.poll(alert)
    office.poll(other)
    with pytest.raises(NotFoundError, match="Unknown job"):
        office.finish(other, job.job_uuid)
    assert office.totals(alert) == office.totals(other) == (0, 1)


def test_q9_five_changes_make_one_entry(office):
    alert = office.alert(trigger="filter", states=None)
    payment = office.pay()
    for amount in range(4):
        office.change(payment, amount=amount)
    assert office.totals(alert) == (1, 0)


def test_q10_a_change_during_processing_comes_in_the_next_job(office):
    alert = office.alert(trigger="filter", states=None)
    payment = office.pay(amount=1)
    job = office.poll(alert)
    office.change(payment, amount=2)
    office.change(payment, amount=3)
    assert office.totals(alert) == (1, 1)
    office.finish(alert, job.job_uuid)
    assert office.poll(alert).ids == [payment]


def test_q11_a_later_change_keeps_the_place(office):
    alert = office.alert(trigger="filter", states=None)
    first, second = office.pay(), office.pay()
    office.change(first, amount=5)
    assert office.poll(alert).ids == [first, second]


def test_q12_the_data_of_a_job_is_read_when_it_is_made(office):
    alert = office.alert(extra_fields=["amount"], trigger="filter", states=None)
    payment = office.pay(amount=1)
    office.change(payment, amount=2)
    assert office.poll(alert).record_data == [{"id": payment, "amount": 2}]
    office.change(payment, amount=3)
    assert office.poll(alert).record_data == [{"id": payment, "amount": 2}]


def test_q13_the_timestamp_is_that_of_the_latest_change(office):
    alert = office.alert(trigger="filter", states=None)
    payment = office.pay()
    office.clock.move(60)
    office.change(payment, amount=1)
    changed_at = office.clock.now() // 1_000_000
    office.clock.move(60)
    (entry,) = office.poll(alert).data
    assert (entry["timestamp"], entry["key"]["timestamp"]) == (changed_at, changed_at)


def test_the_sequence_of_the_contract(office):
    alert = office.alert(trigger="filter", states=None, filter=["status", "eq", "ready"])
    first, second = office.pay(status="ready"), office.pay(status="ready")
    third = office.pay(status="draft")
    one = office.poll(alert)
    assert one.ids == [first, second]
    office.change(second, amount=5)
    office.change(third, status="ready")
    assert office.poll(alert) == one
    assert office.finish(alert, one.job_uuid).cleared == 2
    two = office.poll(alert)
    assert two.ids == [second, third]
    assert office.finish(alert, one.job_uuid).cleared == 2
    assert office.poll(alert) == two
    assert office.finish(alert, two.job_uuid).cleared == 2
    assert office.poll_bytes(alert) == EMPTY


def test_payments_entering_ready_to_pay_are_learnt_of_exactly_once(office):
    alert = office.alert(extra_fields=["amount", "owner_id.country"])
    records = office.app.records.records
    owner = office.write(lambda tx: records.create(tx, SYSTEM, "owner", {"country": "NO"})).id
    payments = [office.pay(status="draft", amount=n, owner_id=owner) for n in range(5)]
    for payment in payments[:3]:
        office.change(payment, status="ready")
    office.change(payments[0], amount=100)  # in the state already
    job = office.poll(alert)
    assert job.record_data == [
        {"id": payments[0], "amount": 100, "owner_id.country": "NO"},
        {"id": payments[1], "amount": 1, "owner_id.country": "NO"},
        {"id": payments[2], "amount": 2, "owner_id.country": "NO"},
    ]
    assert job.data[0]["key"]["table"] == "payments"
    office.finish(alert, job.job_uuid)
    office.change(payments[0], status="paid")
    assert office.drain(alert) == []
    office.change(payments[0], status="ready")
    assert office.drain(alert) == [payments[0]]
