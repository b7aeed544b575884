"""The documents that the demo creates: modules, alert, template, and the flow with its parts."""

from typing import Any

COUNTRY: dict[str, Any] = {
    "handle": "country",
    "name": "Country",
    "label_field": "name",
    "fields": [
        {"name": "code", "kind": "String", "label": "Code", "required": True, "unique": True},
        {"name": "name", "kind": "String", "label": "Name", "required": True, "indexed": True},
        {
            "name": "continent",
            "kind": "Select",
            "label": "Continent",
            "indexed": True,
            "options": [
                {"value": "AF", "label": "Africa"},
                {"value": "AN", "label": "Antarctica"},
                {"value": "AS", "label": "Asia"},
                {"value": "EU", "label": "Europe"},
                {"value": "NA", "label": "North America"},
                {"value": "OC", "label": "Oceania"},
                {"value": "SA", "label": "South America"},
            ],
        },
        {"name": "capital", "kind": "String", "label": "Capital"},
        {"name": "population", "kind": "Number", "label": "Population"},
        {"name": "area_km2", "kind": "Number", "label": "Area (km²)", "scale": 2},
        {"name": "currency", "kind": "String", "label": "Currency"},
    ],
}
CITY: dict[str, Any] = {
    "handle": "city",
    "name": "City",
    "label_field": "name",
    "fields": [
        {"name": "name", "kind": "String", "label": "Name", "required": True, "indexed": True},
        {"name": "country", "kind": "Record", "label": "Country", "module": "country", "required": True},
        {"name": "population", "kind": "Number", "label": "Population", "indexed": True},
        {
            "name": "size",
            "kind": "Select",
            "label": "Size",
            "indexed": True,
            "options": [
                {"value": "small", "label": "Small"},
                {"value": "medium", "label": "Medium"},
                {"value": "large", "label": "Large"},
            ],
        },
        {"name": "latitude", "kind": "Number", "label": "Latitude", "scale": 5},
        {"name": "longitude", "kind": "Number", "label": "Longitude", "scale": 5},
        {"name": "time_zone", "kind": "String", "label": "Time zone", "indexed": True},
        {"name": "alternate_names", "kind": "String", "label": "Alternate names", "multi": True},
        {"name": "geoname_id", "kind": "Number", "label": "GeoNames id", "required": True, "unique": True},
    ],
}
DELIVERY: dict[str, Any] = {
    "handle": "delivery",
    "name": "Delivery",
    "label_field": "city",
    "fields": [
        {"name": "city", "kind": "String", "label": "City", "indexed": True},
        {"name": "country", "kind": "String", "label": "Country"},
        {"name": "population", "kind": "Number", "label": "Population"},
        {"name": "city_record", "kind": "Record", "label": "Record", "module": "city"},
    ],
}
ALERT: dict[str, Any] = {
    "name": "A city of more than a million people changed",
    "module": "city",
    "trigger": "filter",
    "filter": ["population", "gt", 1_000_000],
    "extra_fields": ["name", "population", "country.name"],
}
TEMPLATE: dict[str, Any] = {
    "title": "Correction of a city's entry",
    "description": "Tell us what is wrong in a city's entry, and prove it.",
    "steps": [
        {
            "title": "Proof",
            "items": [
                {
                    "kind": "document",
                    "title": "Official statistics",
                    "description": "A page of the statistical office that shows the figure.",
                    "accept": ["pdf", "png", "jpg"],
                }
            ],
        }
    ],
    "record_mapping": {
        "module": "city",
        "on": "approved",
        "operation": "update",
        "key": {"geoname_id": "custom.geoname_id"},
        "fields": {"population": "custom.population"},
    },
}
FLOW_NAME = "Changed cities to the delivery system"
FILE_NAME = "changed-cities-{{job.id}}.jsonl"
# brackets: the alert's extra field is one key with a dot in it, not a path
_FIELDS = [
    ("name", "city"),
    ("[country.name]", "country"),
    ("population", "population"),
    ("id", "city_record"),
]


def queue_export(queue_uuid: str) -> dict[str, Any]:
    """The source: what waits in the alert's queue."""
    return {
        "name": "Queue of changed cities",
        "adaptorType": "HeadwaterQueueExport",
        "queue": {"queueUUID": queue_uuid},
    }


def connection(folder: str) -> dict[str, Any]:
    """The folder that stands for another system."""
    return {"name": "Delivery folder", "type": "filesystem", "filesystem": {"directoryPath": folder}}


def file_import(connection_id: str) -> dict[str, Any]:
    """One file of JSON lines a run."""
    return {
        "name": "Deliver to a file",
        "adaptorType": "FileSystemImport",
        "_connectionId": connection_id,
        "filesystem": {"directoryPath": ".", "fileName": FILE_NAME},
        "file": {"type": "jsonl", "fileName": FILE_NAME},
        "mapping": mapping(),
    }


def records_import() -> dict[str, Any]:
    """One record of the module Delivery for each change."""
    return {
        "name": "Note the delivery",
        "adaptorType": "HeadwaterImport",
        "records": {"module": "delivery", "operation": "insert"},
        "mapping": mapping(),
    }


def mapping() -> dict[str, Any]:
    """From the alert's fields to what the other system wants."""
    return {
        "fields": [{"extract": extract, "generate": generate} for extract, generate in _FIELDS],
        "lists": [],
    }


def flow(export_id: str, import_ids: list[str]) -> dict[str, Any]:
    """From the queue to both destinations."""
    return {
        "name": FLOW_NAME,
        "disabled": False,
        "pageGenerators": [{"_exportId": export_id}],
        "pageProcessors": [{"type": "import", "_importId": each} for each in import_ids],
    }
