"""How many modules and records there are, for the home page."""

import time

from headwater.access.actor import Actor
from headwater.access.permissions import may
from headwater.db.database import Tx
from headwater.records.catalogue import Catalogue
from headwater.records.model import Module
from headwater.records.visibility import may_see

# Counting a million records takes 50 ms, and a home page asks with every change that it hears of.
FRESH_SECONDS = 2.0


class RecordCounts:
    """Counts what an actor may see; the count of a module is at most two seconds old."""

    def __init__(self, catalogue: Catalogue) -> None:
        """Count the modules of `catalogue`."""
        self._catalogue = catalogue
        self._known: dict[int, tuple[float, int]] = {}

    def __call__(self, tx: Tx, actor: Actor) -> dict[str, int]:
        """`modules` and `records`."""
        modules = [each for each in self._catalogue.all(tx) if may_see(actor, each)]
        readable = [each for each in modules if may(actor, "records:read", each.handle)]
        return {"modules": len(modules), "records": sum(self._count(tx, each) for each in readable)}

    def _count(self, tx: Tx, module: Module) -> int:
        known = self._known.get(module.id)
        if known is not None and time.monotonic() - known[0] < FRESH_SECONDS:
            return known[1]
        count: int = tx.scalar(f"select count(*) from {module.table} where deleted_at is null")  # noqa: S608  a table of ours
        self._known[module.id] = (time.monotonic(), count)
        return count
