"""One place of a flow document as a Step: its document found, its parts translated and checked."""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from headwater.connectors.contract import Connector
from headwater.connectors.spec import Role
from headwater.expr import mapping, paths, rules
from headwater.flows import response, transforms
from headwater.flows.formats.integrator.adaptors import ADAPTORS, Adaptor, connection_parameters
from headwater.flows.formats.integrator.parts import part, text
from headwater.flows.model import DEFAULT_PAGE_SIZE, ExportType, Step, StepKind
from headwater.kernel.errors import Fault, InvalidError

Document = Mapping[str, Any]
Lookup = Callable[[str, str], Document | None]

HOOKS = ("preSavePage", "preMap", "postMap", "postSubmit", "postResponseMap", "postAggregate")
ROLES: Mapping[StepKind, Role] = {"generator": "source", "lookup": "lookup", "import": "sink"}
_EXPORT_TYPES: Mapping[str | None, ExportType] = {
    None: "all",
    "all": "all",
    "delta": "delta",
    "test": "test",
}
_UNSAFE = re.compile(r"[^0-9A-Za-z_-]")


@dataclass(frozen=True, slots=True)
class Place:
    """One place of a flow: what the flow says of it, where it stands, and the document that it refers to."""

    given: Document
    kind: StepKind
    position: int
    field: str
    document_id: str
    document: Document

    @property
    def name(self) -> str:
        """How messages call it."""
        return text(self.document, "name") or self.document_id


