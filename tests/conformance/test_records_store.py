"""What records promise on both databases: values, uniqueness, references, changes."""

from concurrent.futures import ThreadPoolExecutor
from decimal import Decimal

import psycopg
import pytest

from headwater.access.actor import SYSTEM
from headwater.changes import store as changes
from headwater.kernel.clock import parse
from headwater.kernel.errors import ConflictError, InvalidError, NotFoundError, PreconditionError
from headwater.kernel.json import encode, loads
from tests.conformance.slice_records import CITY, COUNTRY, Bench, faults
from tests.waiting import wait_for

FULL = {
    "name": "Ålesund",
    "population": 54_000,
    "latitude": "62.472278",
    "capital": False,
    "seen": "2031-05-02T09:00:00.000001+02:00",
    "size": "large",
    "status": "ready",
    "names": ["Aalesund", "Ålesund"],
    "about": "Art\nNouveau",
}


@pytest.fixture
def bench(database):
    bench = Bench(database)
    bench.module(COUNTRY)
    bench.module(CITY)
    return bench


def test_every_kind_comes_back_as_it_went_in(bench):
    country = bench.create("country", {"code": "NO"})
    made = bench.create("city", {**FULL, "country": country.id}, extra={"hull": "N-7"})
    read = bench.get("city", made.id)
    assert read == made
    assert read.values["latitude"] == Decimal("62.472278")
    assert read.values["seen"] == parse("2031-05-02T07:00:00.000001Z")
    assert read.extra == {"hull": "N-7"}
    shown = {**FULL, "country": country.id, "seen": "2031-05-02T07:00:00.000001Z"}
    assert bench.json("city", read)["values"] == {name: shown[name] for name in read.values}


EDGES = [
    ("latitude", -0.5, "-0.500000"),
    ("latitude", "-0.000001", "-0.000001"),
    ("latitude", "9007199254.740992", "9007199254.740992"),
    ("latitude", "-0", "0.000000"),
    ("population", "1e3", 1000),
    ("population", -(2**53), -(2**53)),
    ("seen", "0001-01-01T00:00:00Z", "0001-01-01T00:00:00Z"),
    ("seen", "1969-12-31T23:59:59.999999Z", "1969-12-31T23:59:59.999999Z"),
    ("seen", "9999-12-31T23:59:59.999999Z", "9999-12-31T23:59:59.999999Z"),
    ("about", "\U0001f6a2 " * 2000, "\U0001f6a2 " * 2000),
    ("names", ['"', "\\", "ﬀ"], ['"', "\\", "ﬀ"]),
]


def test_values_at_the_edges_are_kept_exactly(bench):
    for name, value, shown in EDGES:
        made = bench.create("city", {"name": "x", name: value})
        assert bench.json("city", bench.get("city", made.id))["values"][name] == shown


@pytest.mark.parametrize("values", [FULL, *({"name": "x", name: value} for name, value, _ in EDGES)])
def test_a_direct_document_equals_the_one_of_the_record(bench, values):
    made = bench.create("city", values, extra={"a": 1})
    document = bench.read(lambda tx: bench.records.document(tx, SYSTEM, "city", made.id))
    assert loads(encode(document)) == loads(encode(bench.json("city", bench.get("city", made.id))))


def test_empty_values_are_left_out(bench):
    made = bench.create("city", {"name": "x", "about": "", "names": [], "population": None, "country": ""})
    assert set(made.values) == {"name", "status"}


def test_one_value_is_unique_among_living_records_whatever_its_case(bench):
    first = bench.create("country", {"code": "ÄR"})
    assert faults(bench.create, "country", {"code": "är"}) == [("code", "not_unique")]
    bench.write(lambda tx: bench.records.delete(tx, SYSTEM, "country", first.id))
    second = bench.create("country", {"code": "äR"})
    with pytest.raises(ConflictError) as caught:
        bench.write(lambda tx: bench.records.restore(tx, SYSTEM, "country", first.id))
    assert (caught.value.code, caught.value.faults[0].field) == ("not_unique", "code")
    other = bench.create("country", {"code": "NO"})
    assert faults(bench.update, "country", other.id, {"code": "ÄR"}) == [("code", "not_unique")]
    assert bench.get("country", second.id).revision == 1


def test_of_many_writers_of_one_unique_value_one_wins(bench):
    def attempt(_):
        try:
            return bench.create("country", {"code": "same"}).id
        except InvalidError as error:
            return error.faults[0].code

    with ThreadPoolExecutor(8) as threads:
        answers = list(threads.map(attempt, range(24)))
    assert answers.count("not_unique") == 23


def test_changes_of_one_record_at_the_same_time_are_all_kept(bench):
    made = bench.create("city", {"name": "x"})
    with ThreadPoolExecutor(6) as threads:
        list(threads.map(lambda n: bench.update("city", made.id, {"population": n}), range(1, 25)))
    assert bench.get("city", made.id).revision == 25
    revisions = bench.read(lambda tx: [each.revision for each in changes.of_record(tx, made.id)])
    assert revisions == list(range(25, 0, -1))


