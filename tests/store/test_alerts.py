"""Alerts: what fires, what is refused, how they live with their module; on both databases."""

import pytest

from headwater.access.actor import SYSTEM
from headwater.kernel.errors import InvalidError, NotFoundError, PreconditionError

FILTER = {"trigger": "filter", "states": None}
FIELD = {"trigger": "field", "states": None, "field": "amount"}


def faults(office, **settings):
    with pytest.raises(InvalidError) as caught:
        office.alert(**settings)
    assert caught.value.code == "invalid_alert"
    return {fault.field: fault.code for fault in caught.value.faults}


def test_a_filter_alert_queues_every_change_of_a_record_that_passes_afterwards(office):
    alert = office.alert(**FILTER, filter=["amount", "gte", 500])
    payment = office.pay(amount=1)
    assert office.drain(alert) == []
    office.change(payment, amount=500)
    assert office.drain(alert) == [payment]
    office.change(payment, title="another field")
    assert office.drain(alert) == [payment]
    office.change(payment, amount=1)
    assert office.drain(alert) == []


def test_a_state_alert_queues_only_who_enters_the_state(office):
    alert = office.alert(states=["ready", "paid"])
    payment = office.pay()
    office.change(payment, title="still a draft")
    assert office.drain(alert) == []
    office.change(payment, status="ready")
    assert office.drain(alert) == [payment]
    office.change(payment, status="ready", title="the same state")
    assert office.drain(alert) == []
    office.change(payment, status="paid")
    assert office.drain(alert) == [payment]


def test_a_state_alert_with_a_filter_wants_both(office):
    alert = office.alert(filter=["amount", "gte", 500])
    office.pay(status="ready", amount=1)
    large = office.pay(status="ready", amount=500)
    assert office.drain(alert) == [large]


def test_a_field_alert_queues_when_the_value_differs(office):
    alert = office.alert(**FIELD)
    office.pay(title="without amount")
    payment = office.pay(amount=1)
    assert office.drain(alert) == [payment]
    office.change(payment, amount=1, title="the same amount")
    assert office.drain(alert) == []
    office.change(payment, amount=None)
    assert office.drain(alert) == [payment]


def test_a_restored_record_counts_as_a_new_one(office):
    alert = office.alert()
    payment = office.pay(status="ready")
    office.delete(payment)
    assert office.drain(alert) == []
    office.restore(payment)
    assert office.drain(alert) == [payment]


def test_a_disabled_alert_queues_nothing_and_is_drained(office):
    alert = office.alert()
    first, second = office.pay(status="ready"), office.pay(status="ready")
    office.edit(alert, enabled=False)
    office.pay(status="ready")
    office.delete(first)
    assert office.drain(alert) == [second]


def test_a_filter_sees_system_values_and_one_hop(office):
    records = office.app.records.records
    owner = office.write(lambda tx: records.create(tx, SYSTEM, "owner", {"country": "NO"})).id
    native = {"and": [["owner_id.country", "eq", "no"], ["revision", "eq", 2], ["created_at", "today"]]}
    alert = office.alert(**FILTER, filter=native)
    payment = office.pay(owner_id=owner)
    office.pay()
    office.change(payment, title="second revision")
    assert office.drain(alert) == [payment]


def test_basic_and_advanced_filter_must_both_hold(office):
    basic = [["status", "eq", "ready"], ["title", "not-null", "-"]]
    advanced = {"or": [["amount", "gte", 5], ["due", "not_empty"]]}
    alert = office.alert(**FILTER, basic_filter=basic, filter=advanced)
    office.pay(status="ready", title="x", amount=1)
    office.pay(title="x", amount=9)
    payment = office.pay(status="ready", title="x", amount=5)
    assert office.drain(alert) == [payment]