class StepPlanner:
    """Plans places one after another and gathers their faults; `field` names a place in the flow document."""

    def __init__(self, flow: Document, lookup: Lookup, connectors: Mapping[str, Connector]) -> None:
        """`lookup(kind, id)` finds documents of kind export, import and connection."""
        self.faults: list[Fault] = []
        self.warnings: list[Fault] = []
        self._flow = flow
        self._lookup = lookup
        self._connectors = connectors
        self._places: dict[str, int] = {}

    def fault(self, field: str, code: str, detail: str) -> None:
        """Keep one fault."""
        self.faults.append(Fault(field, code, detail))

    def step(self, given: Document, kind: StepKind, position: int, field: str) -> Step | None:
        """The Step of a place, or None after a fault that leaves nothing to look at."""
        place = self._place(given, kind, position, field)
        adaptor = self._adaptor(place) if place else None
        return self._step(place, adaptor) if place and adaptor else None

    def _place(self, given: Document, kind: StepKind, position: int, field: str) -> Place | None:
        document_kind = "import" if kind == "import" else "export"
        reference = f"_{document_kind}Id"
        document_id = text(given, reference)
        if document_id is None:
            self.fault(f"{field}.{reference}", "missing_required_field", f"{field}.{reference} is required.")
            return None
        document = self._lookup(document_kind, document_id)
        if document is None:
            detail = f"{document_kind.capitalize()} not found for the given id."
            self.fault(f"{field}.{reference}", "invalid_ref", detail)
            return None
        return Place(given, kind, position, field, document_id, document)

    def _step(self, place: Place, adaptor: Adaptor) -> Step:
        given, document, field = place.given, place.document, place.field
        parameters = adaptor.parameters(document)
        self._check_place(place)
        self._check_connector(place, adaptor, parameters)
        is_import = place.kind == "import"
        return Step(
            position=place.position,
            id=self._place_id(place),
            kind=place.kind,
            document_id=place.document_id,
            name=place.name,
            adaptor=str(document.get("adaptorType")),
            connector=adaptor.connector,
            parameters=parameters,
            connection_id=text(document, "_connectionId") if adaptor.needs_connection else None,
            filter=self.filter(document, "filter" if is_import else "inputFilter", field),
            output_filter=None if is_import else self.filter(document, "filter", field),
            transform=None if is_import else self._transform(document, field),
            mapping=self._mapping(document, field) if is_import else None,
            response_mapping=self._response(given, field),
            is_proceeding=given.get("proceedOnFailure") is True,
            page_size=_page_size(document),
            trace_key=text(document, "traceKeyTemplate"),
            export_type=self._export_type(place),
            path_to_many=self._path_to_many(place),
            test_limit=_test_limit(document),
            delta=part(document, "delta"),
            skips_retries=(given.get("skipRetries") or self._flow.get("skipRetries")) is True,
            settings=_settings(self._flow, place),
        )

    def _place_id(self, place: Place) -> str:
        """The place's own id, or its document's with a number: one document may stand at several (E0)."""
        # An id is part of file names, so nothing else than these letters may be in it.
        given = text(place.given, "_id")
        own = _UNSAFE.sub("-", given or place.document_id)
        self._places[own] = self._places.get(own, 0) + 1
        return own if given and self._places[own] == 1 else f"{own}.{self._places[own]}"

    def _adaptor(self, place: Place) -> Adaptor | None:
        name = str(place.document.get("adaptorType") or "none")
        adaptor = ADAPTORS.get(name)
        if adaptor is None:
            self._refuse(place, f"type {name} cannot be run yet.")
        elif ROLES[place.kind] not in adaptor.roles:
            self._refuse(place, f"{name} cannot be a {place.kind}.")
            return None
        return adaptor

    def _refuse(self, place: Place, why: str, below: str = "") -> None:
        self.fault(_below(place.field, below), "invalid_flow", f"Step '{place.name}': {why}")

    def _check_connector(self, place: Place, adaptor: Adaptor, parameters: Document) -> None:
        connector = self._connectors.get(adaptor.connector)
        if connector is None:
            self._refuse(place, f"the connector {adaptor.connector} is missing.")
            return
        connection = self._connection(adaptor, place.document, place.field)
        if connection is not None:
            for fault in connector.check(ROLES[place.kind], parameters, connection):
                detail = f"Step '{place.name}': {fault.detail}"
                self.fault(_below(place.field, fault.field), fault.code, detail)

    def _connection(self, adaptor: Adaptor, document: Document, field: str) -> dict[str, Any] | None:
        if not adaptor.needs_connection:
            return {}
        connection_id = text(document, "_connectionId")
        if connection_id is None:
            self.fault(f"{field}._connectionId", "missing_required_field", "_connectionId is required.")
            return None
        connection = self._lookup("connection", connection_id)
        if connection is None:
            self.fault(f"{field}._connectionId", "invalid_ref", "Connection not found for the given id.")
            return None
        if connection.get("type") not in adaptor.connection_types:
            detail = (
                f"A connection of type {connection.get('type')} does not fit {document.get('adaptorType')}."
            )
            self.fault(f"{field}._connectionId", "invalid_ref", detail)
            return None
        return connection_parameters(adaptor.connector, connection)

    def _check_place(self, place: Place) -> None:
        for holder in (part(place.given, "hooks"), part(place.document, "hooks")):
            for hook, value in holder.items():
                self._check_hook(place, hook, value)
        if place.document.get("oneToMany") is True and place.kind == "generator":
            self._refuse(place, "a generator has no oneToMany.")
        if place.document.get("groupByFields") and not part(place.document, "file"):
            self._refuse(place, "only files can be grouped yet.")
        if part(place.document, "file").get("compressionFormat"):
            self._refuse(place, "compressed files cannot be read or written yet.")
        if place.given.get("setupInProgress") is True:
            self._refuse(place, "its set-up is in progress.")

    def _check_hook(self, place: Place, hook: str, value: Any) -> None:
        if not text(value, "_scriptId"):
            return
        if hook in HOOKS:
            self._refuse(place, "scripts cannot be run yet.", f"hooks.{hook}")
        else:
            detail = f"Step '{place.name}': there is no hook of this name."
            self.warnings.append(Fault(f"{place.field}.hooks.{hook}", "unknown_hook", detail))

    def filter(self, document: Document, name: str, field: str) -> Any:
        """The filter under a name of a document when it can be compiled, or None after a fault."""
        given = document.get(name)
        return self._compiled(lambda: _readable_filter(given), f"{field}.{name}")

    def _mapping(self, document: Document, field: str) -> Any:
        parts = {name: document[name] for name in ("mapping", "mappings", "lookups") if document.get(name)}
        return self._compiled(lambda: parts if mapping.compile(parts) else None, field)

    def _transform(self, document: Document, field: str) -> Any:
        given = document.get("transform")
        return self._compiled(lambda: given if transforms.compile(given) else None, f"{field}.transform")

    def _response(self, place: Document, field: str) -> Any:
        given = place.get("responseMapping")
        return self._compiled(lambda: given if response.compile(given) else None, f"{field}.responseMapping")

    def _compiled(self, attempt: Callable[[], Any], field: str) -> Any:
        try:
            return attempt()
        except InvalidError as error:
            for fault in error.faults or (Fault("", error.code, error.detail),):
                self.fault(_below(field, fault.field), fault.code, fault.detail)
            return None

    def _path_to_many(self, place: Place) -> str | None:
        if place.document.get("oneToMany") is not True or place.kind == "generator":
            return None
        path = text(place.document, "pathToMany")
        field = f"{place.field}.pathToMany"
        if path is None:
            self.fault(field, "missing_required_field", f"Step '{place.name}': oneToMany needs pathToMany.")
            return None
        return path if self._compiled(lambda: paths.parse(path), field) else None

    def _export_type(self, place: Place) -> ExportType:
        given = place.document.get("type")
        if place.kind == "import":
            return "all"
        if given not in _EXPORT_TYPES:
            self._refuse(place, f"an export of type {given} cannot be run yet.")
        return _EXPORT_TYPES.get(given, "all")


def _settings(flow: Document, place: Place) -> Document:
    kind = "import" if place.kind == "import" else "export"
    return {"flow": part(flow, "settings"), kind: part(place.document, "settings")}


def _readable_filter(document: Any) -> Any:
    rules.compile(document)
    return document


def _below(field: str, inner: str) -> str:
    return f"{field}.{inner}" if inner else field


def _page_size(document: Document) -> int:
    size = document.get("pageSize")
    return size if isinstance(size, int) and 0 < size <= 10_000 else DEFAULT_PAGE_SIZE


def _test_limit(document: Document) -> int | None:
    if document.get("type") != "test":
        return None
    limit = part(document, "test").get("limit")
    return min(max(limit, 1), 100) if isinstance(limit, int) else 1
