"""The records slice over a database of either kind, with what its tests need around it."""

from headwater.access.actor import SYSTEM
from headwater.expr.calendar import Calendar
from headwater.kernel.clock import FixedClock
from headwater.kernel.errors import InvalidError
from headwater.kernel.events import Events
from headwater.records.building import build_records
from headwater.records.query import Query

CITY = {
    "handle": "city",
    "fields": [
        {"name": "name", "kind": "String", "required": True, "indexed": True},
        {"name": "country", "kind": "Record", "module": "country"},
        {"name": "population", "kind": "Number", "indexed": True},
        {"name": "latitude", "kind": "Number", "scale": 6},
        {"name": "capital", "kind": "Bool"},
        {"name": "seen", "kind": "DateTime"},
        {"name": "size", "kind": "Select", "options": ["small", "large"], "indexed": True},
        {"name": "status", "kind": "State", "states": ["draft", "ready"]},
        {"name": "names", "kind": "String", "multi": True},
        {"name": "about", "kind": "Text"},
    ],
}
COUNTRY = {"handle": "country", "fields": [{"name": "code", "kind": "String", "unique": True}]}


class Bench:
    """The services of records with everything run at once, as the system."""

    def __init__(self, database):
        self.database = database
        self.clock = FixedClock()
        self.events = Events()
        self.changes = []
        self.events.subscribe(lambda tx, changes: self.changes.extend(changes))
        self.slice = build_records(self.clock, self.events, Calendar("Europe/Oslo", 0, self.clock.now))
        self.records, self.modules = self.slice.records, self.slice.modules

    def write(self, work):
        return self.database.write_now(work)

    def read(self, work):
        return self.database.read_now(work)

    def module(self, document):
        return self.write(lambda tx: self.modules.create(tx, SYSTEM, document))

    def create(self, module, values, **rest):
        return self.write(lambda tx: self.records.create(tx, SYSTEM, module, values, **rest))

    def update(self, module, record_id, values, **rest):
        return self.write(lambda tx: self.records.update(tx, SYSTEM, module, record_id, values, **rest))

    def get(self, module, record_id):
        return self.read(lambda tx: self.records.get(tx, SYSTEM, module, record_id))

    def json(self, module, record):
        return self.read(lambda tx: self.records.compiled(tx, module).codec.to_json(record))

    def write_many(self, module, operation, rows, key=None):
        return self.write(lambda tx: self.records.write_many(tx, SYSTEM, module, operation, rows, key))

    def list(self, module, **query):
        return self.read(lambda tx: self.records.list(tx, SYSTEM, module, Query(**query)))

    def walk(self, module, limit, **query):
        """Every record, page after page."""
        found, cursor = [], None
        while True:
            page = self.list(module, limit=limit, cursor=cursor, **query)
            found += page.items
            cursor = page.next_cursor
            if cursor is None:
                return found

    def update_field(self, module, name, document):
        return self.write(lambda tx: self.modules.update_field(tx, SYSTEM, module, name, document))


def faults(work, *arguments, **rest):
    """The faults of a refused write, as (field, code)."""
    try:
        work(*arguments, **rest)
    except InvalidError as error:
        return [(fault.field, fault.code) for fault in error.faults]
    raise AssertionError("it was accepted")