def test_a_basic_filter_is_stored_in_the_one_form(office):
    alert = office.alert(**FILTER, basic_filter=[["status", "eq", "ready"]])
    assert alert.filter == {"group_type": "and", "conditions": [["status", "eq", "ready"]]}
    assert alert.basic_filter == [["status", "eq", "ready"]]


def test_everything_wrong_with_an_alert_is_told_at_once(office):
    found = faults(
        office,
        name=" ",
        states=["ready", "lost"],
        filter={"group_type": "and", "conditions": [["amount", "eq", "x"]]},
        basic_filter=[["nope", "eq", 1]],
        extra_fields=["amount", "nope", "owner_id.nope", "title.x"],
    )
    assert found == {
        "name": "wrong_length",
        "states.1": "unknown_value",
        "filter.conditions.0": "wrong_type",
        "basic_filter.0": "unknown_field",
        "extra_fields.1": "unknown_field",
        "extra_fields.2": "unknown_field",
        "extra_fields.3": "unknown_field",
    }


def test_a_trigger_wants_what_it_is_about(office):
    assert faults(office, states=[]) == {"states": "required"}
    assert faults(office, trigger="field") == {"field": "required"}
    assert faults(office, trigger="field", field="nope") == {"field": "unknown_field"}
    assert faults(office, state_field="title") == {"state_field": "unknown_field"}
    assert faults(office, module="nope") == {"module": "unknown_value"}


def test_the_state_field_may_be_left_out_only_when_there_is_one(office):
    assert office.alert().state_field == "status"
    assert faults(office, module="owner") == {"state_field": "required"}


def test_an_alert_has_at_most_ten_extra_fields(office):
    names = [
        "id",
        "revision",
        "created_at",
        "updated_at",
        "created_by",
        "updated_by",
        "owner",
        "title",
        "amount",
        "due",
    ]
    assert len(office.alert(extra_fields=names).extra_fields) == 10
    assert faults(office, extra_fields=[*names, "status"]) == {"extra_fields": "too_many"}


def test_the_values_of_a_job_have_fluxx_forms(office):
    alert = office.alert(extra_fields=["amount", "due", "title", "created_at", "owner_id"])
    payment = office.pay(status="ready", amount="12.50", due="2031-05-02T10:00:00.123456Z")
    assert office.poll(alert).record_data == [
        {"id": payment, "amount": 12.5, "due": "2031-05-02T10:00:00Z", "created_at": "2031-05-02T07:00:00Z"}
    ]


def test_an_edit_of_a_revision_that_is_over_is_refused(office):
    alert = office.alert()
    alerts = office.app.alerts.alerts
    assert office.edit(alert, name="Second").revision == 2
    with pytest.raises(PreconditionError):
        office.write(lambda tx: alerts.update(tx, SYSTEM, alert.id, {"name": "Third"}, if_revision=1))


def test_an_alert_follows_its_fields_through_renames(office):
    alert = office.alert(filter=["amount", "gte", 500], extra_fields=["amount"])
    modules = office.app.records.modules
    office.write(lambda tx: modules.update_field(tx, SYSTEM, "payment", "amount", {"name": "total"}))
    office.write(lambda tx: modules.update_field(tx, SYSTEM, "payment", "status", {"name": "stage"}))
    payment = office.pay(stage="ready", total=500)
    assert office.poll(alert).record_data == [{"id": payment, "total": 500}]
    assert (office.state(alert).state_field, office.state(alert).filter) == ("stage", ["total", "gte", 500])


def test_an_alert_whose_field_is_gone_says_so_and_matches_nothing(office):
    alert = office.alert(filter=["amount", "gte", 500], extra_fields=["amount"])
    waiting = office.pay(status="ready", amount=500)
    office.write(lambda tx: office.app.records.modules.delete_field(tx, SYSTEM, "payment", "amount"))
    office.pay(status="ready")
    assert "amount" in office.state(alert).problem
    assert office.poll(alert).record_data == [{"id": waiting}]


