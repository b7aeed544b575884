"""Lists, searches and figures give the same answers on both databases."""

import random
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from zoneinfo import ZoneInfo

import pytest

from headwater.access.actor import SYSTEM, Actor
from headwater.kernel.errors import InvalidError
from headwater.records.buckets import bucket_start
from headwater.records.query import Aggregate, Query
from tests.conformance.slice_records import CITY, COUNTRY, Bench

SORTS = [
    (),
    ("-id",),
    ("name",),
    ("-name", "population"),
    ("population",),
    ("-population",),
    ("latitude", "-name"),
    ("-capital", "size"),
    ("seen",),
    ("-seen", "-population"),
    ("-size", "status", "name", "population", "latitude"),
    ("country",),
    ("-updated_at", "name"),
]


@pytest.fixture
def bench(database):
    """Sixty cities with gaps, ties and letters of many scripts."""
    bench = Bench(database)
    bench.module(COUNTRY)
    bench.module(CITY)
    country = bench.create("country", {"code": "NO"}).id
    picks = random.Random(4)
    first = datetime(2030, 10, 20, tzinfo=UTC)
    bench.rows = [
        {
            "name": picks.choice(["Oslo", "oslo", "Ørsta", "Zürich", "ångström", "東京", "Ab"]),
            "country": picks.choice([country, None]),
            "population": picks.choice([None, 1, 2, 30, 1000]),
            "latitude": picks.choice([None, "1.5", "-3.25", "60.069"]),
            "capital": picks.choice([None, True, False]),
            "seen": picks.choice([None, (first + timedelta(hours=picks.randrange(400))).isoformat()]),
            "size": picks.choice([None, "small", "large"]),
            "names": picks.choice([None, ["Kristiania", "Christiania"], ['[x],"y"']]),
        }
        for _ in range(60)
    ]
    bench.write_many("city", "insert", bench.rows)
    return bench


def test_pages_give_every_record_once_in_the_order_of_the_whole(bench):
    for sort in SORTS:
        whole = [each.id for each in bench.list("city", sort=sort, limit=100).items]
        assert [each.id for each in bench.walk("city", 7, sort=sort)] == whole, sort
        jumped = [bench.list("city", sort=sort, limit=1, offset=at).items[0].id for at in (0, 1, 30, 59)]
        assert jumped == [whole[at] for at in (0, 1, 30, 59)], sort


def test_a_far_offset_gives_the_same_records(bench, monkeypatch):
    near = {sort: [each.id for each in bench.list("city", sort=sort, offset=20).items] for sort in SORTS}
    monkeypatch.setattr("headwater.records.listing._FAR", 1)
    for sort, ids in near.items():
        assert [each.id for each in bench.list("city", sort=sort, offset=20).items] == ids, sort


def test_empties_come_last_both_ways_and_ties_by_id(bench):
    for sort in ("population", "-population", "latitude", "-latitude"):
        name, sign = sort.removeprefix("-"), -1 if sort[0] == "-" else 1
        found = [
            (each.values.get(name), each.id) for each in bench.list("city", sort=[sort], limit=100).items
        ]
        assert found == sorted(found, key=lambda pair: (pair[0] is None, sign * (pair[0] or 0), pair[1])), (
            sort
        )


def test_text_sorts_folded_and_by_code_point(bench):
    names = [each.values["name"].casefold() for each in bench.list("city", sort=["name"], limit=100).items]
    assert names == sorted(names)


def test_a_walk_misses_and_repeats_nothing_while_others_write(bench):
    whole = {each.id for each in bench.list("city", limit=100).items}
    found, cursor = [], None
    while True:
        page = bench.list("city", sort=["population"], limit=5, cursor=cursor)
        found += [each.id for each in page.items]
        cursor = page.next_cursor
        if cursor is None:
            break
        bench.create("city", {"name": "new", "population": 1})
        bench.create("city", {"name": "new"})
    assert [each for each in found if each in whole] == sorted(set(found) & whole, key=found.index)
    assert whole <= set(found)
    assert len(found) == len(set(found))


def test_a_search_is_a_folded_substring(bench):
    cases = {"OSL": {"Oslo", "oslo"}, "ÅNG": {"ångström"}, "京": {"東京"}, "zzz": set(), "%": set()}
    for search, expected in cases.items():
        found = {each.values["name"] for each in bench.list("city", search=search, limit=100).items}
        assert found == expected, search


def test_a_search_looks_at_each_of_several_values(bench):
    for search in ("hristian", "[x]", '","', "],", '"y'):
        found = [each.values["names"] for each in bench.list("city", search=search, limit=100).items]
        several = [each["names"] for each in bench.rows if each["names"]]
        expected = [each for each in several if any(search in one.casefold() for one in each)]
        assert sorted(found) == sorted(expected), search
        assert bool(found) == (search != '","'), search


def test_hostile_questions_find_nothing_and_break_nothing(bench):
    assert bench.list("city", search="a\0").items == []
    for value in ("'; drop table module; --", "%_\\", "x" * 100_000):
        assert bench.list("city", filter=["name", "contains", value]).items == []
        assert bench.list("city", filter=["name", "eq", value]).items == []
        assert bench.list("city", search=value).items == []
    assert bench.list("city", filter=["population", "gt", 10**40]).items == []
    assert bench.list("city", offset=2**53).items == []


