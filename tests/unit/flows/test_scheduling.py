"""Flows that start by the clock: jobs that wait, fire once, and follow the documents."""

import asyncio

import pytest

from headwater.access.actor import SYSTEM, Actor
from headwater.accounts.model import Token, User
from headwater.accounts.person_store import insert_user
from headwater.accounts.token_store import insert_token
from headwater.flows.documents import Documents
from headwater.flows.scheduling import SCHEDULE_JOB_KIND, FlowSchedules, schedules_of
from headwater.flows.service import JOB_KIND
from headwater.jobs import store as job_store
from headwater.jobs.engine import JobRun, Later
from headwater.kernel.clock import parse, rfc3339

EVERY_MORNING = "? 0 6 ? * *"


@pytest.fixture
def plans(world):
    """The world with stored documents whose flows are started by the clock."""
    documents = Documents(world.clock, world.box)
    world.schedules = FlowSchedules(world.flows, world.jobs, world.load, world.clock)
    documents.watch(world.schedules.follow)
    world.stored = documents
    world.file_export()
    return world


def create(world, **document):
    """Store a flow and let the world's flows find it under its id."""
    body = {"name": "Nightly", **document}
    made = world.database.write_now(lambda tx: world.stored.create(tx, SYSTEM, "flow", body))
    known = {"pageGenerators": [{"_exportId": "in"}], **made}
    world.documents["flow"][made["_id"]] = known
    return made["_id"]


def jobs(world, kind, *statuses):
    found = world.database.read_now(lambda tx: job_store.find(tx, [("kind = ?", kind)], 100))
    return [job for job in found if job.status in (statuses or ("queued", "running"))]


def fire(world, job):
    """Do what the engine does with a due job."""
    result = asyncio.run(world.schedules.perform(JobRun(job, world.database, world.jobs, world.clock)))
    return result


def test_a_flow_with_a_schedule_waits_for_its_time(plans):
    create(plans, schedule=EVERY_MORNING, timezone="Europe/Oslo")
    [job] = jobs(plans, SCHEDULE_JOB_KIND)
    assert rfc3339(job.run_at) == "2031-05-03T04:00:00Z"


def test_the_owners_zone_counts_when_the_flow_has_none(plans):
    owner = Actor("user", 7, "Kari", frozenset({"flows"}), time_zone="Europe/Oslo")
    body = {"name": "Nightly", "schedule": EVERY_MORNING}
    plans.database.write_now(lambda tx: plans.stored.create(tx, owner, "flow", body))
    [job] = jobs(plans, SCHEDULE_JOB_KIND)
    assert (rfc3339(job.run_at), job.actor["id"]) == ("2031-05-03T04:00:00Z", 7)


def test_due_it_starts_the_flow_and_waits_for_the_next_time(plans):
    flow_id = create(plans, schedule=EVERY_MORNING)
    [job] = jobs(plans, SCHEDULE_JOB_KIND)
    plans.clock.moment = parse("2031-05-03T06:00:00Z")
    assert fire(plans, job) == Later(parse("2031-05-04T06:00:00Z"))
    [run] = jobs(plans, JOB_KIND)
    assert run.parameters["flow_id"] == flow_id


def test_a_crash_after_the_start_does_not_start_it_again(plans):
    create(plans, schedule=EVERY_MORNING)
    [job] = jobs(plans, SCHEDULE_JOB_KIND)
    plans.clock.moment = parse("2031-05-03T06:00:00Z")
    fire(plans, job)
    [again] = jobs(plans, SCHEDULE_JOB_KIND)
    assert again.run_at == parse("2031-05-04T06:00:00Z")


def test_after_a_downtime_one_missed_run_is_made_up(plans):
    create(plans, schedule="? */5 * ? * *")
    [job] = jobs(plans, SCHEDULE_JOB_KIND)
    plans.clock.move(86_400)
    assert fire(plans, job) == Later(plans.clock.now() + 300_000_000)
    assert len(jobs(plans, JOB_KIND)) == 1


