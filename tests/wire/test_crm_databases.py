"""The CRM dialect gives the same answers on both databases: what it asks of records is asked of each."""

from dataclasses import replace

import pytest

from headwater.access.actor import SYSTEM
from headwater.expr.calendar import Calendar
from headwater.kernel.errors import ConflictError, InvalidError
from headwater.kernel.events import Events
from headwater.records.building import build_records
from headwater.wire.crm.chart_question import read_parameters
from headwater.wire.crm.charts import CrmCharts
from headwater.wire.crm.content_form import read_items
from headwater.wire.crm.content_list import read_list
from headwater.wire.crm.contents import CrmContents
from headwater.wire.crm.modules import CrmModules, read_module
from tests.wire.crm_client import values

FIELDS = [
    {"name": "Hull no.", "kind": "text", "isRequired": True},
    {"name": "type", "kind": "enum", "options": {"options": ["Sail", "Motor"]}},
    {"name": "length", "kind": "Number"},
    {"name": "built", "kind": "stamp"},
    {"name": "crew", "kind": "related_multi"},
]
FLEET = [
    ("Äsche", "Sail", "8.5", "2030-02-01"),
    ("bark", "Motor", "26", "2030-12-31"),
    ("Zander", "Sail", "", "2029-05-05"),
]


class Dialect:
    """The translators over one database, each call in a transaction of its own."""

    def __init__(self, database, clock):
        records = build_records(clock, Events(), Calendar("UTC", 0, clock.now))
        self.database = database
        self.modules = CrmModules(records.modules, records.catalogue)
        self.contents = CrmContents(records.records, records.finder, records.catalogue)
        self.charts = CrmCharts(records.finder, records.catalogue)

    def module(self, fields, module_id=None):
        form = read_module({"name": "Boat", "fields": fields})
        create, update = self.modules.create, self.modules.update
        shown = self.database.write_now(
            lambda tx: create(tx, SYSTEM, form) if module_id is None else update(tx, SYSTEM, module_id, form)
        )
        return int(shown["moduleID"])

    def add(self, module_id, **sent):
        items = read_items([{"name": name, "value": value} for name, value in sent.items()])
        return self.database.write_now(lambda tx: self.contents.create(tx, SYSTEM, module_id, items))

    def list(self, module_id, **asked):
        return self.database.read_now(lambda tx: self.contents.list(tx, SYSTEM, module_id, read_list(asked)))

    def chart(self, module_id, time_zone="UTC", **asked):
        question = read_parameters({"kind": "pie", **asked})
        actor = replace(SYSTEM, time_zone=time_zone)
        return self.database.read_now(lambda tx: self.charts.get(tx, actor, module_id, question))["data"]


@pytest.fixture
def crm(database, clock):
    return Dialect(database, clock)


@pytest.fixture
def fleet(crm):
    module_id = crm.module(FIELDS)
    for hull, kind, length, built in FLEET:
        crm.add(module_id, type=kind, length=length, built=built, note="🛥", **{"Hull no.": hull})
    return module_id


def test_contents_are_listed_searched_and_sorted(crm, fleet):
    found = crm.list(fleet, query="ÄS")
    by_length = crm.list(fleet, sort="length desc")

    assert (found["meta"]["count"], values(found["contents"][0])["note"]) == (1, "🛥")
    assert [values(each)["Hull no."] for each in by_length["contents"]] == ["bark", "Äsche", "Zander"]


def test_charts_are_computed(crm, fleet):
    assert crm.chart(fleet, xAxis="type", count="*") == [("Sail", 2), ("Motor", 1)]
    assert crm.chart(fleet, xAxis="type", sum="length") == [("Sail", 8.5), ("Motor", 26)]
    assert crm.chart(fleet, xAxis="built", xBucket="year", xMin="1/1/2030", xMax="31/12/2030") == [
        ("2030-01-01", 2)
    ]
    assert crm.chart(fleet, xAxis="length", xMin="8.5") == [("8.5", 1), ("26", 1)]
    assert crm.chart(fleet, xAxis="Hull no.") == [("bark", 1), ("Zander", 1), ("Äsche", 1)]
    assert crm.chart(0) == [("Boat", 3)]


def test_a_module_is_replaced_in_one_transaction(crm, fleet):
    with pytest.raises(ConflictError, match=r"Error updating module: Hull no\.: 3 values"):
        crm.module([{"name": "new"}, {"name": "Hull no.", "kind": "Number"}], fleet)

    assert list(values(crm.list(fleet)["contents"][0])) == ["note", *(each["name"] for each in FIELDS)]
    assert crm.module([{"name": "new"}, {"name": "type", "kind": "text"}], fleet) == fleet
    assert values(crm.list(fleet)["contents"][0]) == {"note": "🛥", "new": "", "type": "Sail"}


def test_a_refused_content_writes_nothing(crm, fleet):
    with pytest.raises(InvalidError, match=r"length: not a number; Hull no\.: required"):
        crm.add(fleet, length="long")

    assert crm.list(fleet)["meta"]["count"] == 3


def test_days_and_bounds_are_those_of_the_users_time_zone(crm, fleet):
    crm.add(fleet, built="2030-12-31T20:00:00Z", **{"Hull no.": "late"})

    asked = {"xAxis": "built", "count": "id", "xMin": "2031-01-01", "xMax": "2031-01-01"}
    assert crm.chart(fleet, **asked) == []
    assert crm.chart(fleet, time_zone="Asia/Tokyo", **asked) == [("2031-01-01", 1)]
