"""Modules and fields that change while records are there, on both databases."""

import pytest

from headwater.access.actor import SYSTEM
from headwater.kernel.errors import ConflictError, InvalidError
from headwater.records.tables import view_name
from tests.conformance.slice_records import Bench, faults

BOAT = {
    "handle": "boat",
    "fields": [
        {"name": "hull", "kind": "String"},
        {"name": "length", "kind": "Number", "scale": 1},
        {"name": "kind", "kind": "Select", "options": ["sail", "motor"]},
        {"name": "built", "kind": "DateTime"},
    ],
}


@pytest.fixture
def bench(database):
    bench = Bench(database)
    bench.module(BOAT)
    for hull, length in (("N-1", "8.5"), ("N-2", "11.0"), (None, None)):
        bench.create(
            "boat", {"hull": hull, "length": length, "kind": "sail", "built": "2031-05-02T07:00:00Z"}
        )
    return bench


def values(bench, name):
    return [each.values.get(name) for each in bench.list("boat").items]


def test_a_new_field_is_empty_everywhere_and_has_its_index(bench):
    bench.write(
        lambda tx: bench.modules.add_field(
            tx, SYSTEM, "boat", {"name": "code", "kind": "String", "unique": True}
        )
    )
    assert values(bench, "code") == [None, None, None]
    first, second, _ = bench.list("boat").items
    bench.update("boat", first.id, {"code": "A"})
    assert faults(bench.update, "boat", second.id, {"code": "a"}) == [("code", "not_unique")]
    assert bench.list("boat", sort=["code"]).items[0].id == first.id


def test_a_renamed_field_keeps_values_and_history(bench):
    record = bench.list("boat").items[0]
    bench.update("boat", record.id, {"hull": "N-9"})
    bench.update_field("boat", "hull", {"name": "mark", "label": "Mark"})
    assert values(bench, "mark")[0] == "N-9"
    items = bench.read(lambda tx: bench.records.history(tx, SYSTEM, "boat", record.id)).items
    assert items[0]["changes"] == {"mark": {"before": "N-1", "after": "N-9"}}


@pytest.mark.parametrize(
    ("name", "document", "shown"),
    [
        ("length", {"scale": 3}, ["8.500", "11.000", None]),
        ("length", {"kind": "String"}, ["8.5", "11.0", None]),
        ("hull", {"multi": True}, [["N-1"], ["N-2"], None]),
        ("hull", {"kind": "Text"}, ["N-1", "N-2", None]),
        ("kind", {"kind": "State", "states": ["sail", "row"]}, ["sail", "sail", "sail"]),
        ("kind", {"options": ["sail"]}, ["sail", "sail", "sail"]),
        ("built", {"kind": "String"}, ["2031-05-02T07:00:00Z"] * 3),
    ],
)
def test_values_follow_a_change_that_suits_them(bench, name, document, shown):
    bench.update_field("boat", name, document)
    found = [bench.json("boat", each)["values"].get(name) for each in bench.list("boat").items]
    assert found == shown
    assert [each.id for each in bench.walk("boat", 2, sort=["hull"] if name != "hull" else ())]


def test_values_go_there_and_back(bench):
    bench.update_field("boat", "length", {"kind": "String"})
    bench.update_field("boat", "length", {"kind": "Number", "scale": 2})
    found = [bench.json("boat", each)["values"].get("length") for each in bench.list("boat").items]
    assert found == ["8.50", "11.00", None]


@pytest.mark.parametrize(
    ("name", "document", "count"),
    [
        ("length", {"scale": 0}, 1),
        ("hull", {"kind": "Number"}, 2),
        ("hull", {"kind": "Record", "module": "boat"}, 2),
        ("hull", {"max_length": 2}, 2),
        ("kind", {"options": ["motor"]}, 3),
        ("built", {"kind": "Bool"}, 3),
    ],
)
def test_a_change_that_values_cannot_follow_is_refused_with_the_count(bench, name, document, count):
    with pytest.raises(ConflictError) as caught:
        bench.update_field("boat", name, document)
    assert (caught.value.code, caught.value.document["count"]) == ("values_cannot_follow", count)
    assert len(caught.value.document["values"]) == count
    assert values(bench, "hull") == ["N-1", "N-2", None]


def test_a_reference_may_move_to_another_module_only_when_its_records_are_there(bench):
    first = bench.list("boat").items[0].id
    bench.write(
        lambda tx: bench.modules.add_field(
            tx, SYSTEM, "boat", {"name": "tows", "kind": "Record", "module": "boat"}
        )
    )
    bench.update("boat", first, {"tows": first})
    bench.module({"handle": "ship", "fields": []})
    with pytest.raises(ConflictError):
        bench.update_field("boat", "tows", {"module": "ship"})
    bench.update("boat", first, {"tows": None})
    assert bench.update_field("boat", "tows", {"module": "ship"}).options["module"] != 0


