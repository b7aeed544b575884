"""A world whose flows read and write records, take queues and ask an API, on either database."""

from headwater.access.actor import SYSTEM
from headwater.alerts.building import build_alerts
from headwater.alerts.connector import QueueConnector
from headwater.connectors.builtin.file.connector import FileConnector
from headwater.connectors.builtin.http.connector import HttpConnector
from headwater.connectors.outbound import OutboundPolicy
from headwater.expr.calendar import Calendar
from headwater.kernel.clock import SystemClock
from headwater.kernel.events import Events
from headwater.kernel.settings import Settings
from headwater.records.building import build_records
from headwater.records.connector import RecordsConnector
from tests.unit.flows.conftest import World

FIELDS = [
    {"name": "code", "kind": "String", "label": "Code", "required": True},
    {"name": "size", "kind": "Number", "label": "Size", "scale": 0},
]


def records_world(database, clock, tmp_path):
    """Modules `source` and `target`, an import `records` into the latter, and an import `out` to a file."""
    folder = tmp_path / "exchange"
    folder.mkdir()
    events = Events()
    records = build_records(clock, events, Calendar("UTC", 0, clock.now))
    alerts = build_alerts(clock, Settings(data=tmp_path), events, records, database)
    connectors = {
        "file": FileConnector(tmp_path / "data"),
        "records": RecordsConnector(records.records, records.catalogue, database),
        "queue": QueueConnector(alerts.queues),
        "http": HttpConnector(OutboundPolicy(), SystemClock(), waits=()),
    }
    world = World(database, clock, folder, connectors)
    world.records, world.alerts = records, alerts
    for handle in ("source", "target"):
        document = {"handle": handle, "name": handle, "fields": FIELDS}
        database.write_now(lambda tx, document=document: records.modules.create(tx, SYSTEM, document))
    world.add("import", "records", **into_records())
    world.file_import()
    return world


def into_records():
    mapping = {
        "fields": [{"extract": name, "generate": name} for name in ("code", "size")],
        "lists": [],
    }
    records = {"module": "target", "operation": "insert"}
    return {"adaptorType": "HeadwaterImport", "records": records, "mapping": mapping}