def test_a_preview_counts_what_matches_now(office):
    office.pay(status="ready", amount=500)
    office.pay(status="ready", amount=1)
    office.pay(status="draft", amount=900)
    alerts = office.app.alerts.alerts

    def count(**settings):
        return office.read(lambda tx: alerts.preview(tx, SYSTEM, {"module": "payment", **settings}))

    assert count() == 3
    assert count(filter=["amount", "gte", 500]) == 2
    assert count(trigger="state", states=["ready"], basic_filter=[["amount", "gte", 500]]) == 1


def test_a_backfill_goes_on_batch_by_batch(office):
    alert = office.alert(**FILTER)
    office.edit(alert, enabled=False)
    rows = [{"amount": 1}] * 1500
    office.write(
        lambda tx: office.app.records.records.write_many(tx, SYSTEM, "payment", "insert", rows, None)
    )
    alerts = office.app.alerts.alerts
    first, after = office.write(lambda tx: alerts.backfill(tx, SYSTEM, alert.id))
    second, end = office.write(lambda tx: alerts.backfill(tx, SYSTEM, alert.id, after))
    assert (first, second, end, office.totals(alert)) == (1000, 500, None, (1500, 0))


def test_taking_entries_opens_no_job_and_gives_every_value(office):
    alert = office.alert(extra_fields=["owner_id.country"])
    records = office.app.records.records
    owner = office.write(lambda tx: records.create(tx, SYSTEM, "owner", {"country": "NO"})).id
    payment = office.pay(status="ready", amount=5, owner_id=owner)
    office.pay(status="ready")
    (item,) = office.write(lambda tx: office.app.alerts.queues.take(tx, alert.id, 1))
    assert item.record_id == payment
    assert item.values == {"amount": "5.00", "owner_id": owner, "status": "ready", "owner_id.country": "NO"}
    assert office.totals(alert) == (1, 0)


def test_a_consumer_gives_records_back_with_a_delay(office):
    alert = office.alert()
    first, second = office.pay(status="ready"), office.pay(status="ready")
    job = office.poll(alert)
    done = office.finish(alert, job.job_uuid, released={first: 60})
    assert (done.cleared, done.released) == (1, 1)
    assert office.poll(alert).job_uuid is None
    office.clock.move(60)
    assert office.poll(alert).ids == [first]
    assert office.finish(alert, job.job_uuid).cleared == 1
    assert second not in office.poll(alert).ids


def test_a_record_given_back_must_be_in_the_job(office):
    alert = office.alert()
    office.pay(status="ready")
    job = office.poll(alert)
    with pytest.raises(InvalidError) as caught:
        office.finish(alert, job.job_uuid, released={999_999: 0})
    assert caught.value.code == "not_in_job"
    assert office.totals(alert) == (0, 1)


def test_a_queue_is_checked_in_a_read(office):
    alert = office.alert()
    queues = office.app.alerts.queues
    office.read(lambda tx: queues.check(tx, SYSTEM, alert.queue_uuid))
    with pytest.raises(NotFoundError):
        office.read(lambda tx: queues.check(tx, SYSTEM, "nope"))


def test_an_unknown_alert_is_not_found(office):
    with pytest.raises(NotFoundError) as caught:
        office.read(lambda tx: office.app.alerts.alerts.get(tx, SYSTEM, 999_999))
    assert caught.value.code == "alert_unknown"


def test_the_times_of_the_last_entry_and_the_last_finish_are_shown(office):
    alert = office.alert()
    assert (alert.last_queued_at, alert.last_finished_at) == (None, None)
    office.pay(status="ready")
    queued_at = "2031-05-02T07:00:00Z"
    job = office.poll(alert)
    office.clock.move(60)
    office.finish(alert, job.job_uuid)
    now = office.state(alert)
    assert (now.last_queued_at, now.last_finished_at) == (queued_at, "2031-05-02T07:01:00Z")
