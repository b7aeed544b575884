"""The integrator's documents: flows, exports, imports, connections, integrations and scripts, kept as they
were sent.
"""

from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import Any, NamedTuple

from headwater.access.actor import Actor
from headwater.access.permissions import require
from headwater.db.database import Tx
from headwater.flows import documents_references, documents_secrets, documents_store
from headwater.flows.documents_model import (
    FlowDocument,
    Kind,
    iso,
    new_hex_id,
    refusal,
    shown,
    title,
    unknown,
    without_server_keys,
)
from headwater.flows.documents_patch import patched
from headwater.flows.documents_places import with_server_defaults
from headwater.flows.documents_validation import faults_of, reference_fault, refuse_depth
from headwater.kernel import json
from headwater.kernel.clock import Clock
from headwater.kernel.errors import ConflictError, Fault, PreconditionError
from headwater.kernel.secrets import SecretBox

MILLISECOND = 1_000
# Told inside the transaction of every change: who, the document before (None: created), after (None: gone).
Watcher = Callable[[Tx, Actor, FlowDocument | None, FlowDocument | None], None]


class Slice(NamedTuple):
    """A part of a list: behind an id, some skipped, at most so many."""

    after: str = ""
    skip: int = 0
    limit: int = 1000


_FIRST = Slice()


