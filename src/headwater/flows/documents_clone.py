"""Copies of documents: a flow with its exports and imports, or one export or import (C1 to C3)."""

from collections.abc import Iterator, Mapping
from typing import Any

from headwater.access.actor import Actor
from headwater.access.permissions import require
from headwater.db.database import Tx
from headwater.flows.documents import Documents
from headwater.flows.documents_model import Kind, refusal, shown, without_server_keys
from headwater.flows.documents_references import Reference, references, rewritten
from headwater.kernel.errors import Fault, MalformedError

_SETTABLE = ("name", "_integrationId", "sandbox", "_flowGroupingId")


class Clones:
    """The service of clones."""

    def __init__(self, documents: Documents) -> None:
        """Take the service of documents."""
        self._documents = documents

    def flow(self, tx: Tx, actor: Actor, hex_id: str, options: Any) -> dict[str, Any]:
        """A disabled copy of a flow whose exports and imports are copies too; scripts are shared (C2).

        Connections follow `connectionMap`; without one they stay when the integration does, else
        MalformedError `invalid_connectionMap` names those that are not mapped.
        """
        require(actor, "flows")
        flow = self._documents.get(tx, actor, "flow", hex_id)
        chosen = _read(options)
        integration = chosen.get("_integrationId") or flow.get("_integrationId")
        if integration != flow.get("_integrationId"):
            self._require_integration(tx, integration)
        parts = list(_parts(flow))
        bodies = {part: self._documents.get(tx, actor, *part) for part in parts}
        is_at_home = integration == flow.get("_integrationId")
        connections = _connections(chosen, bodies.values(), is_at_home=is_at_home)
        copies = {
            part: self._documents.copy(tx, actor, *part, _copied(part[0], body, connections, chosen)).hex_id
            for part, body in bodies.items()
        }
        body = rewritten("flow", without_server_keys(flow), lambda each: _pointed(each, copies, connections))
        body |= {"name": f"Clone - {flow['name']}", "disabled": True, "_sourceId": hex_id}
        body |= {key: chosen[key] for key in _SETTABLE if chosen.get(key) is not None}
        return shown(self._documents.copy(tx, actor, "flow", hex_id, body))

    def step(self, tx: Tx, actor: Actor, kind: Kind, hex_id: str, options: Any) -> dict[str, Any]:
        """A copy of an export or import. It needs no map; one that is given is followed."""
        require(actor, "flows")
        original = self._documents.get(tx, actor, kind, hex_id)
        chosen = _read(options)
        body = _copied(kind, original, _map(chosen), chosen)
        body["name"] = chosen.get("name") or f"Clone - {original['name']}"
        return shown(self._documents.copy(tx, actor, kind, hex_id, body))

    def _require_integration(self, tx: Tx, hex_id: Any) -> None:
        if not isinstance(hex_id, str) or self._documents.load(tx, "integration", hex_id) is None:
            detail = "Integration not found for the given id."
            raise refusal([Fault("_integrationId", "invalid_ref", detail)])


def _read(options: Any) -> Mapping[str, Any]:
    if options is None:
        return {}
    if not isinstance(options, Mapping):
        raise refusal([Fault("", "invalid_field", "The body wants an object.")])
    return options


def _parts(flow: Mapping[str, Any]) -> Iterator[tuple[Kind, str]]:
    """The exports and imports of a flow, each once, however often they stand in it (E0)."""
    seen: set[tuple[Kind, str]] = set()
    for each in references("flow", flow):
        part = (each.kind, each.value)
        if each.kind in ("export", "import") and each.place[0] != "_runNextExportIds" and part not in seen:
            seen.add(part)
            yield part


def _map(chosen: Mapping[str, Any]) -> dict[str, str]:
    given = chosen.get("connectionMap") or {}
    if not isinstance(given, Mapping) or not all(isinstance(each, str) for each in given.values()):
        raise _bad_map("connectionMap wants an object of old and new connection ids.")
    return dict(given)


def _connections(chosen: Mapping[str, Any], bodies: Any, *, is_at_home: bool) -> dict[str, str]:
    given = _map(chosen)
    used = {body["_connectionId"]: None for body in bodies if body.get("_connectionId")}
    if not given and is_at_home:
        return {}
    unmapped = [each for each in used if each not in given]
    if unmapped:
        raise _bad_map(f"connectionMap needs an entry for {', '.join(unmapped)}.")
    return given


def _bad_map(detail: str) -> MalformedError:
    hint = "Map every connection that the flow's exports and imports use."
    fault = Fault("connectionMap", "invalid_connectionMap", detail)
    return MalformedError("invalid_flow_document", detail, hint=hint, faults=[fault])


def _copied(
    kind: Kind, body: Mapping[str, Any], connections: Mapping[str, str], chosen: Mapping[str, Any]
) -> dict[str, Any]:
    result = rewritten(kind, without_server_keys(body), lambda each: _pointed(each, {}, connections))
    result["_sourceId"] = body["_id"]
    if chosen.get("sandbox") is not None:
        result["sandbox"] = chosen["sandbox"]
    result.pop("apiIdentifier", None)  # it names one document in the addresses of the product
    return result


def _pointed(reference: Reference, copies: Mapping[Any, str], connections: Mapping[str, str]) -> Any:
    if reference.kind == "connection":
        return connections.get(reference.value, reference.value)
    if reference.place[0] == "_runNextExportIds":
        return reference.value
    return copies.get((reference.kind, reference.value), reference.value)
