"""The sweep beside a serving process: on its schedule, batch by batch, on both databases."""

import asyncio

from headwater.access.actor import SYSTEM
from headwater.alerts.schedule import SweepSchedule

ONE_TIME = {
    "trigger": "one_time_filter",
    "states": None,
    "filter": ["owner_id", "filter", ["country", "eq", "NO"]],
}


async def until(condition, seconds=20):
    async def look():
        while not condition():
            await asyncio.sleep(0.01)

    await asyncio.wait_for(look(), seconds)


def owner(office, country):
    records = office.app.records.records
    return office.write(lambda tx: records.create(tx, SYSTEM, "owner", {"country": country})).id


def move_to(office, owner_id, country):
    records = office.app.records.records
    office.write(lambda tx: records.update(tx, SYSTEM, "owner", owner_id, {"country": country}))


def test_the_schedule_sweeps_until_it_is_stopped(office):
    owner_id = owner(office, "SE")
    payment = office.pay(owner_id=owner_id)
    alert = office.alert(**ONE_TIME)
    move_to(office, owner_id, "NO")

    async def run():
        schedule = SweepSchedule(office.app.alerts.sweeper, office.app.database, 0.01)
        await schedule.start()
        await until(lambda: office.waiting(alert) == [payment])
        await schedule.stop()

    asyncio.run(run())


def test_a_sweep_of_many_records_goes_batch_by_batch(office):
    owner_id = owner(office, "SE")
    rows = [{"owner_id": owner_id}] * 1200
    records = office.app.records.records
    office.write(lambda tx: records.write_many(tx, SYSTEM, "payment", "insert", rows))
    alert = office.alert(**ONE_TIME)
    move_to(office, owner_id, "NO")
    sweeper, database = office.app.alerts.sweeper, office.app.database
    assert asyncio.run(sweeper.run(database)) == 1200
    assert asyncio.run(sweeper.run(database)) == 0
    assert office.waiting(alert) == sorted(office.waiting(alert))


def test_what_stopped_matching_is_noticed_by_the_sweep(office):
    alert = office.alert(trigger="filter", states=None, filter=["due", "today", "-"])
    payment = office.pay(due="2031-05-02T10:00:00Z")
    office.drain(alert)
    office.clock.move(86_400)
    asyncio.run(office.app.alerts.sweeper.run(office.app.database))
    assert office.read(lambda tx: tx.all("select record_id from alert_match")) == []
    office.change(payment, due="2031-05-03T10:00:00Z")
    assert office.waiting(alert) == [payment]
