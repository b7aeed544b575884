"""Snapshots: what a consumer is told of the records of a job, read once and kept as bytes (Q1, Q12)."""

from collections.abc import Callable, Iterable, Sequence
from datetime import datetime
from typing import Any, NamedTuple

import msgspec

from headwater.alerts.model import Entry
from headwater.db.database import Dialect, Tx
from headwater.db.sql import in_ids
from headwater.kernel import json
from headwater.kernel.clock import from_datetime, rfc3339
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


# Whether the record is deleted, and its values.
Row = tuple[bool, dict[str, Any]]
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
        kinds = {name: kind for name in names if (kind := _kind(scope, name)) is not None}
        heads = dict.fromkeys(name.partition(".")[0] for name in kinds)
        rows = self._rows(tx, scope.module, [entry.record_id for entry in entries], heads)
        if any("." in name for name in kinds):
            self._look_behind(tx, scope, rows, list(kinds))
        items = []
        for entry in entries:
            is_deleted, values = rows.get(entry.record_id, _GONE)
            items.append(Item(*entry, is_deleted, values))
        return Snapshot(table_name(scope.module), kinds, items)

    def _rows(self, tx: Tx, module: Module, ids: list[int], names: Iterable[str]) -> dict[int, Row]:
        """By record id: whether it is deleted, and the JSON forms of these values, empty ones left out."""
        columns = self._records.compiled(tx, module).codec.columns
        shown = [
            (name, f"t.{columns[name].field.column}", columns[name].show_stored)
            if name in columns
            else (name, f"t.{name}", _SHOW_TIME[tx.dialect] if name.endswith("_at") else None)
            for name in names
        ]
        shows = [(name, show) for name, _, show in shown]
        selected = ", ".join(["t.id", "t.deleted_at", *(column for _, column, _ in shown)])
        sql = f"select {selected} from {module.table} t where t.id {in_ids(tx.dialect)}"  # noqa: S608 - names of our own, values are bound
        return {
            row[0]: (
                row[1] is not None,
                {
                    name: stored if show is None else show(stored)
                    for (name, show), stored in zip(shows, row[2:], strict=True)
                    if stored is not None
                },
            )
            for row in tx.all(sql, (dumps(ids),))
        }

    def _look_behind(self, tx: Tx, scope: ModuleScope, rows: dict[int, Row], names: list[str]) -> None:
        """Put the values behind references into the rows: just those of `names`, in their order."""
        behind = {}
        for reference in dict.fromkeys(name.partition(".")[0] for name in names if "." in name):
            target = scope.related(reference)
            fields = [name.partition(".")[2] for name in names if name.startswith(f"{reference}.")]
            ids = {values[reference] for _, values in rows.values() if reference in values}
            if target is not None and ids:
                behind[reference] = self._rows(tx, target.module, sorted(ids), fields)
        for record_id, (is_deleted, own) in rows.items():
            rows[record_id] = (
                is_deleted,
                {name: value for name in names if (value := _found(name, own, behind)) is not None},
            )


_GONE: Row = (True, {})


def _found(name: str, own: dict[str, Any], behind: dict[str, dict[int, Row]]) -> Any:
    head, dot, field = name.partition(".")
    if not dot:
        return own.get(name)
    is_deleted, values = behind.get(head, {}).get(own.get(head, 0), _GONE)
    return None if is_deleted else values.get(field)


def _kind(scope: ModuleScope, name: str) -> str | None:
    head, dot, behind = name.partition(".")
    target = scope.related(head) if dot else scope
    field = target.find(behind if dot else head) if target else None
    return None if field is None else field.kind


def _show_datetime(value: datetime) -> str:
    return rfc3339(from_datetime(value))


# System times as the drivers give them.
_SHOW_TIME: dict[Dialect, Callable[[Any], str]] = {"sqlite": rfc3339, "postgres": _show_datetime}
