"""What one run commits: a page that was read, and a piece that a step has handled. Bodies of transactions."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from headwater.connectors.contract import Page, Trouble
from headwater.db.database import Tx
from headwater.flows import checkpoint, failure_store, store
from headwater.flows.batch import Piece, Records, StoredBatch, pack, record_key
from headwater.flows.checkpoint import Next
from headwater.flows.failure import STAGES, Failure, key_of, message_of, retry_at
from headwater.flows.fork import Forked
from headwater.flows.model import Plan, Router, Step
from headwater.flows.step_work import Failed, Settled
from headwater.flows.store import Classes, Counts, Progress, Run
from headwater.kernel.clock import Clock
from headwater.kernel.events import Events


@dataclass(frozen=True, slots=True)
class ReadPage:
    """A page behind the generator's own stages: what to store, packed, and what ended there."""

    page: Page
    records: Records
    data: bytes
    ignored: int
    failed: Sequence[tuple[Any, Trouble]]


class Ledger:
    """The commits of one run."""

    def __init__(self, run: Run, plan: Plan, events: Events, clock: Clock) -> None:
        """`run` as it was when the attempt began."""
        self.run = run
        self.plan = plan
        self._events = events
        self._clock = clock
        self._keys = [key_of(generator.trace_key) for generator in plan.generators] or [key_of(None)]
        self._open_keys: dict[str, set[str]] = {}

    def begin(self, tx: Tx) -> list[Piece]:
        """The pieces that an earlier attempt left, and what has to be known of open failures."""
        if self.plan.resolves_matching_keys:
            self._open_keys = failure_store.open_keys(tx, self.run.flow_id)
        return checkpoint.waiting(tx, self.run.id)

    def store_page(
        self, tx: Tx, generator: Step, first_page: int, read: ReadPage, before: Any
    ) -> Piece | None:
        """Keep a page and the cursor moved from `before`; the piece that begins its way, None when nothing
        is in it.
        """
        count = len(read.records)
        visible = -(-count // generator.page_size)
        counts = Counts(count, read.ignored, len(read.failed), visible)
        progress = Progress(counts, cursor=read.page.cursor, is_read=read.page.is_last)
        store.require_cursor(tx, self.run.id, generator.position, before)
        store.move_step(tx, self.run.id, generator.position, progress)
        seen = count + read.ignored + len(read.failed)
        store.count_records(
            tx, self.run.id, Classes(read=seen, ignored=read.ignored, failed=len(read.failed))
        )
        if read.failed:
            failed = [(-1, record, trouble) for record, trouble in read.failed]
            self._keep_failures(tx, generator, None, failed)
        self._tell(tx)
        if count == 0:
            return None
        if not self.plan.nodes:
            store.count_records(tx, self.run.id, Classes(ok=count))
            return None
        batch = StoredBatch(tx.next_id(), generator.position, first_page)
        first = self.plan.nodes[0].position
        return checkpoint.store_batch(tx, self.run.id, batch, first, read.records, read.data)

    def settle(
        self, tx: Tx, step: Step, piece: Piece, settled: Settled, data: bytes | None, state: Any
    ) -> list[Piece]:
        """Keep what a step did with a piece: counters, failures, its sink's state; what goes on."""
        checkpoint.hold(tx, piece)
        pages = -(-len(settled.passed) // step.page_size)
        ignored = len(settled.ignored) if settled.ignored_count is None else settled.ignored_count
        counts = Counts(settled.success, ignored, len(settled.failed), pages)
        store.move_step(tx, self.run.id, step.position, Progress(counts, state=state))
        if step.id in self._open_keys:
            self._resolve_matching(tx, step, piece, settled)
        if settled.failed:
            self._keep_failures(tx, step, piece, settled.failed)
        following = []
        if step.next is not None and len(settled.passed):
            following = [Next(step.next, piece.lane, settled.passed, data)]
        failed = [index for index, _, _ in settled.failed]
        self._tell(tx)
        return checkpoint.move(tx, self.run.id, piece, following, ignored=settled.ignored, failed=failed)

    def fork(self, tx: Tx, router: Router, piece: Piece, forked: Forked) -> list[Piece]:
        """Put the copies that a router made in front of its branches."""
        checkpoint.hold(tx, piece)
        following = []
        for at, records in forked.taken:
            position = router.branches[at].next
            if position is not None:
                lane = f"{piece.lane}.{at}"
                # With one branch that takes all, the stored records are still right.
                is_whole = len(forked.taken) == 1 and len(records) == len(piece.records or ())
                following.append(Next(position, lane, records, None if is_whole else pack(records)))
        return checkpoint.move(tx, self.run.id, piece, following, ignored=forked.ignored, failed=())

    def _keep_failures(self, tx: Tx, step: Step, piece: Piece | None, failed: Iterable[Failed]) -> None:
        failed = list(failed)
        ids = tx.next_ids(len(failed))
        now = self._clock.now()
        rows = [
            self._failure(failure_id, step, piece, each, now)
            for failure_id, each in zip(ids, failed, strict=True)
        ]
        failure_store.insert(tx, rows)
        if self.plan.resolves_matching_keys:
            self._open_keys.setdefault(step.id, set()).update(row.trace_key for row in rows)

    def _failure(self, failure_id: int, step: Step, piece: Piece | None, failed: Failed, now: int) -> Failure:
        index, record, trouble = failed
        key = self._keys[piece.batch.generator if piece else step.position]
        attempts = 1
        sent_key = ""
        if piece is not None:
            sent_key = record_key(piece, self.key_prefix(piece), index)
            attempts += piece.batch.attempts[index] if piece.batch.attempts else 0
        return Failure(
            id=failure_id,
            flow_id=self.run.flow_id,
            run_id=self.run.id,
            position=step.position,
            step_id=step.id,
            document_id=step.document_id,
            status="open",
            at=now,
            stage=STAGES[step.kind],
            source=trouble.source,
            code=trouble.code,
            message=message_of(trouble),
            kind=trouble.kind,
            trace_key=key(record),
            record_key=sent_key,
            data=record,
            attempts=attempts,
            next_retry_at=retry_at(step, trouble, attempts, now),
        )

    def key_prefix(self, piece: Piece) -> str:
        """What the keys of a piece's records begin with: unique to flow, run, batch and copy."""
        return f"{self.run.flow_id}-{self.run.id}-{piece.batch.id}{piece.lane}"

    def _resolve_matching(self, tx: Tx, step: Step, piece: Piece, settled: Settled) -> None:
        """Resolve older failures of the records that met this step now, whatever came of them (F4)."""
        key = self._keys[piece.batch.generator]
        records = [*settled.passed.values, *(record for _, record, _ in settled.failed)]
        met = self._open_keys[step.id] & {key(record) for record in records}
        if met:
            failure_store.close_keys(tx, self.run.flow_id, step.id, met, self._clock.now())

    def _tell(self, tx: Tx) -> None:
        event = {"type": "run.changed", "id": self.run.id}
        tx.after_commit(lambda: self._events.signal(event))
