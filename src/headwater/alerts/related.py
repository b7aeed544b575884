"""Values of records as filters want them: with the system names, and those one reference away."""

from collections.abc import Iterable, Mapping
from typing import Any

from headwater.db.database import Tx
from headwater.db.sql import in_ids
from headwater.kernel.json import dumps
from headwater.records.model import Module, Record
from headwater.records.scope import ModuleScope
from headwater.records.service import Records


def rows_of(tx: Tx, records: Records, module: Module, ids: Iterable[int]) -> dict[int, Record]:
    """The records with these ids, deleted ones included."""
    codec = records.compiled(tx, module).codec
    rows = tx.all(f"{codec.select_sql} where t.id {in_ids(tx.dialect)}", (dumps(list(ids)),))
    return {record.id: record for record in map(codec.record, rows)}


def filter_values(record: Record) -> dict[str, Any]:
    """The values of a record by name, system values among them; a field's own name wins."""
    return {
        "id": record.id,
        "revision": record.revision,
        "created_at": record.created_at,
        "updated_at": record.updated_at,
        "created_by": record.created_by,
        "updated_by": record.updated_by,
        "owner": record.owner,
        "deleted_at": record.deleted_at,
        **record.values,
    }


class RelatedRecords:
    """The living records that the records of one batch refer to, read once each."""

    def __init__(self, tx: Tx, records: Records, scope: ModuleScope) -> None:
        """`scope` is that of the module whose references are followed."""
        self._tx, self._records, self._scope = tx, records, scope
        self._known: dict[str, dict[int, Mapping[str, Any] | None]] = {}

    def load(self, name: str, values: Iterable[Mapping[str, Any]]) -> None:
        """Read what reference `name` of all these records leads to in one go."""
        ids: set[int] = set()
        for each in values:
            found = each.get(name)
            ids.update(found if isinstance(found, list) else () if found is None else (found,))
        known = self._known.setdefault(name, {})
        missing = ids - known.keys()
        target = self._scope.related(name)
        if not missing or target is None:
            return
        rows = rows_of(self._tx, self._records, target.module, missing)
        for record_id in missing:
            record = rows.get(record_id)
            is_living = record is not None and record.deleted_at is None
            known[record_id] = filter_values(record) if record is not None and is_living else None

    def __call__(self, name: str, record_id: int) -> Mapping[str, Any] | None:
        """The values behind reference `name`, or None when that record is not there, or deleted."""
        if record_id not in self._known.get(name, {}):
            self.load(name, [{name: record_id}])
        return self._known.get(name, {}).get(record_id)
