"""Snapshots: what a consumer is told of the records of a job, read once and kept as bytes (Q1, Q12)."""

from collections.abc import Iterable, Sequence
from typing import Any, NamedTuple

import msgspec

from headwater.alerts.model import Entry
from headwater.db.database import Tx
from headwater.db.sql import in_ids
from headwater.kernel import json
from headwater.kernel.json import dumps
from headwater.records.model import Module
from headwater.records.scope import ModuleScope
from headwater.records.service import Records


class Item(NamedTuple):
    """One record of a batch; `values` are in native JSON forms by name, empty ones left out."""

    record_id: int
    position: int
    queued_at: int
    operation: str
    is_deleted: bool
    values: dict[str, Any]


class Snapshot(msgspec.Struct, frozen=True):
    """The records of a batch, the plural name of their table, and the kind of each extra field."""

    table: str
    kinds: dict[str, str]
    items: list[Item]


_decoder = msgspec.json.Decoder(Snapshot)


def encode(snapshot: Snapshot) -> bytes:
    """The bytes to keep."""
    return json.encode(snapshot)


def decode(stored: bytes) -> Snapshot:
    """The snapshot of kept bytes."""
    return _decoder.decode(stored)


def table_name(module: Module) -> str:
    """The plural that consumers know the module by: its setting `table`, or the handle with an s."""
    return str(module.options.get("table") or f"{module.handle}s")


class SnapshotReader:
    """Reads the values of queued records: the extra fields, or every field."""

    def __init__(self, records: Records) -> None:
        """`records` knows how rows are read."""
        self._records = records

    def read(self, tx: Tx, scope: ModuleScope, entries: Sequence[Entry], names: Iterable[str]) -> Snapshot:
        """The snapshot of these entries as their records are now; fields that are gone are left out.

        `names` are own fields, system names, or one hop `reference.field`. A record that was deleted is
        marked; one that was deleted for good has no values.
        """
        names = [name for name in names if _kind(scope, name) is not None]
        ids = [entry.record_id for entry in entries]
        own = self._own(tx, scope.module, ids, names)
        behind = self._behind(tx, scope, own, names)
        items = []
        for entry in entries:
            document = own.get(entry.record_id)
            values = {} if document is None else _values(document, names, behind)
            is_deleted = document is None or "deleted_at" in document
            items.append(Item(*_entry(entry), is_deleted, values))
        kinds = {name: _kind(scope, name) or "" for name in names}
        return Snapshot(table_name(scope.module), kinds, items)

    def _own(self, tx: Tx, module: Module, ids: Iterable[int], names: Iterable[str]) -> dict[int, Any]:
        """Documents by record id with the values of these fields and references."""
        codec = self._records.compiled(tx, module).codec
        heads = dict.fromkeys(name.partition(".")[0] for name in names)
        reading = codec.some([name for name in heads if name in codec.columns])
        rows = tx.all(f"{reading.select_sql} where t.id {in_ids(tx.dialect)}", (dumps(list(ids)),))
        return {row[0]: reading.document(row) for row in rows}

    def _behind(
        self, tx: Tx, scope: ModuleScope, own: dict[int, Any], names: Iterable[str]
    ) -> dict[str, dict[int, Any]]:
        """Documents of living records by reference name and id."""
        found: dict[str, dict[int, Any]] = {}
        hops = [name.partition(".") for name in names if "." in name]
        for reference in dict.fromkeys(head for head, _, _ in hops):
            target = scope.related(reference)
            ids = {document["values"].get(reference) for document in own.values()} - {None}
            if target is None or not ids:
                continue
            fields = [name for head, _, name in hops if head == reference]
            documents = self._own(tx, target.module, ids, fields)
            found[reference] = {key: each for key, each in documents.items() if "deleted_at" not in each}
        return found


def _entry(entry: Entry) -> tuple[int, int, int, str]:
    return entry.record_id, entry.position, entry.queued_at, entry.operation


def _kind(scope: ModuleScope, name: str) -> str | None:
    head, dot, behind = name.partition(".")
    target = scope.related(head) if dot else scope
    field = target.find(behind if dot else head) if target else None
    return None if field is None else field.kind


def _values(document: Any, names: Iterable[str], behind: dict[str, dict[int, Any]]) -> dict[str, Any]:
    values: dict[str, Any] = {}
    for name in names:
        head, dot, rest = name.partition(".")
        source = document
        if dot:
            source, head = behind.get(head, {}).get(document["values"].get(head)), rest
        value = None if source is None else source["values"].get(head, source.get(head))
        if value is not None and value != "" and value != []:
            values[name] = value
    return values
