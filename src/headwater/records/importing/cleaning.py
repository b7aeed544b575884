"""Files that no import will read any more: of uploads that were given up, and of imports that are over."""

import asyncio

from headwater.db.database import Database
from headwater.kernel.clock import DAY, Clock
from headwater.records.importing import store
from headwater.records.importing.spool import Spool

# An upload may be continued, and an import that ended with an error tried again, for so long.
KEPT_DAYS = 7
# A file this young may belong to an import whose row is still to come.
FRESH_SECONDS = 3600


class Cleaning:
    """Lets go of the files when a server starts."""

    def __init__(self, clock: Clock, database: Database, spool: Spool) -> None:
        """`spool` has the files, `database` tells which of them are wanted."""
        self._clock = clock
        self._database = database
        self._spool = spool

    async def run(self) -> None:
        """Remove every file that is wanted by no import."""
        since = self._clock.now() - KEPT_DAYS * DAY
        wanted = await self._database.scan(lambda tx: store.wanted_files(tx, since))
        await asyncio.to_thread(self._spool.keep_only, wanted, FRESH_SECONDS)
