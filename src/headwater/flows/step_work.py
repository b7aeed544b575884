"""The work of one lookup or import step on one piece, in three parts: prepare, send, settle.

`prepare` and `settle` are pure and run in a worker thread or inside the transaction; only sending touches
another system. So a step whose sink is our own database does everything within one commit.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from itertools import compress
from operator import not_
from typing import Any

from headwater.connectors.contract import OK, Batch, Lookup, Outcome, Sink, Trouble, TxSink, Written
from headwater.db.database import Tx
from headwater.expr import mapping, rules
from headwater.flows import response
from headwater.flows.batch import Piece, Records, record_key
from headwater.flows.model import Step
from headwater.kernel.errors import SkipError

Port = Sink | TxSink | Lookup
Failed = tuple[int, Any, Trouble]  # a record's index, the record as the flow sees it, and why


@dataclass(frozen=True, slots=True)
class Prepared:
    """A piece after input filter and mapping: what to send, and what already ended here."""

    piece: Piece
    batch: Batch
    ignored: Sequence[int] = ()
    failed: Sequence[Failed] = ()


@dataclass(frozen=True, slots=True)
class Settled:
    """What came of a piece at one step. `passed` goes on: the piece's own Records when nothing changed."""

    passed: Records
    success: int
    ignored: Sequence[int]
    failed: Sequence[Failed]
    ignored_count: int | None = None
    """How many the step ignored, where that is not the number of records."""


class StepWork:
    """One step of a run, its filter, mapping and response mapping compiled once."""

    def __init__(
        self, step: Step, port: Port, key_prefix: Callable[[Piece], str], page_sizes: Sequence[int]
    ) -> None:
        """`port` is what the step's connector opened; `key_prefix` names a piece, for idempotency keys;
        `page_sizes` are those of the generators.
        """
        self._page_sizes = page_sizes
        self.step = step
        self._port = port
        self._key_prefix = key_prefix
        self._passes = rules.compile(step.filter, step.settings) if rules.rules_of(step.filter) else None
        self._map = mapping.compile(step.mapping, settings=step.settings) if step.mapping else None
        self._respond = response.compile(step.response_mapping)

    @property
    def is_transactional(self) -> bool:
        """Whether the step writes inside the engine's own commit."""
        return isinstance(self._port, TxSink)

    def key(self, piece: Piece, index: int) -> str:
        """The key of a record, the same at every step."""
        return record_key(piece, self._key_prefix(piece), index)

    def prepare(self, piece: Piece) -> Prepared:
        """Filter and map."""
        records = piece.records
        if records is None:
            raise ValueError("a piece is prepared after its records were read")
        chosen, ignored = self._chosen(records)
        mapped, failed = self._mapped(chosen)
        if failed:
            gone = {index for index, _, _ in failed}
            kept = [at for at, index in enumerate(chosen.indexes) if index not in gone]
            chosen = Records([chosen.indexes[at] for at in kept], [chosen.values[at] for at in kept])
        batch = Batch(
            records=chosen.values,
            mapped=mapped,
            indexes=chosen.indexes,
            key_prefix=self._key_prefix(piece),
            key_suffix=str(self.step.position),
            first_page=piece.batch.first_page,
            page_size=self._page_sizes[piece.batch.generator],
            keys=piece.batch.keys,
        )
        return Prepared(piece, batch, ignored, failed)

    async def send(self, prepared: Prepared, state: Any) -> Written:
        """Let the connector do its work on another system."""
        if not prepared.batch.records:
            return Written((), state)
        port = self._port
        if self.step.kind == "lookup":
            return Written(await port.lookup(prepared.batch), state)  # type: ignore[union-attr]
        return await port.write(prepared.batch, state)  # type: ignore[union-attr]

    def store(self, tx: Tx, prepared: Prepared) -> Sequence[Outcome]:
        """Let a transactional sink do its work."""
        if not prepared.batch.records:
            return ()
        return self._port.store(tx, prepared.batch)  # type: ignore[union-attr]

    async def finish(self, state: Any) -> None:
        """Tell a plain sink that nothing more comes."""
        if self.step.kind == "import" and not self.is_transactional:
            await self._port.finish(state)  # type: ignore[union-attr]

    def settle(self, prepared: Prepared, outcomes: Sequence[Outcome]) -> Settled:
        """Sort the records by what came of them, and let the answers become part of those that succeeded."""
        whole = prepared.piece.records
        if whole is None:
            raise ValueError("a piece is settled after its records were read")
        if not prepared.failed and self._respond is None and all(outcome is OK for outcome in outcomes):
            return Settled(whole, len(outcomes), prepared.ignored, ())
        return self._sorted(whole, prepared, outcomes)

    def _sorted(self, whole: Records, prepared: Prepared, outcomes: Sequence[Outcome]) -> Settled:
        by_index = dict(zip(prepared.batch.indexes, outcomes, strict=True))
        by_index.update((index, Outcome(trouble=trouble)) for index, _, trouble in prepared.failed)
        indexes: list[int] = []
        values: list[Any] = []
        ignored, failed = list(prepared.ignored), []
        success = 0
        for index, record in zip(whole.indexes, whole.values, strict=True):
            outcome = by_index.get(index)
            if outcome is None:
                pass  # the input filter let it by
            elif outcome.trouble is not None:
                failed.append((index, record, outcome.trouble))
                if not self.step.is_proceeding:
                    continue
            elif outcome.is_ignored:
                ignored.append(index)
            else:
                success += 1
                if self._respond is not None:
                    record = self._respond(record, outcome.answer)
            indexes.append(index)
            values.append(record)
        return Settled(Records(indexes, values), success, ignored, failed)

    def _chosen(self, records: Records) -> tuple[Records, Sequence[int]]:
        passes = self._passes
        if passes is None:
            return records, ()
        flags = list(map(passes, records.values))
        if all(flags):
            return records, ()
        chosen = Records(list(compress(records.indexes, flags)), list(compress(records.values, flags)))
        return chosen, list(compress(records.indexes, map(not_, flags)))

    def _mapped(self, chosen: Records) -> tuple[Sequence[Any], list[Failed]]:
        apply = self._map
        if apply is None:
            return chosen.values, []
        try:
            return list(map(apply, chosen.values)), []
        except SkipError:
            return self._mapped_one_by_one(chosen)

    def _mapped_one_by_one(self, chosen: Records) -> tuple[Sequence[Any], list[Failed]]:
        mapped: list[Any] = []
        failed: list[Failed] = []
        for index, record in zip(chosen.indexes, chosen.values, strict=True):
            try:
                mapped.append(self._map(record))  # type: ignore[misc]
            except SkipError as error:
                failed.append((index, record, Trouble(error.code, error.code, error.detail)))
        return mapped, failed
