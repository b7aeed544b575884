"""Writers and consumers at the same time, on both databases: nothing is lost and no batch is given twice."""

import random
from concurrent.futures import ThreadPoolExecutor

import pytest

from headwater.kernel.errors import HeadwaterError

PAYMENTS = 12


def test_the_last_revision_of_every_record_is_delivered_under_load(office):
    alert = office.alert(trigger="filter", states=None, extra_fields=["revision"])
    payments = [office.pay(amount=0) for _ in range(PAYMENTS)]
    delivered = {}

    def write(seed):
        dice = random.Random(seed)
        for _ in range(25):
            office.change(dice.choice(payments), amount=dice.randint(1, 10**6))

    def consume(_):
        for _ in range(20):
            job = office.poll(alert)
            for each in job.record_data:
                delivered[each["id"]] = max(each["revision"], delivered.get(each["id"], 0))
            if job.job_uuid:
                office.finish(alert, job.job_uuid)

    with ThreadPoolExecutor(6) as pool:
        list(
            pool.map(
                lambda task: task[0](task[1]),
                [(write, 1), (write, 2), (write, 3), (consume, 0), (consume, 1)],
            )
        )
    consume(0)
    revisions = office.read(lambda tx: dict(tx.all(f"select id, revision from {table(office, tx)}")))
    assert delivered == {payment: revisions[payment] for payment in payments}
    assert office.totals(alert) == (0, 0)


def table(office, tx):
    return office.app.records.catalogue.get(tx, "payment").table


def test_racing_consumers_hold_one_job(office):
    alert = office.alert()
    payments = [office.pay(status="ready") for _ in range(5)]
    with ThreadPoolExecutor(6) as pool:
        jobs = list(pool.map(lambda _: office.poll(alert), range(6)))
    assert {job.job_uuid for job in jobs} == {jobs[0].job_uuid}
    assert all(job.ids == payments for job in jobs)


def test_a_poll_that_finds_nothing_new_waits_for_no_disk(office):
    alert = office.alert()
    if office.app.database.dialect == "sqlite":
        pytest.skip("SQLite writes nothing for a lock")

    def poll(tx):
        queues = office.app.alerts.queues
        polled = queues.poll(tx, office.actor, queues.known_queue(tx, alert.queue_uuid))
        return polled.job_uuid, tx.scalar("select pg_current_xact_id_if_assigned() is not null")

    assert office.write(poll) == (None, False)
    office.pay(status="ready")
    job_uuid, has_written = office.write(poll)
    assert job_uuid is not None and has_written
    assert office.write(poll) == (job_uuid, False)


def test_a_one_time_alert_queues_once_however_many_write_at_once(office):
    alert = office.alert(trigger="one_time_filter", states=None, filter=["amount", "gte", 5])
    payment = office.pay(amount=1)
    taken = []

    def change(amount):
        office.change(payment, amount=amount)
        office.sweep()
        taken.extend(
            item.record_id for item in office.write(lambda tx: office.app.alerts.queues.take(tx, alert.id, 9))
        )

    with ThreadPoolExecutor(4) as pool:
        list(pool.map(change, range(5, 13)))
    assert taken == [payment]


def test_an_alert_that_is_deleted_while_others_write_leaves_nothing(office):
    alert = office.alert(trigger="filter", states=None)
    payment = office.pay(amount=0)

    def delete(_):
        office.write(lambda tx: office.app.alerts.alerts.delete(tx, office.actor, alert.id))

    def change(amount):
        try:
            office.change(payment, amount=amount)
        except HeadwaterError as error:
            return error
        return None

    with ThreadPoolExecutor(4) as pool:
        pool.submit(delete, 0)
        assert list(pool.map(change, range(1, 9))) == [None] * 8
    office.sweep()
    assert office.read(lambda tx: tx.scalar("select count(*) from queue_entry")) == 0
