"""Indexes that an import into an empty module does without: made at its end, they cost a third.

A note of the same transaction keeps them from being forgotten: whoever finds one makes the indexes. Those of
unique fields stay, since they refuse rows.
"""

import asyncio
import contextlib
from functools import partial

from headwater.db.database import Database, Tx
from headwater.kernel.errors import UnavailableError
from headwater.records import tables
from headwater.records.catalogue import Catalogue
from headwater.records.model import Module

# Some 10,000 rows. For fewer it is not worth the look that everybody then takes at all modules again.
FROM_BYTES = 1024 * 1024
_EMPTY = "select not exists (select 1 from {table})"


class HeldIndexes:
    """Takes indexes away and makes them again. Only on SQLite: PostgreSQL would lock the table for it."""

    def __init__(self, catalogue: Catalogue) -> None:
        """`catalogue` knows the fields that have indexes."""
        self._catalogue = catalogue
        self._recovery: asyncio.Task[None] | None = None

    def hold(self, tx: Tx, module: Module, size: int) -> None:
        """Take the indexes of an empty module away when `size` bytes of rows come; else leave them."""
        fields = tables.plain_indexed(module)
        if tx.dialect != "sqlite" or size < FROM_BYTES or not fields:
            return
        if not tx.scalar(_EMPTY.format(table=module.table)):
            return
        tx.run("insert into held_index (module_id) values (?) on conflict do nothing", (module.id,))
        tables.drop_indexes(tx, module, fields)
        tx.bump_catalogue()

    def make(self, database: Database, module_id: int) -> None:
        """Make what is held of a module, one index in each write so that others get their turn between."""
        module = database.read_now(lambda tx: self._catalogue.find(tx, module_id))
        if module is not None and not module.lacks_indexes:
            return
        for field in tables.plain_indexed(module) if module else ():
            database.write_now(partial(self._make_one, module_id=module_id, field_id=field.id))
        database.write_now(partial(self._make_rest, module_id=module_id))

    async def recover(self, database: Database) -> None:
        """Begin to make what a process that ended has left; requests are answered meanwhile."""
        found = await database.read(lambda tx: tx.all("select module_id from held_index order by module_id"))
        if found:
            work = asyncio.to_thread(self._make_all, database, [row[0] for row in found])
            self._recovery = asyncio.create_task(work)

    def _make_all(self, database: Database, module_ids: list[int]) -> None:
        with contextlib.suppress(UnavailableError):  # the server stops: the next start goes on
            for module_id in module_ids:
                self.make(database, module_id)

    def _make_one(self, tx: Tx, module_id: int, field_id: int) -> None:
        # the module as it is now: its fields may have changed since
        module = self._catalogue.find(tx, module_id)
        for field in tables.plain_indexed(module) if module else ():
            if field.id == field_id and module:
                tables.create_missing_index(tx, module, field)

    def _make_rest(self, tx: Tx, module_id: int) -> None:
        module = self._catalogue.find(tx, module_id)
        for field in tables.plain_indexed(module) if module else ():
            self._make_one(tx, module_id, field.id)
        tx.run("delete from held_index where module_id = ?", (module_id,))
        tx.bump_catalogue()
