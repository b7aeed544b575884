"""Applications and their templates on both databases: what is stored comes back, and a decision is whole."""

import dataclasses
import hashlib
from concurrent.futures import ThreadPoolExecutor

import pytest

from headwater.access.actor import SYSTEM, Actor
from headwater.applications import store, template_store
from headwater.applications.building import build_applications
from headwater.expr.calendar import Calendar
from headwater.files.folder import Content
from headwater.kernel.errors import ConflictError, ForbiddenError, GoneError, InvalidError, NotFoundError
from headwater.kernel.events import Events
from headwater.kernel.secrets import open_box
from headwater.kernel.settings import Settings
from headwater.records.building import build_records

CONTENT = Content(hashlib.sha256(b"proof").hexdigest(), 5)
IDA = {"email": "ida@example.org", "firstname": "Ida", "lastname": "Ek"}
TEMPLATE = {
    "title": "Berth",
    "steps": [{"items": [{"title": "Proof"}, {"title": "Extra", "mandatory": False, "multiple": True}]}],
    "record_mapping": {
        "module": "berth",
        "on": "approved",
        "operation": "upsert",
        "key": {"code": "custom.code"},
        "fields": {"holder": "contact.full_name", "length": "custom.length"},
    },
}
BERTH = {
    "handle": "berth",
    "fields": [
        {"name": "code", "kind": "String", "unique": True},
        {"name": "holder", "kind": "String"},
        {"name": "length", "kind": "Number", "scale": 1},
    ],
}


class Bench:
    """The slice over one database."""

    def __init__(self, database, clock, folder):
        settings = Settings(data=folder)
        events = Events()
        self.database, self.clock = database, clock
        self.records = build_records(clock, events, Calendar("UTC", 0, clock.now))
        self.slice = build_applications(settings, clock, events, open_box(settings), self.records)

    def write(self, work):
        return self.database.write_now(work)

    def act(self, name, *arguments, **options):
        return self.write(
            lambda tx: getattr(self.slice.applications, name)(tx, SYSTEM, *arguments, **options)
        )

    def portal(self, name, *arguments):
        return self.write(lambda tx: getattr(self.slice.portal, name)(tx, *arguments))

    def get(self, number):
        return self.database.read_now(lambda tx: self.slice.applications.get(tx, SYSTEM, number))

    def token(self, application):
        return self.slice.applications.public_url(application).rsplit("/", 1)[1]


@pytest.fixture
def bench(database, clock, tmp_path):
    bench = Bench(database, clock, tmp_path)
    bench.write(lambda tx: bench.records.modules.create(tx, SYSTEM, BERTH))
    return bench


@pytest.fixture
def template(bench):
    return bench.write(lambda tx: bench.slice.templates.create(tx, SYSTEM, TEMPLATE))


@pytest.fixture
def application(bench, template):
    custom = {"code": "A4", "length": "8.5", "note": "Ærø"}
    return bench.act("create", {"template_id": template.id, "contact": IDA, "custom": custom})


def given(bench, application):
    token, item = bench.token(application), application.items[0]
    return bench.portal("give_file", token, item.id, "proof.pdf", "application/pdf", CONTENT)


def test_a_template_comes_back_in_every_version(bench, template):
    bench.write(
        lambda tx: bench.slice.templates.update(tx, SYSTEM, template.id, {"title": "Berth 2", "steps": []})
    )

    newest, first = bench.database.read_now(
        lambda tx: (
            template_store.get_template(tx, template.id),
            template_store.get_template(tx, template.id, 1),
        )
    )

    assert first == template
    assert (newest.title, newest.version, newest.steps) == ("Berth 2", 2, ())


@pytest.mark.parametrize(
    ("scopes", "error"),
    [
        ({"applications"}, InvalidError),
        ({"applications", "records:read"}, ForbiddenError),
        ({"applications", "records:write:berth"}, None),
    ],
)
def test_a_record_rule_is_made_by_whoever_may_write_the_records(bench, scopes, error):
    actor = Actor("token", 7, "t", frozenset(scopes))

    def make():
        return bench.write(lambda tx: bench.slice.templates.create(tx, actor, TEMPLATE))

    if error is None:
        assert make().record_mapping.module == "berth"
    else:
        with pytest.raises(error):
            make()


