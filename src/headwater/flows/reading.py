"""Reading one generator: page after page, each stored with the moved cursor in one commit."""

import asyncio
import math
from collections.abc import Awaitable, Callable
from dataclasses import replace
from typing import Any

from headwater.connectors.contract import Page, Source, Trouble, TxSource
from headwater.connectors.uncut import uncut
from headwater.db.database import Database, Tx
from headwater.expr import rules
from headwater.flows import store, transforms
from headwater.flows.batch import MAX_RECORD_BYTES, Piece, Records, compress, encode, size_of
from headwater.flows.ledger import Ledger, ReadPage
from headwater.flows.model import Step
from headwater.flows.patience import Patience
from headwater.kernel.errors import SkipError


class Reading:
    """The stages of a generator (E1): read, transform, output filter, store."""

    def __init__(self, step: Step, source: Source | TxSource, ledger: Ledger, database: Database) -> None:
        """Compile the generator's own stages."""
        self._step = step
        self._source = source
        self._ledger = ledger
        self._database = database
        self._left = step.test_limit if step.test_limit is not None else math.inf
        self._transform = transforms.compile(step.transform, step.settings)
        has_filter = bool(rules.rules_of(step.output_filter))
        self._passes = rules.compile(step.output_filter, step.settings) if has_filter else None

    async def read_all(
        self, wait_for_room: Callable[[], Awaitable[None]], put: Callable[[Piece], None], patience: Patience
    ) -> None:
        """Read from where an earlier attempt stopped to the end; `put` gets each stored piece."""
        row = await self._database.read(
            lambda tx: store.step_of(tx, self._ledger.run.id, self._step.position)
        )
        cursor, pages, is_read = row.cursor, row.pages, row.is_read
        self._left -= row.success + row.ignored + row.failed
        while not is_read:
            await wait_for_room()
            page, piece = await self._read_one(cursor, pages, patience)
            if piece is not None and piece.records is not None:
                pages += -(-len(piece.records) // self._step.page_size)
                put(piece)
            cursor, is_read = page.cursor, page.is_last

    async def finish(self) -> None:
        """Tell a plain source that everything it gave has been handled."""
        if isinstance(self._source, TxSource):
            return
        row = await self._database.read(
            lambda tx: store.step_of(tx, self._ledger.run.id, self._step.position)
        )
        await self._source.finish(row.cursor)

    async def _read_one(self, cursor: Any, pages: int, patience: Patience) -> tuple[Page, Piece | None]:
        source = self._source
        if isinstance(source, TxSource):
            return await uncut(self._database.write(lambda tx: self._take(tx, source, cursor, pages)))
        page = self._limited(await patience.call(lambda: source.read(cursor)))
        ready = await asyncio.to_thread(self._staged, page)

        def keep(tx: Tx) -> Piece | None:
            return self._ledger.store_page(tx, self._step, pages, ready, cursor)

        return page, await uncut(self._database.write(keep))

    def _take(self, tx: Tx, source: TxSource, cursor: Any, pages: int) -> tuple[Page, Piece | None]:
        # Never limited: what is taken and not stored would be lost.
        page = source.take(tx, cursor)
        return page, self._ledger.store_page(tx, self._step, pages, self._staged(page), cursor)

    def _limited(self, page: Page) -> Page:
        """Of a test only as many records as it may read; the run ends with them."""
        if len(page.records) < self._left:
            self._left -= len(page.records)
            return page
        return replace(page, records=page.records[: int(self._left)], is_last=True)

    def _staged(self, page: Page) -> ReadPage:
        records, failed = self._transformed(page.records)
        passes = self._passes
        kept = records if passes is None else [record for record in records if passes(record)]
        ignored = len(records) - len(kept)
        raw = encode(Records(range(len(kept)), kept))
        if len(raw) > MAX_RECORD_BYTES:
            kept, too_large = _within_limit(kept)
            failed += too_large
            raw = encode(Records(range(len(kept)), kept))
        records = Records(range(len(kept)), kept)
        return ReadPage(page, records, compress(raw), ignored, [*page.bad, *failed])

    def _transformed(self, records: Any) -> tuple[Any, list[tuple[Any, Trouble]]]:
        apply = self._transform
        if apply is None:
            return records, []
        done: list[Any] = []
        failed: list[tuple[Any, Trouble]] = []
        for record in records:
            try:
                done.append(apply(record))
            except SkipError as error:
                failed.append((record, Trouble("transformation", error.code, error.detail)))
        return done, failed


def _within_limit(records: Any) -> tuple[list[Any], list[tuple[Any, Trouble]]]:
    kept: list[Any] = []
    failed: list[tuple[Any, Trouble]] = []
    for record in records:
        if size_of(record) <= MAX_RECORD_BYTES:
            kept.append(record)
        else:
            detail = f"A record has at most {MAX_RECORD_BYTES} bytes."
            failed.append(({}, Trouble("internal", "too_large", detail, "too_large")))
    return kept, failed