def test_totals_are_exact_or_capped(bench, monkeypatch):
    assert bench.list("city", limit=1).total is None
    assert bench.list("city", limit=1, total="exact").total == 60
    monkeypatch.setattr("headwater.records.listing.CAP", 50)
    page = bench.list("city", limit=1, total="capped")
    assert (page.total, page.total_is_capped) == (50, True)


def test_a_filter_through_a_reference_and_a_count_agree(bench):
    condition = {"and": [["country.code", "eq", "no"], ["population", "gt", 1]]}
    found = bench.list("city", filter=condition, limit=100).items
    expected = [each for each in bench.rows if each["country"] and (each["population"] or 0) > 1]
    assert len(found) == len(expected) > 0
    assert bench.read(lambda tx: bench.records.count(tx, SYSTEM, "city", condition)) == len(expected)


def test_nobody_looks_through_a_reference_into_a_module_that_is_hidden(bench):
    actor = Actor("token", 1, "t", frozenset({"records:read:city"}))
    query = Query(filter=["country.code", "eq", "no"])
    with pytest.raises(InvalidError):
        bench.read(lambda tx: bench.records.list(tx, actor, "city", query))


def figures(bench, *group_by, measures=("count",), sort="key", **rest):
    ask = Aggregate(group_by, measures, sort=sort, **rest)
    groups = bench.read(lambda tx: bench.records.aggregate(tx, SYSTEM, "city", ask))
    return {tuple(each["key"]): each["values"] for each in groups}


def test_figures_of_one_group_equal_those_counted_by_hand(bench):
    known = [each["population"] for each in bench.rows if each["population"] is not None]
    measures = ("count", "count:population", "sum:population", "min:population", "max:population")
    values = figures(bench, measures=measures)[()]
    assert values == dict(zip(measures, (60, len(known), sum(known), min(known), max(known)), strict=True))


def test_decimals_are_summed_exactly_and_averaged_in_decimals(bench):
    known = [each["latitude"] for each in bench.rows if each["latitude"] is not None]
    total = sum(map(Decimal, known))
    values = figures(bench, measures=("sum:latitude", "avg:latitude", "max:seen"))[()]
    assert values["sum:latitude"] == f"{total:.6f}"
    assert abs(Decimal(values["avg:latitude"]) - total / len(known)) < Decimal("1e-11")


def test_sums_beyond_the_largest_integer_are_exact(bench):
    rows = [{"name": "big", "population": 2**53} for _ in range(2000)]
    bench.write_many("city", "insert", rows)
    values = figures(bench, measures=("sum:population",), filter=["name", "eq", "big"])[()]
    assert values["sum:population"] == 2000 * 2**53


def test_groups_fold_and_come_by_figure_or_key_with_empties_last(bench):
    by_name = figures(bench, "name")
    assert by_name.keys() >= {("東京",)}
    assert sum(each["count"] for each in by_name.values()) == 60
    assert len([key for key in by_name if key[0].casefold() == "oslo"]) == 1
    sizes = list(figures(bench, "size"))
    assert sizes == [("large",), ("small",), (None,)]
    counts = [each["count"] for each in figures(bench, "name", sort="measure").values()]
    assert counts == sorted(counts, reverse=True)


def test_buckets_of_time_are_those_of_the_zone(bench):
    for unit in ("day", "week", "month", "quarter", "year"):
        for zone in ("Europe/Oslo", "Asia/Kathmandu", "America/St_Johns"):
            groups = figures(bench, f"seen:{unit}", measures=("count", "distinct:name"), time_zone=zone)
            groups.pop((None,))
            expected = by_hand(bench.rows, unit, ZoneInfo(zone))
            assert {key: each["count"] for key, each in groups.items()} == {
                key: len(names) for key, names in expected.items()
            }, (unit, zone)
            assert {key: each["distinct:name"] for key, each in groups.items()} == {
                key: len(set(names)) for key, names in expected.items()
            }, (unit, zone)


def by_hand(rows, unit, zone):
    """The folded names of the rows of each bucket."""
    found = {}
    for row in rows:
        if row["seen"]:
            local = datetime.fromisoformat(row["seen"]).astimezone(zone).date()
            start = bucket_start((local - date(1970, 1, 1)).days, unit, 0).isoformat()
            found.setdefault((start,), []).append(row["name"].casefold())
    return found


ABSURD = {
    "unknown_field": Aggregate(("colour",)),
    "not_groupable": Aggregate(("names",)),
    "not_a_time": Aggregate(("name:month",)),
    "unknown_unit": Aggregate(("seen:hour",)),
    "not_a_number": Aggregate((), ("sum:name",)),
    "unknown_measure": Aggregate((), ("median:population",)),
    "not_measurable": Aggregate((), ("max:name",)),
    "unknown_time_zone": Aggregate(("seen:day",), time_zone="Mars/Base"),
}


def test_a_question_that_makes_no_sense_is_refused(bench):
    for code, ask in ABSURD.items():
        with pytest.raises(InvalidError) as caught:
            bench.read(lambda tx, ask=ask: bench.records.aggregate(tx, SYSTEM, "city", ask))
        assert [fault.code for fault in caught.value.faults] == [code]