def test_a_stale_revision_gets_the_current_document(bench):
    made = bench.create("city", {"name": "x"})
    bench.update("city", made.id, {"name": "y"}, if_revision=1)
    with pytest.raises(PreconditionError) as caught:
        bench.update("city", made.id, {"name": "z"}, if_revision=1)
    assert caught.value.document["values"]["name"] == "y"


def test_the_log_keeps_only_what_was_before(bench):
    made = bench.create("city", {"name": "a", "latitude": "1.5"})
    bench.update("city", made.id, {"name": "b", "latitude": None})
    bench.write(lambda tx: bench.records.delete(tx, SYSTEM, "city", made.id))
    logged = bench.read(lambda tx: list(changes.of_record(tx, made.id)))
    fields = {
        each.name: str(each.id)
        for each in bench.read(lambda tx: bench.slice.catalogue.get(tx, "city")).fields
    }
    assert [(each.op, each.before) for each in logged] == [
        ("delete", None),
        ("update", {fields["name"]: "a", fields["latitude"]: "1.500000"}),
        ("create", None),
    ]


def test_subscribers_hear_each_change_with_values_before_and_after(bench):
    made = bench.create("city", {"name": "a", "population": 1})
    bench.update("city", made.id, {"population": 2})
    create, update = bench.changes
    assert (create.op, create.before, create.after["population"]) == ("create", {}, 1)
    assert (update.op, update.before, update.after["population"]) == ("update", {"population": 1}, 2)
    assert (update.revision, update.module_id) == (2, create.module_id)


def test_a_subscriber_that_refuses_stops_the_write(bench):
    def refuse(tx, changes):
        raise ConflictError("no", "No.")

    bench.events.subscribe(refuse)
    with pytest.raises(ConflictError):
        bench.create("city", {"name": "a"})
    assert bench.list("city").items == []
    assert bench.read(lambda tx: changes.after(tx, changes.Position(), 10)) == []


def test_the_live_feed_hears_after_the_commit_only(bench):
    heard = []
    bench.events.listen(heard.append)
    made = bench.create("city", {"name": "a"})
    faults(bench.create, "city", {})
    assert heard == [{"type": "record.changed", "id": made.id, "module": "city", "revision": 1}]


def test_names_that_are_not_declared_are_merged_beside_the_values(bench):
    made = bench.create("city", {"name": "a"}, extra={"x": 1, "y": [2]})
    changed = bench.update("city", made.id, {}, extra={"x": None, "z": "3"})
    assert (changed.revision, changed.extra) == (2, {"y": [2], "z": "3"})
    assert bench.get("city", made.id).extra == {"y": [2], "z": "3"}


def test_a_record_of_another_module_is_not_found(bench):
    country = bench.create("country", {"code": "NO"})
    with pytest.raises(NotFoundError):
        bench.get("city", country.id)


def settled(bench, count):
    """The log, once it shows so many changes: on PostgreSQL it ends before the oldest transaction at work,
    and that may belong to a test in another process.
    """

    def look():
        found = bench.read(lambda tx: changes.after(tx, changes.Position(), count + 1))
        return found if len(found) == count else None

    return wait_for(look)


@pytest.mark.postgres
def test_a_transaction_in_any_database_of_the_server_holds_the_log_back(postgres_database, postgres_server):
    bench = Bench(postgres_database)
    bench.module(COUNTRY)
    with psycopg.connect(postgres_server.get_uri()) as elsewhere:
        elsewhere.execute("select pg_current_xact_id()")
        bench.create("country", {"code": "NO"})
        assert bench.read(lambda tx: changes.after(tx, changes.Position(), 10)) == []
    assert len(settled(bench, 1)) == 1


def test_the_log_is_read_in_an_order_that_later_commits_cannot_break(bench):
    for name in "abc":
        bench.create("city", {"name": name})
    settled(bench, 3)
    first = bench.read(lambda tx: changes.after(tx, changes.Position(), 2))
    rest = bench.read(lambda tx: changes.after(tx, first[-1][0], 10))
    ids = [change.id for _, change in first + rest]
    assert len(ids) == 3
    assert ids == sorted(ids)


def test_pruning_stops_below_an_unread_change(bench):
    for name in "abc":
        bench.create("city", {"name": name})
    logged = settled(bench, 3)
    later = bench.clock.now() + 1
    assert bench.write(lambda tx: changes.prune(tx, later, logged[1][1].id, 10)) == 1
    assert bench.write(lambda tx: changes.prune(tx, bench.clock.now(), later, 10)) == 0
    assert [change.id for _, change in bench.read(lambda tx: changes.after(tx, changes.Position(), 10))] == [
        change.id for _, change in logged[1:]
    ]