def test_of_a_flow_still_running_at_most_one_run_waits(plans):
    create(plans, schedule=EVERY_MORNING)
    [job] = jobs(plans, SCHEDULE_JOB_KIND)
    for _ in range(3):
        fire(plans, job)
    assert len(jobs(plans, JOB_KIND)) == 1


def test_the_policy_skip_starts_nothing_beside_a_run(plans):
    create(plans, schedule=EVERY_MORNING, overlap="skip")
    [job] = jobs(plans, SCHEDULE_JOB_KIND)
    fire(plans, job)
    [run] = jobs(plans, JOB_KIND)
    plans.database.write_now(lambda tx: job_store.update(tx, run.id, status="running"))
    fire(plans, job)
    assert [each.id for each in jobs(plans, JOB_KIND)] == [run.id]


def test_the_policy_cancel_stops_the_run_and_starts_anew(plans):
    create(plans, schedule=EVERY_MORNING, overlap="cancel")
    [job] = jobs(plans, SCHEDULE_JOB_KIND)
    fire(plans, job)
    [first] = jobs(plans, JOB_KIND)
    plans.database.write_now(lambda tx: job_store.update(tx, first.id, status="running"))
    fire(plans, job)
    second, stopped = jobs(plans, JOB_KIND)
    assert (stopped.id, stopped.is_cancel_requested, second.status) == (first.id, True, "queued")


def test_a_new_schedule_replaces_the_old_and_none_ends_it(plans):
    flow_id = create(plans, schedule=EVERY_MORNING)
    change = lambda **body: plans.database.write_now(  # noqa: E731
        lambda tx: plans.stored.replace(tx, SYSTEM, "flow", flow_id, {"name": "Nightly", **body})
    )
    change(schedule="? 0 9 ? * *")
    [job] = jobs(plans, SCHEDULE_JOB_KIND)
    assert rfc3339(job.run_at) == "2031-05-02T09:00:00Z"
    change(schedule="? 0 9 ? * *", disabled=True)
    assert jobs(plans, SCHEDULE_JOB_KIND) == []
    change(schedule="? 0 9 ? * *")
    plans.database.write_now(lambda tx: plans.stored.delete(tx, SYSTEM, "flow", flow_id))
    assert jobs(plans, SCHEDULE_JOB_KIND) == []


def test_a_flow_that_is_gone_ends_its_job(plans):
    flow_id = create(plans, schedule=EVERY_MORNING)
    [job] = jobs(plans, SCHEDULE_JOB_KIND)
    del plans.documents["flow"][flow_id]
    assert fire(plans, job) is None


def test_a_flow_that_cannot_run_is_noted_and_tried_the_next_time(plans):
    flow_id = create(plans, schedule=EVERY_MORNING)
    plans.documents["flow"][flow_id]["pageGenerators"] = [{"_exportId": "gone"}]
    [job] = jobs(plans, SCHEDULE_JOB_KIND)
    assert isinstance(fire(plans, job), Later)
    [line] = plans.database.read_now(lambda tx: job_store.log(tx, job.id, 0, 10))
    assert "was not started" in line.message


def test_nothing_starts_with_the_rights_of_somebody_who_is_gone(plans):
    gone = Actor("user", 99, "Gone", frozenset({"flows"}))
    body = {"name": "Nightly", "schedule": EVERY_MORNING}
    made = plans.database.write_now(lambda tx: plans.stored.create(tx, gone, "flow", body))
    plans.documents["flow"][made["_id"]] = {"pageGenerators": [{"_exportId": "in"}], **made}
    [job] = jobs(plans, SCHEDULE_JOB_KIND)
    assert isinstance(fire(plans, job), Later)
    assert jobs(plans, JOB_KIND) == []
    [line] = plans.database.read_now(lambda tx: job_store.log(tx, job.id, 0, 10))
    assert "no longer sign in" in line.message


