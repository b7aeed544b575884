"""One place of a flow document as a Step: its document found, its parts translated and checked."""

import re
from collections.abc import Callable, Mapping
from typing import Any

from headwater.connectors.contract import Connector
from headwater.connectors.spec import Role
from headwater.expr import mapping, rules
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
    "once": "once",
    "test": "test",
}
_UNSAFE = re.compile(r"[^0-9A-Za-z_-]")


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

    def step(self, place: Document, kind: StepKind, position: int, field: str) -> Step | None:
        """The Step of a place, or None after a fault that leaves nothing to look at."""
        document_kind = "import" if kind == "import" else "export"
        reference = f"_{document_kind}Id"
        document_id = text(place, reference)
        if document_id is None:
            self.fault(f"{field}.{reference}", "missing_required_field", f"{field}.{reference} is required.")
            return None
        document = self._lookup(document_kind, document_id)
        if document is None:
            detail = f"{document_kind.capitalize()} not found for the given id."
            self.fault(f"{field}.{reference}", "invalid_ref", detail)
            return None
        adaptor = self._adaptor(document, kind, field)
        if adaptor is None:
            return None
        self._check_place(place, document, field)
        parameters = adaptor.parameters(document)
        self._check_connector(adaptor, kind, document, parameters, field)
        is_import = kind == "import"
        return Step(
            position=position,
            id=self._place_id(place, document_id),
            kind=kind,
            document_id=document_id,
            name=text(document, "name") or document_id,
            adaptor=str(document.get("adaptorType")),
            connector=adaptor.connector,
            parameters=parameters,
            connection_id=text(document, "_connectionId") if adaptor.needs_connection else None,
            filter=self._filter(document, "filter" if is_import else "inputFilter", field),
            output_filter=None if is_import else self._filter(document, "filter", field),
            transform=None if is_import else self._transform(document, field),
            mapping=self._mapping(document, field) if is_import else None,
            response_mapping=self._response(place, field),
            is_proceeding=place.get("proceedOnFailure") is True,
            page_size=_page_size(document),
            trace_key=text(document, "traceKeyTemplate"),
            export_type=self._export_type(document, kind, field),
            test_limit=_test_limit(document),
            delta=part(document, "delta"),
            skips_retries=(place.get("skipRetries") or self._flow.get("skipRetries")) is True,
            settings=self._settings(document_kind, document),
        )

    def _place_id(self, place: Document, document_id: str) -> str:
        """The place's own id, or its document's with a number: one document may stand at several (E0)."""
        # An id is part of file names, so nothing else than these letters may be in it.
        own = _UNSAFE.sub("-", text(place, "_id") or document_id)
        self._places[own] = self._places.get(own, 0) + 1
        is_first_of_its_own = text(place, "_id") and self._places[own] == 1
        return own if is_first_of_its_own else f"{own}.{self._places[own]}"

    def _adaptor(self, document: Document, kind: StepKind, field: str) -> Adaptor | None:
        name = str(document.get("adaptorType") or "none")
        adaptor = ADAPTORS.get(name)
        if adaptor is None:
            self.fault(
                field, "invalid_flow", f"Step '{document.get('name')}': type {name} cannot be run yet."
            )
            return None
        if ROLES[kind] not in adaptor.roles:
            self.fault(field, "invalid_flow", f"Step '{document.get('name')}': {name} cannot be a {kind}.")
            return None
        return adaptor

    def _check_connector(
        self, adaptor: Adaptor, kind: StepKind, document: Document, parameters: Document, field: str
    ) -> None:
        name = document.get("name")
        connector = self._connectors.get(adaptor.connector)
        if connector is None:
            self.fault(field, "invalid_flow", f"Step '{name}': the connector {adaptor.connector} is missing.")
            return
        connection = self._connection(adaptor, document, field)
        if connection is not None:
            for fault in connector.check(ROLES[kind], parameters, connection):
                self.fault(_below(field, fault.field), fault.code, f"Step '{name}': {fault.detail}")

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

    def _check_place(self, place: Document, document: Document, field: str) -> None:
        for holder in (part(place, "hooks"), part(document, "hooks")):
            for hook, value in holder.items():
                self._check_hook(hook, value, document, field)
        if document.get("oneToMany") is True:
            self.fault(field, "invalid_flow", f"Step '{document.get('name')}': oneToMany cannot be run yet.")
        if place.get("setupInProgress") is True:
            self.fault(field, "invalid_flow", f"Step '{document.get('name')}': its set-up is in progress.")

    def _check_hook(self, hook: str, value: Any, document: Document, field: str) -> None:
        if not text(value, "_scriptId"):
            return
        name = document.get("name")
        if hook in HOOKS:
            self.fault(f"{field}.hooks.{hook}", "invalid_flow", f"Step '{name}': scripts cannot be run yet.")
        else:
            self.warnings.append(
                Fault(f"{field}.hooks.{hook}", "unknown_hook", f"Step '{name}': no such hook.")
            )

    def filter(self, document: Any, field: str) -> Any:
        """A filter document that can be compiled, or None after a fault."""
        return self._compiled(lambda: _readable_filter(document), field)

    def _filter(self, document: Document, name: str, field: str) -> Any:
        return self.filter(document.get(name), f"{field}.{name}")

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

    def _export_type(self, document: Document, kind: StepKind, field: str) -> ExportType:
        given = document.get("type")
        if kind == "import" or given in _EXPORT_TYPES:
            return _EXPORT_TYPES.get(given if kind != "import" else None, "all")
        self.fault(
            field, "invalid_flow", f"Step '{document.get('name')}': an export of type {given} cannot be run."
        )
        return "all"

    def _settings(self, kind: str, document: Document) -> Document:
        return {"flow": part(self._flow, "settings"), kind: part(document, "settings")}


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
