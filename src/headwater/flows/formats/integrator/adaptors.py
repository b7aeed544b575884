"""Which connector an `adaptorType` means, and its part of a document in the connector's words."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from headwater.connectors.spec import Role
from headwater.flows.formats.integrator import files, http, ours

Document = Mapping[str, Any]
Translate = Callable[[Document], dict[str, Any]]


@dataclass(frozen=True, slots=True)
class Adaptor:
    """A connector, the roles it can take here, and the translation of a document's parameters."""

    connector: str
    roles: tuple[Role, ...]
    parameters: Translate
    connection_types: tuple[str, ...] = ()

    @property
    def needs_connection(self) -> bool:
        """Whether the document names a connection; our own data needs none."""
        return bool(self.connection_types)


_HTTP = ("http", "rest")
_FOLDER = ("filesystem",)

ADAPTORS: Mapping[str, Adaptor] = {
    "HTTPExport": Adaptor("http", ("source", "lookup"), http.export_parameters, _HTTP),
    "HTTPImport": Adaptor("http", ("sink",), http.import_parameters, _HTTP),
    "RESTExport": Adaptor("http", ("source", "lookup"), http.export_parameters, _HTTP),
    "RESTImport": Adaptor("http", ("sink",), http.import_parameters, _HTTP),
    "FileSystemExport": Adaptor("file", ("source",), files.export_parameters, _FOLDER),
    "FileSystemImport": Adaptor("file", ("sink",), files.import_parameters, _FOLDER),
    "HeadwaterExport": Adaptor("records", ("source", "lookup"), ours.export_parameters),
    "HeadwaterImport": Adaptor("records", ("sink",), ours.import_parameters),
    "HeadwaterQueueExport": Adaptor("queue", ("source",), ours.queue_parameters),
}

_CONNECTIONS: Mapping[str, Translate] = {
    "http": http.connection_parameters,
    "file": files.connection_parameters,
}


def connection_parameters(connector: str, document: Document) -> dict[str, Any]:
    """A connection document in the connector's words."""
    translate = _CONNECTIONS.get(connector)
    return translate(document) if translate else {}
