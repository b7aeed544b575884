"""The documents of one run: fixed when it starts, so that a run resumed after a restart is the same run."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from headwater.db.database import Tx
from headwater.kernel import json
from headwater.kernel.secrets import SecretBox

Document = Mapping[str, Any]
Load = Callable[[Tx, Any, str], Document | None]
"""Finds a stored document of kind flow, export, import or connection, with its secrets in the clear."""

_KEPT = ("export", "import")


@dataclass(frozen=True, slots=True)
class Library:
    """A flow with what it refers to. Connections are kept only of an inline flow, which has no other place
    for them; those of a stored flow are looked up when they are used, so a new password counts at once.
    """

    flow: Document
    documents: Mapping[str, Mapping[str, Document]]
    is_inline: bool

    def find(self, kind: str, document_id: str) -> Document | None:
        """A document that the run keeps, or None."""
        return self.documents.get(kind, {}).get(document_id)

    def lookup(self, tx: Tx, load: Load) -> Callable[[str, str], Document | None]:
        """Where the plan finds documents: here, and the connections of a stored flow in the database."""

        def find(kind: str, document_id: str) -> Document | None:
            if kind == "connection" and not self.is_inline:
                return load(tx, kind, document_id)
            return self.find(kind, document_id)

        return find

    def dump(self, box: SecretBox) -> str:
        """As a run keeps it; all but the flow is sealed, since exports and imports hold secrets too."""
        kinds = (*_KEPT, "connection") if self.is_inline else _KEPT
        kept = {kind: self.documents.get(kind, {}) for kind in kinds}
        return json.dumps(
            {"flow": self.flow, "is_inline": self.is_inline, "sealed": box.seal(json.dumps(kept))}
        )


def load_library(text: str, box: SecretBox) -> Library:
    """A library as `dump` wrote it."""
    known = json.loads(text)
    return Library(known["flow"], json.loads(box.open(known["sealed"])), known["is_inline"])


def inline_library(document: Document) -> Library:
    """The library of `{"flow", "exports", "imports", "connections"}`, each of the last three by id."""
    parts = {kind: _objects(document.get(f"{kind}s")) for kind in ("export", "import", "connection")}
    flow = document.get("flow")
    return Library(flow if isinstance(flow, Mapping) else {}, parts, is_inline=True)


def stored_library(
    tx: Tx, load: Load, flow: Document
) -> tuple[Library, Callable[[str, str], Document | None]]:
    """The library of a stored flow, and a lookup that fills it with the documents that a plan asks for."""
    documents: dict[str, dict[str, Document]] = {kind: {} for kind in _KEPT}

    def find(kind: str, document_id: str) -> Document | None:
        document = load(tx, kind, document_id)
        if document is not None and kind in documents:
            documents[kind][document_id] = document
        return document

    return Library(flow, documents, is_inline=False), find


def _objects(value: Any) -> dict[str, Document]:
    if isinstance(value, list):
        value = {each.get("_id"): each for each in value if isinstance(each, Mapping)}
    if not isinstance(value, Mapping):
        return {}
    return {str(key): each for key, each in value.items() if isinstance(each, Mapping)}
