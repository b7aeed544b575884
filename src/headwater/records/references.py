"""References: that what a record refers to is there and not deleted."""

from collections.abc import Iterable, Mapping
from typing import Any

from headwater.db.database import Tx
from headwater.db.sql import in_ids
from headwater.kernel.errors import Fault
from headwater.kernel.json import dumps
from headwater.records.catalogue import Catalogue
from headwater.records.model import Field, Module

_LIVING = "select id from {table} where id {in_ids} and deleted_at is null{lock}"


class References:
    """Checks references in the transaction that writes them."""

    def __init__(self, catalogue: Catalogue) -> None:
        """`catalogue` finds the modules that fields refer to."""
        self._catalogue = catalogue

    def faults(self, tx: Tx, module: Module, values: Mapping[str, Any]) -> list[Fault]:
        """A fault for each reference of these values to a record that is not there, or is deleted."""
        faults = []
        for field in module.references:
            record_id = values.get(field.name)
            if record_id is not None and not self.living(tx, field, [record_id]):
                faults.append(self.fault(tx, module, field, record_id))
        return faults

    def living(self, tx: Tx, field: Field, ids: Iterable[int]) -> set[int]:
        """Those of the ids that the reference may point to. On PostgreSQL they stay until the commit."""
        target = self._catalogue.find(tx, field.options["module"])
        if target is None:
            return set()
        # a share lock keeps a delete out until this write is committed; SQLite has one writer
        lock = " for share" if tx.dialect == "postgres" else ""
        sql = _LIVING.format(table=target.table, in_ids=in_ids(tx.dialect), lock=lock)
        return {row[0] for row in tx.all(sql, (dumps(list(ids)),))}

    def fault(self, tx: Tx, module: Module, field: Field, record_id: int) -> Fault:
        """The fault of a reference that leads nowhere."""
        target = self._catalogue.find(tx, field.options["module"])
        where = f"module '{target.handle}'" if target else "a module that is deleted"
        return Fault(
            field.name,
            "unknown_reference",
            f"Field '{field.name}' of module '{module.handle}' wants a record of {where}; got {record_id}.",
        )