def test_a_template_keeps_its_record_rule_when_somebody_else_edits_it(bench, template):
    actor = Actor("token", 7, "t", frozenset({"applications"}))
    body = {"title": "Other", "record_mapping": TEMPLATE["record_mapping"]}
    changed = bench.write(lambda tx: bench.slice.templates.update(tx, actor, template.id, body))
    assert (changed.title, changed.record_mapping) == ("Other", template.record_mapping)


def test_an_application_comes_back_as_it_was_made(bench, application):
    read = bench.get(application.id)

    assert dataclasses.replace(read, items=()) == dataclasses.replace(application, items=())
    assert [(item.title, item.mandatory, item.state) for item in read.items] == [
        ("Proof", True, "missing"),
        ("Extra", False, "missing"),
    ]


def test_a_given_file_and_every_move_are_kept(bench, application):
    given(bench, application)

    read = bench.get(application.id)
    moves = bench.database.read_now(lambda tx: store.list_moves(tx, application.id))

    assert [(upload.name, upload.sha256) for upload in read.items[0].uploads] == [
        ("proof.pdf", CONTENT.sha256)
    ]
    assert [move[2:4] for move in moves] == [("", "created"), ("created", "pending_submission")]


def test_a_second_file_replaces_the_first_unless_many_are_asked_for(bench, application):
    for item in application.items * 2:
        token = bench.token(application)
        bench.portal("give_file", token, item.id, "p.pdf", "application/pdf", CONTENT)

    assert [len(item.uploads) for item in bench.get(application.id).items] == [1, 2]


def test_approval_writes_the_record_and_the_state_together(bench, application):
    given(bench, application)
    bench.portal("submit", bench.token(application))

    done = bench.act("approve", application.id, force=True)

    record = bench.database.read_now(
        lambda tx: bench.records.records.document(tx, SYSTEM, "berth", done.record_id)["values"]
    )
    assert record == {"code": "A4", "holder": "Ida Ek", "length": "8.5"}


def test_a_refused_record_leaves_the_state_and_the_items(bench, template):
    made = bench.act(
        "create", {"template_id": template.id, "contact": IDA, "custom": {"code": "B", "length": "x"}}
    )
    given(bench, made)
    bench.portal("submit", bench.token(made))

    with pytest.raises(InvalidError):
        bench.act("approve", made.id, force=True)

    read = bench.get(made.id)
    assert (read.status, read.items[0].state) == ("submitted", "pending_review")


def test_two_approvals_at_once_decide_once(bench, application):
    given(bench, application)
    bench.portal("submit", bench.token(application))

    def approve(_):
        try:
            return bench.act("approve", application.id, force=True).status
        except ConflictError as error:
            return error.code

    with ThreadPoolExecutor(4) as pool:
        answers = sorted(pool.map(approve, range(4)))

    assert answers == ["approved", "invalid_state", "invalid_state", "invalid_state"]
    moves = bench.database.read_now(lambda tx: store.list_moves(tx, application.id))
    assert [move[3] for move in moves].count("approved") == 1


def test_the_last_two_files_given_at_once_complete_the_application(bench):
    items = [{"title": str(number)} for number in range(6)]
    template = bench.write(
        lambda tx: bench.slice.templates.create(tx, SYSTEM, {"title": "Six", "steps": [{"items": items}]})
    )
    made = bench.act("create", {"template_id": template.id, "contact": IDA})
    token = bench.token(made)

    def give(item):
        bench.portal("give_file", token, item.id, "p.pdf", "application/pdf", CONTENT)

    with ThreadPoolExecutor(6) as pool:
        list(pool.map(give, made.items))

    assert bench.get(made.id).status == "pending_submission"


