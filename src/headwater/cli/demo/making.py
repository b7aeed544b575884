"""Making each part of the demo, or finding it where an earlier run made it."""

from pathlib import Path
from typing import Any

from headwater.cli.client import Api, RefusedError
from headwater.cli.demo import data, documents
from headwater.cli.importing import send_file

INTEGRATOR = "/integrator/v1"


def modules(api: Api) -> list[str]:
    """The handles of the modules that were not there yet; they are now."""
    made = []
    for document in (documents.COUNTRY, documents.CITY, documents.DELIVERY):
        try:
            api.get(f"/api/modules/{document['handle']}")
        except RefusedError as error:
            if error.code != "module_unknown":
                raise
            api.post("/api/modules", document)
            made.append(document["handle"])
    return made


def countries(api: Api, folder: Path, found: dict[str, Any]) -> dict[str, Any]:
    """The import of the countries; the same file is imported once."""
    file = _file(folder, "countries.csv", data.countries_csv(found.values()))
    return send_file(api, "country", file, {"key": "code"})


def cities(api: Api, folder: Path, found: dict[str, Any]) -> dict[str, Any]:
    """The import of the cities, each with the id of its country looked up by its code."""
    file = _file(folder, "cities.jsonl", data.cities_jsonl(found.values()))
    return send_file(api, "city", file, {"key": "geoname_id", "references": {"country": "code"}})


def alert(api: Api) -> dict[str, Any]:
    """The alert on large cities."""
    return _named(api, "/api/alerts", documents.ALERT)


def template(api: Api) -> dict[str, Any]:
    """The template of the application."""
    return _named(api, "/api/templates", documents.TEMPLATE, name="title")


def flow(api: Api, queue_uuid: str, folder: Path) -> dict[str, Any]:
    """The flow from the queue to a file and to the module Delivery."""
    for found in api.get(f"{INTEGRATOR}/flows"):
        if found["name"] == documents.FLOW_NAME:
            return dict(found)
    folder.mkdir(parents=True, exist_ok=True)
    connection = _post(api, "connections", documents.connection(str(folder.resolve())))
    imports = [documents.file_import(connection), documents.records_import()]
    export = _post(api, "exports", documents.queue_export(queue_uuid))
    document = documents.flow(export, [_post(api, "imports", each) for each in imports])
    return dict(api.post(f"{INTEGRATOR}/flows", document))


def _post(api: Api, kind: str, document: dict[str, Any]) -> str:
    return str(api.post(f"{INTEGRATOR}/{kind}", document)["_id"])


def _named(api: Api, path: str, document: dict[str, Any], name: str = "name") -> dict[str, Any]:
    cursor = None
    while True:
        page = api.get(path, cursor=cursor, limit=1000)
        for found in page["items"]:
            if found[name] == document[name]:
                return dict(found)
        cursor = page["next_cursor"]
        if cursor is None:
            return dict(api.post(path, document))


def _file(folder: Path, name: str, content: bytes) -> Path:
    folder.mkdir(parents=True, exist_ok=True)
    file = folder / name
    file.write_bytes(content)
    return file
