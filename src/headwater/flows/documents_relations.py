"""Which documents use which: who refers to one, what stands in a flow, what belongs to an integration."""

from typing import Any

from headwater.access.actor import Actor
from headwater.access.permissions import require
from headwater.db.database import Tx
from headwater.flows import documents_references, documents_store
from headwater.flows.documents_model import Kind, shown, unknown


def dependencies(tx: Tx, actor: Actor, kind: Kind, hex_id: str) -> dict[str, Any]:
    """Who uses a document, by plural kind (W15)."""
    require(actor, "flows")
    document = documents_store.get(tx, kind, hex_id)
    if document is None:
        raise unknown(kind, hex_id)
    found: dict[str, Any] = {}
    for user_kind, user_id, name in documents_store.users(tx, document.id):
        row = {"id": user_id, "name": name, "accessLevel": "owner"}
        found.setdefault(f"{user_kind}s", []).append({**row, "dependencyIds": {f"{kind}s": [hex_id]}})
    return found


def descendants(tx: Tx, actor: Actor, hex_id: str) -> dict[str, Any]:
    """The exports and imports that stand in a flow, each once."""
    require(actor, "flows")
    flow = documents_store.get(tx, "flow", hex_id)
    if flow is None:
        raise unknown("flow", hex_id)
    found: dict[str, dict[str, Any]] = {"exports": {}, "imports": {}}
    for each in documents_references.references("flow", flow.body):
        if each.kind in ("export", "import"):
            document = documents_store.get(tx, each.kind, each.value)
            if document is not None:
                found[f"{each.kind}s"][each.value] = shown(document)
    return {plural: [*documents.values()] for plural, documents in found.items()}


def flows_of(tx: Tx, actor: Actor, integration: str) -> set[str]:
    """The ids of the flows of an integration; an unknown one has none."""
    require(actor, "flows")
    document = documents_store.get(tx, "integration", integration)
    users = documents_store.users(tx, document.id) if document else []
    return {hex_id for kind, hex_id, _ in users if kind == "flow"}