def test_a_template_may_approve_by_itself_with_the_last_item(bench):
    body = {**TEMPLATE, "auto_approve": True}
    template = bench.write(lambda tx: bench.slice.templates.create(tx, SYSTEM, body))
    custom = {"code": "B1", "length": "3.0"}
    made = bench.act("create", {"template_id": template.id, "contact": IDA, "custom": custom})
    given(bench, made)
    bench.portal("submit", bench.token(made))

    done = bench.act("review_item", made.id, made.items[0].id, "approve")

    assert (done.status, done.record_id is None) == ("approved", False)


def test_a_template_may_approve_by_itself_what_was_approved_before_it_was_submitted(bench):
    body = {"title": "Quick", "steps": TEMPLATE["steps"], "auto_approve": True}
    template = bench.write(lambda tx: bench.slice.templates.create(tx, SYSTEM, body))
    made = bench.act("create", {"template_id": template.id, "contact": IDA})
    given(bench, made)
    assert bench.act("review_item", made.id, made.items[0].id, "approve").status == "pending_submission"

    assert bench.portal("submit", bench.token(made)).status == "approved"


def test_a_return_names_the_items_that_are_rejected_with_it(bench, application):
    given(bench, application)
    bench.portal("submit", bench.token(application))

    done = bench.act("decide", application.id, "returned", "Not readable.", [application.items[0].id])

    assert (done.status, done.items[0].state) == ("returned", "rejected")
    assert bench.get(application.id).items[0].last_rejection["reason"] == "Not readable."


def test_the_record_of_a_deleted_application_goes_with_it(bench, application):
    def mirror():
        return bench.database.read_now(
            lambda tx: bench.records.records.get(tx, SYSTEM, "application", application.mirror_id)
        )

    assert mirror().values["email"] == "ida@example.org"
    bench.act("delete", application.id)
    with pytest.raises(NotFoundError):
        mirror()


def test_two_applications_of_one_address_at_once_share_the_contact(bench, template):
    body = {"template_id": template.id, "contact": {"email": "New@Example.org"}}

    with ThreadPoolExecutor(4) as pool:
        made = list(pool.map(lambda _: bench.act("create", body), range(4)))

    assert len({each.contact_id for each in made}) == 1


def test_a_late_application_is_so_by_the_clock_alone(bench, template, clock):
    body = {"template_id": template.id, "contact": IDA, "due_at": "2031-05-03T00:00:00Z"}
    made = bench.act("create", body)

    def is_late():
        return bench.database.read_now(lambda tx: bench.slice.shown.full(tx, bench.get(made.id))["is_late"])

    assert not is_late()
    clock.move(86_400)
    assert is_late()


def test_a_link_that_expired_or_was_deleted_opens_nothing(bench, application, clock):
    token = bench.token(application)
    link = dataclasses.replace(application.link, expires_at=clock.now() + 1_000_000)
    bench.write(lambda tx: store.update_application(tx, dataclasses.replace(application, link=link)))
    clock.move(2)

    with pytest.raises(GoneError):
        bench.portal("open", token)
    bench.act("delete", application.id)
    with pytest.raises(NotFoundError):
        bench.portal("open", token)


class Counting:
    """A transaction that counts its statements."""

    def __init__(self, tx):
        self._tx, self.count = tx, 0

    def __getattr__(self, name):
        if name in ("all", "one", "scalar"):
            self.count += 1
        return getattr(self._tx, name)


def test_a_page_of_applications_costs_no_more_statements_than_one(bench, template):
    for number in range(12):
        bench.act("create", {"template_id": template.id, "contact": {"email": f"{number}@example.org"}})

    def page(limit):
        def work(tx):
            counting = Counting(tx)
            found, _ = bench.slice.applications.list(counting, SYSTEM, {}, limit, 0)
            shown = bench.slice.shown.summaries(counting, found)
            return [each["contact"]["email"] for each in shown], counting.count

        return bench.database.read_now(work)

    one, twelve = page(1), page(12)
    assert twelve[0] == [f"{number}@example.org" for number in reversed(range(12))]
    assert one[1] == twelve[1]