def test_a_field_becomes_unique_only_when_its_values_are(bench):
    bench.update_field("boat", "hull", {"unique": True})
    assert faults(bench.create, "boat", {"hull": "n-1"}) == [("hull", "not_unique")]
    with pytest.raises(ConflictError) as caught:
        bench.update_field("boat", "kind", {"unique": True})
    assert caught.value.code == "not_unique"
    bench.update_field("boat", "hull", {"unique": False})
    bench.create("boat", {"hull": "n-1"})


def test_a_removed_field_is_in_no_answer_and_its_name_is_free(bench):
    bench.write(lambda tx: bench.modules.delete_field(tx, SYSTEM, "boat", "hull"))
    assert values(bench, "hull") == [None, None, None]
    assert faults(bench.create, "boat", {"hull": "N-3"}) == [("hull", "unknown_field")]
    bench.write(lambda tx: bench.modules.add_field(tx, SYSTEM, "boat", {"name": "hull", "kind": "Number"}))
    assert bench.create("boat", {"hull": 3}).values["hull"] == 3


def test_the_view_shows_living_records_under_their_names(bench):
    bench.write(lambda tx: bench.records.delete(tx, SYSTEM, "boat", bench.list("boat").items[1].id))
    rows = bench.read(lambda tx: tx.all('select "hull", "length", "kind" from v_boat order by id'))
    assert [(row[0], row[1] and float(row[1]), row[2]) for row in rows] == [
        ("N-1", 8.5, "sail"),
        (None, None, "sail"),
    ]
    bench.write(lambda tx: bench.modules.update(tx, SYSTEM, "boat", {"handle": "vessel"}))
    assert bench.read(lambda tx: tx.scalar("select count(*) from v_vessel")) == 2


def test_long_handles_that_begin_alike_have_views_of_their_own(bench):
    first = bench.module({"handle": "h" * 62 + "a", "fields": []})
    second = bench.module({"handle": "h" * 62 + "b", "fields": []})
    assert view_name(first) != view_name(second)
    assert all(len(view_name(each)) <= 63 for each in (first, second))


def test_a_deleted_module_is_gone_and_its_handle_is_free(bench):
    bench.write(lambda tx: bench.modules.delete(tx, SYSTEM, "boat"))
    bench.module(BOAT)
    assert bench.list("boat").items == []


def test_a_module_that_fails_leaves_nothing_behind(bench):
    with pytest.raises(ConflictError):
        bench.module(BOAT)
    assert [each.handle for each in bench.read(lambda tx: bench.modules.list(tx, SYSTEM))] == ["boat"]
    bench.module({"handle": "crew", "fields": []})


def test_a_rolled_back_definition_is_never_seen(bench):
    def work(tx):
        bench.modules.create(tx, SYSTEM, {"handle": "ghost", "fields": []})
        assert bench.slice.catalogue.get(tx, "ghost").handle == "ghost"
        raise ConflictError("no", "No.")

    with pytest.raises(ConflictError):
        bench.write(work)
    bench.module({"handle": "real", "fields": []})
    assert bench.read(lambda tx: bench.slice.catalogue.find(tx, "ghost")) is None


def test_there_are_at_most_500_fields(bench):
    fields = [{"name": f"f{index}", "kind": "Bool"} for index in range(501)]
    with pytest.raises(InvalidError) as caught:
        bench.module({"handle": "wide", "fields": fields})
    assert caught.value.faults[0].code == "too_many_fields"
    bench.module({"handle": "wide", "fields": fields[:500]})
    made = bench.create("wide", {"f499": True})
    assert bench.get("wide", made.id).values == {"f499": True}


def test_records_are_written_and_read_while_fields_are_added(bench):
    from concurrent.futures import ThreadPoolExecutor

    def add(index):
        document = {"name": f"x{index}", "kind": "String", "indexed": True}
        bench.write(lambda tx: bench.modules.add_field(tx, SYSTEM, "boat", document))

    def use(index):
        made = bench.create("boat", {"hull": f"M-{index}"})
        return bench.get("boat", made.id).values["hull"]

    with ThreadPoolExecutor(4) as threads:
        adding = [threads.submit(add, index) for index in range(5)]
        using = [threads.submit(use, index) for index in range(40)]
    assert [each.result() for each in using] == [f"M-{index}" for index in range(40)]
    assert all(each.result() is None for each in adding)
    assert len(bench.read(lambda tx: bench.slice.catalogue.get(tx, "boat")).fields) == 9