def person(world, name, *scopes):
    """Somebody who can sign in, with these scopes."""
    now = world.clock.now()

    def work(tx):
        user_id = tx.next_id()
        user = User(
            user_id, f"{name}@example.org", name, "x", frozenset(scopes), "UTC", "en", False, now, now
        )
        insert_user(tx, user)
        return Actor("user", user_id, name, user.scopes)

    return world.database.write_now(work)


def schedule(world, actor, **document):
    """Store a flow as somebody; what waits for it."""
    body = {"name": "Nightly", "schedule": EVERY_MORNING, **document}
    made = world.database.write_now(lambda tx: world.stored.create(tx, actor, "flow", body))
    world.documents["flow"][made["_id"]] = {**made, "pageGenerators": [{"_exportId": "in"}]}
    [job] = jobs(world, SCHEDULE_JOB_KIND)
    return job


def test_whoever_edits_what_a_flow_uses_borrows_no_rights(plans):
    weak = person(plans, "weak", "flows", "records:write:city")
    strong = person(plans, "strong", "flows", "records:write", "schema")
    body = {"name": "Read", "adaptorType": "HeadwaterExport", "records": {"module": "city"}}
    export = plans.database.write_now(lambda tx: plans.stored.create(tx, strong, "export", body))
    job = schedule(plans, strong, pageGenerators=[{"_exportId": export["_id"]}])
    changed = {**body, "records": {"module": "secret"}}
    plans.database.write_now(lambda tx: plans.stored.replace(tx, weak, "export", export["_id"], changed))

    fire(plans, job)

    [run] = jobs(plans, JOB_KIND)
    assert set(run.actor["scopes"]) == {"flows", "records:write:city"}


def test_a_schedule_that_was_lost_comes_back_with_the_rights_of_who_saved_it(plans):
    weak = person(plans, "weak", "flows")
    schedule(plans, weak)
    plans.database.write_now(lambda tx: tx.run("delete from job"))
    plans.database.write_now(lambda tx: plans.schedules.ensure(tx, plans.stored))
    [job] = jobs(plans, SCHEDULE_JOB_KIND)

    fire(plans, job)

    [run] = jobs(plans, JOB_KIND)
    assert (run.actor["id"], run.actor["scopes"]) == (weak.id, ["flows"])


def test_a_token_of_nobody_that_was_revoked_starts_nothing(plans):
    token = Token(7, "token", "ci", None, None, frozenset({"admin"}), 0, 0, None, plans.clock.now())
    plans.database.write_now(lambda tx: insert_token(tx, token, "hash"))
    job = schedule(plans, Actor("token", 0, "ci", token.scopes, token_id=7))

    fire(plans, job)

    assert jobs(plans, JOB_KIND) == []


def test_a_generator_with_its_own_schedule_runs_alone(plans):
    plans.file_export("other", "other.jsonl")
    flow_id = create(plans, schedule=EVERY_MORNING)
    generators = [
        {"_exportId": "in", "_id": "a"},
        {"_exportId": "other", "_id": "b", "schedule": "? 0 7 ? * *"},
    ]
    plans.documents["flow"][flow_id]["pageGenerators"] = generators
    assert schedules_of(plans.documents["flow"][flow_id]) == {"": EVERY_MORNING, "b": "? 0 7 ? * *"}
    [job] = jobs(plans, SCHEDULE_JOB_KIND)
    fire(plans, job)
    [run] = jobs(plans, JOB_KIND)
    assert run.parameters["options"]["export_ids"] == ["a"]


def test_at_the_start_of_the_server_every_schedule_waits_once(plans):
    create(plans, schedule=EVERY_MORNING)
    plans.database.write_now(lambda tx: tx.run("delete from job"))
    for _ in range(2):
        plans.database.write_now(lambda tx: plans.schedules.ensure(tx, plans.stored))
    assert len(jobs(plans, SCHEDULE_JOB_KIND)) == 1
