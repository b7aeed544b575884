"""Many records in one write, on both databases."""

import pytest

from headwater.access.actor import SYSTEM
from headwater.kernel.errors import InvalidError
from tests.conformance.slice_records import CITY, COUNTRY, Bench


@pytest.fixture
def bench(database):
    bench = Bench(database)
    bench.module(COUNTRY)
    bench.module(CITY)
    return bench


def statuses(outcomes):
    return [each.status for each in outcomes]


def test_bad_rows_fail_alone_with_all_their_faults(bench):
    rows = [{"name": "a"}, {"population": "x", "country": 5}, {"name": "c", "country": 99_999}, {"name": "d"}]
    outcomes = bench.write_many("city", "insert", rows)
    assert statuses(outcomes) == ["created", "failed", "failed", "created"]
    assert [(f.field, f.code) for f in outcomes[1].faults] == [
        ("population", "wrong_type"),
        ("name", "required"),
        ("country", "unknown_reference"),
    ]
    assert [each.values["name"] for each in bench.list("city").items] == ["a", "d"]


def test_each_row_has_a_change_and_one_publication_tells_of_all(bench):
    told = []
    bench.events.subscribe(lambda tx, changes: told.append(len(changes)))
    bench.write_many("city", "insert", [{"name": name} for name in "abc"])
    assert told == [3]
    assert [each.op for each in bench.changes] == ["create"] * 3
    assert len({each.id for each in bench.changes}) == 3


def test_repeated_unique_values_in_one_batch_fail_but_the_first(bench):
    outcomes = bench.write_many("country", "insert", [{"code": "NO"}, {"code": "no"}, {"code": "SE"}])
    assert statuses(outcomes) == ["created", "failed", "created"]
    assert outcomes[1].faults[0].code == "not_unique"
    assert statuses(bench.write_many("country", "insert", [{"code": "se"}])) == ["failed"]


def test_an_upsert_changes_what_is_there_and_makes_what_is_not(bench):
    bench.module({"handle": "item", "fields": [
        {"name": "code", "kind": "Number", "scale": 2, "unique": True},
        {"name": "note", "kind": "String"},
    ]})  # fmt: skip
    first = bench.create("item", {"code": 1, "note": "old"})
    rows = [
        {"code": "1.00", "note": "new"},
        {"code": "2"},
        {"code": 2.0, "note": "twice"},
        {"code": 2, "note": "twice"},
    ]
    outcomes = bench.write_many("item", "upsert", rows, "code")
    assert statuses(outcomes) == ["updated", "created", "updated", "unchanged"]
    assert outcomes[0].id == first.id
    assert outcomes[1].id == outcomes[2].id
    record = bench.get("item", outcomes[1].id)
    assert (record.revision, record.values["note"]) == (2, "twice")
    assert [each.op for each in bench.changes[1:]] == ["update", "create", "update"]
    items = bench.read(lambda tx: bench.records.history(tx, SYSTEM, "item", record.id)).items
    assert items[0]["changes"] == {"note": {"before": None, "after": "twice"}}


def test_updates_and_deletes_find_records_by_id_or_key(bench):
    made = bench.write_many("country", "insert", [{"code": "NO"}, {"code": "SE"}, {"code": "DK"}])
    rows = [{"id": made[0].id, "code": "NOR"}, {"id": 99_999, "code": "X"}, {"id": made[1].id, "code": "nor"}]
    outcomes = bench.write_many("country", "update", rows)
    assert statuses(outcomes) == ["updated", "failed", "failed"]
    assert [each.faults[0].code for each in outcomes[1:]] == ["record_unknown", "not_unique"]
    outcomes = bench.write_many("country", "delete", [{"code": "se"}, {"code": "SE"}, {"id": 1}], "code")
    assert statuses(outcomes) == ["deleted", "failed", "failed"]
    assert [each.values["code"] for each in bench.list("country").items] == ["NOR", "DK"]


def test_a_row_with_a_stale_revision_fails(bench):
    made = bench.create("city", {"name": "a"})
    outcomes = bench.write_many("city", "update", [{"id": made.id, "name": "b", "revision": 2}])
    assert outcomes[0].faults[0].code == "revision_mismatch"


def test_a_value_that_one_row_gives_up_can_be_taken_by_the_next(bench):
    made = bench.write_many("country", "insert", [{"code": "A"}, {"code": "B"}])
    rows = [{"id": made[0].id, "code": "C"}, {"id": made[1].id, "code": "A"}]
    assert statuses(bench.write_many("country", "update", rows)) == ["updated", "updated"]


def test_a_key_that_names_no_single_record_is_refused(bench):
    with pytest.raises(InvalidError) as caught:
        bench.write_many("city", "upsert", [{"name": "a"}], "name")
    assert caught.value.code == "invalid_key"


def test_thousands_of_rows_are_written(bench):
    rows = [{"name": f"n{index}", "population": index, "latitude": index / 8} for index in range(3000)]
    assert set(statuses(bench.write_many("city", "insert", rows))) == {"created"}
    assert bench.list("city", limit=1, total="exact").total == 3000