class Documents:
    """The service of integrator documents. Answers have the server's keys and masked secrets; scope
    `flows`.
    """

    def __init__(self, clock: Clock, box: SecretBox) -> None:
        """Wire it to what it uses."""
        self._clock = clock
        self._box = box
        self._watchers: list[Watcher] = []

    def watch(self, watcher: Watcher) -> None:
        """Have `watcher(tx, actor, before, after)` called inside the transaction of every change."""
        self._watchers.append(watcher)

    def get(self, tx: Tx, actor: Actor, kind: Kind, hex_id: str) -> dict[str, Any]:
        """One document; NotFoundError `flow_document_unknown` when it is not there."""
        require(actor, "flows")
        return shown(self._found(tx, kind, hex_id))

    def list(self, tx: Tx, actor: Actor, kind: Kind, part: Slice = _FIRST) -> list[Any]:
        """Documents of a kind in the order of their ids."""
        require(actor, "flows")
        return [shown(each) for each in documents_store.list_kind(tx, kind, *part)]

    def create(self, tx: Tx, actor: Actor, kind: Kind, body: Any) -> dict[str, Any]:
        """A new document. InvalidError `invalid_flow_document` tells every fault, references included."""
        require(actor, "flows")
        return shown(self._insert(tx, actor, kind, self._readable(body), {}))

    def replace(
        self, tx: Tx, actor: Actor, kind: Kind, hex_id: str, body: Any, if_modified: str | None = None
    ) -> dict[str, Any]:
        """The document with another body: a key left out is cleared, a secret sent as `******` stays (W9)."""
        require(actor, "flows")
        before = self._to_change(tx, kind, hex_id, if_modified)
        return shown(self._update(tx, actor, before, self._readable(body)))

    def patch(
        self, tx: Tx, actor: Actor, kind: Kind, hex_id: str, operations: Any, if_modified: str | None = None
    ) -> dict[str, Any]:
        """The document after a JSON Patch: all of it or nothing (W10)."""
        require(actor, "flows")
        before = self._to_change(tx, kind, hex_id, if_modified)
        refuse_depth(operations)
        body = patched(kind, before.body, operations, self._clock.now())
        refuse_depth(body)
        return shown(self._update(tx, actor, before, body, is_patch=True))

    def delete(self, tx: Tx, actor: Actor, kind: Kind, hex_id: str, if_modified: str | None = None) -> None:
        """Remove a document. One that others refer to is ConflictError `dependency_exists`, which lists
        them.
        """
        require(actor, "flows")
        document = self._to_change(tx, kind, hex_id, if_modified)
        users = documents_store.users(tx, document.id)
        if users:
            listed = ", ".join(f"{kind} '{name}' ({hex_id})" for kind, hex_id, name in users[:20])
            more = f" and {len(users) - 20} more" if len(users) > 20 else ""
            raise ConflictError(
                "dependency_exists",
                f"{title(kind)} '{document.name}' is in use by {listed}{more}.",
                hint="Take it out of these first.",
            )
        documents_store.delete(tx, document.id)
        self._tell(tx, actor, document, None)

    def load(self, tx: Tx, kind: Kind, hex_id: str) -> dict[str, Any] | None:
        """For the engine, which has no actor: the document with its secrets in the clear, or None."""
        document = documents_store.get(tx, kind, hex_id)
        if document is None:
            return None
        return {**shown(document), **documents_secrets.put_back(document.body, self._secrets(document))}

    def copy(self, tx: Tx, actor: Actor, kind: Kind, hex_id: str, body: Mapping[str, Any]) -> FlowDocument:
        """For clones: a new document with this body and the secrets of another."""
        require(actor, "flows")
        refuse_depth(body)
        return self._insert(tx, actor, kind, dict(body), self._secrets(self._found(tx, kind, hex_id)))

    def _found(self, tx: Tx, kind: Kind, hex_id: str) -> FlowDocument:
        document = documents_store.get(tx, kind, hex_id)
        if document is None:
            raise unknown(kind, hex_id)
        return document

    def _to_change(self, tx: Tx, kind: Kind, hex_id: str, if_modified: str | None) -> FlowDocument:
        document = documents_store.get(tx, kind, hex_id, is_locked=True)
        if document is None:
            raise unknown(kind, hex_id)
        if if_modified is not None and if_modified != iso(document.modified_at):
            raise PreconditionError(
                "flow_document_changed",
                f"{title(kind)} '{document.name}' was last changed at {iso(document.modified_at)}.",
                hint="Read it again and repeat your change.",
                document=shown(document),
            )
        return document

    def _readable(self, body: Any) -> dict[str, Any]:
        if not isinstance(body, Mapping):
            raise refusal([Fault("", "invalid_field", "The body wants an object.")])
        refuse_depth(body)
        return without_server_keys(body)

    def _insert(
        self, tx: Tx, actor: Actor, kind: Kind, body: dict[str, Any], stored: Mapping[str, Any]
    ) -> FlowDocument:
        body = with_server_defaults(kind, body, None)
        now = self._clock.now()
        targets = self._targets(tx, kind, body)
        masked, secrets = documents_secrets.take_out(body, stored)
        document = FlowDocument(tx.next_id(), new_hex_id(now), kind, masked, self._sealed(secrets), now, now)
        documents_store.insert(tx, document, actor)
        documents_store.set_references(tx, document.id, targets)
        self._tell(tx, actor, None, document)
        return document

    def _update(
        self, tx: Tx, actor: Actor, before: FlowDocument, body: dict[str, Any], *, is_patch: bool = False
    ) -> FlowDocument:
        body = with_server_defaults(before.kind, body, before.body, is_patch=is_patch)
        targets = self._targets(tx, before.kind, body)
        masked, secrets = documents_secrets.take_out(body, self._secrets(before))
        # `lastModified` guards against lost updates in milliseconds: each change moves it by one at least.
        modified_at = max(self._clock.now(), before.modified_at + MILLISECOND)
        after = replace(before, body=masked, sealed=self._sealed(secrets), modified_at=modified_at)
        documents_store.update(tx, after, actor)
        documents_store.set_references(tx, before.id, targets)
        self._tell(tx, actor, before, after)
        return after

    def _targets(self, tx: Tx, kind: Kind, body: Mapping[str, Any]) -> set[int]:
        """The ids of what a body refers to; faults of form and references to nothing are refused together."""
        faults = faults_of(kind, body)
        named = [each for each in documents_references.references(kind, body) if isinstance(each.value, str)]
        found = documents_store.find_ids(tx, {each.value for each in named})
        for each in named:
            if (each.kind, each.value) not in found:
                faults.append(reference_fault(each.path, each.kind, each.value))
        if faults:
            raise refusal(faults)
        return {found[each.kind, each.value] for each in named}

    def _secrets(self, document: FlowDocument) -> dict[str, Any]:
        return json.loads(self._box.open(document.sealed)) if document.sealed else {}

    def _sealed(self, secrets: Mapping[str, Any]) -> str | None:
        return self._box.seal(json.dumps(secrets)) if secrets else None

    def _tell(self, tx: Tx, actor: Actor, before: FlowDocument | None, after: FlowDocument | None) -> None:
        for watcher in self._watchers:
            watcher(tx, actor, before, after)
