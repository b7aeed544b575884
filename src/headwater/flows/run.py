"""One run: generators read and store batches while each step works on those that stand in front of it.

Every step has a queue and one worker, so records keep their order and a step's sink is never used twice at
once, while different steps work on different batches at the same time. Stored batches are limited: reading
waits when the steps fall behind. Whatever is in memory is in the database as well, so the process may die
at any moment.
"""

import asyncio
from collections.abc import Callable
from functools import partial
from typing import Any, TypeVar

from headwater.connectors.uncut import uncut
from headwater.db.database import Database, Tx
from headwater.flows import checkpoint, store
from headwater.flows.batch import Piece, pack
from headwater.flows.fork import Fork
from headwater.flows.ledger import Ledger
from headwater.flows.opening import Opened, Work
from headwater.flows.patience import Patience
from headwater.flows.reading import Reading
from headwater.flows.step_work import Settled

T = TypeVar("T")
MOST_STORED_PIECES = 8


class Execution:
    """One attempt of one run, from what earlier attempts left to the end."""

    def __init__(
        self, ledger: Ledger, opened: Opened, database: Database, *, patience: Patience | None = None
    ) -> None:
        """Nothing happens until `execute`."""
        self._ledger = ledger
        self._opened = opened
        self._database = database
        self._patience = patience or Patience()
        self._queues: dict[int, asyncio.Queue[Piece]] = {
            node.position: asyncio.Queue() for node in ledger.plan.nodes
        }
        self._states: dict[int, object] = {}
        self._on_the_way = 0
        self._is_reading = True
        self._moved = asyncio.Event()

    async def execute(self) -> None:
        """Do all that is left to do. Cancelling it, or an error, leaves everything for the next attempt."""
        rows = await self._database.read(lambda tx: store.steps_of(tx, self._ledger.run.id))
        self._states = {row.position: row.state for row in rows}
        self._put(await self._database.read(self._ledger.begin))
        readings = [
            Reading(step, self._opened.sources[step.position], self._ledger, self._database)
            for step in self._ledger.plan.generators
            if step.position in self._opened.sources
        ]
        await self._work_through(readings)
        for position, work in self._opened.steps.items():
            await self._patience.call(partial(work.finish, self._states[position]))
        for reading in readings:
            await reading.finish()

    async def _work_through(self, readings: list[Reading]) -> None:
        try:
            async with asyncio.TaskGroup() as group:
                workers = [group.create_task(self._work_at(position)) for position in self._queues]
                group.create_task(self._read(readings))
                await self._until_done()
                for worker in workers:
                    worker.cancel()
        except BaseExceptionGroup as several:
            raise _first_of(several) from several

    async def _until_done(self) -> None:
        while self._is_reading or self._on_the_way:
            self._moved.clear()
            await self._moved.wait()

    async def _read(self, readings: list[Reading]) -> None:
        if self._ledger.plan.is_parallel:
            async with asyncio.TaskGroup() as group:
                for reading in readings:
                    group.create_task(self._read_from(reading))
        else:
            for reading in readings:
                await self._read_from(reading)
        if not self._ledger.run.is_read:
            await self._write(lambda tx: store.mark_read(tx, self._ledger.run.id))
        self._is_reading = False
        self._moved.set()

    async def _read_from(self, reading: Reading) -> None:
        await reading.read_all(self._wait_for_room, lambda piece: self._put([piece]), self._patience)

    async def _wait_for_room(self) -> None:
        while self._on_the_way >= MOST_STORED_PIECES:
            self._moved.clear()
            await self._moved.wait()

    def _put(self, pieces: list[Piece]) -> None:
        self._on_the_way += len(pieces)
        for piece in pieces:
            self._queues[piece.position].put_nowait(piece)

    async def _work_at(self, position: int) -> None:
        queue = self._queues[position]
        while True:
            piece = await self._with_records(await queue.get())
            fork = self._opened.forks.get(position)
            moved = await (
                self._fork(fork, piece) if fork else self._step(self._opened.steps[position], piece)
            )
            self._put(moved)
            self._on_the_way -= 1
            self._moved.set()

    async def _with_records(self, piece: Piece) -> Piece:
        if piece.records is not None:
            return piece
        records = await self._database.scan(lambda tx: checkpoint.records_of(tx, piece))
        return Piece(piece.id, piece.batch, piece.position, piece.lane, records)

    async def _fork(self, fork: Fork, piece: Piece) -> list[Piece]:
        if piece.records is None:
            raise ValueError("a piece is forked after its records were read")
        forked = await asyncio.to_thread(fork.split, piece.records)
        return await self._write(lambda tx: self._ledger.fork(tx, fork.router, piece, forked))

    async def _write(self, work: Callable[[Tx], T]) -> T:
        # A commit that this attempt has begun is over before the next one looks.
        return await uncut(self._database.write(work))

    async def _step(self, work: Work, piece: Piece) -> list[Piece]:
        prepared: Any = await asyncio.to_thread(work.prepare, piece)
        if work.is_transactional:
            return await self._write(lambda tx: self._store(tx, work, prepared))
        position = work.step.position
        state = self._states[position]
        written = await self._patience.call(lambda: work.send(prepared, state))
        settled, data = await asyncio.to_thread(self._settled, work, prepared, written.outcomes)
        moved = await self._write(
            lambda tx: self._ledger.settle(tx, work.step, piece, settled, data, written.state)
        )
        self._states[position] = written.state
        return moved

    def _store(self, tx: Tx, work: Work, prepared: Any) -> list[Piece]:
        settled, data = self._settled(work, prepared, work.store(tx, prepared))
        return self._ledger.settle(tx, work.step, prepared.piece, settled, data, None)

    def _settled(self, work: Work, prepared: Any, outcomes: object) -> tuple[Settled, bytes | None]:
        settled = work.settle(prepared, outcomes)  # type: ignore[arg-type]
        is_same = settled.passed is prepared.piece.records or work.step.next is None
        return settled, None if is_same else pack(settled.passed)


def _first_of(several: BaseExceptionGroup[BaseException]) -> BaseException:
    """The first error that is no group: the job engine decides on its kind."""
    first: BaseException = several
    while isinstance(first, BaseExceptionGroup):
        first = first.exceptions[0]
    return first
