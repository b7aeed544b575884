"""What is durably done of a run: stored batches and their pieces, moved by one commit a step."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from headwater.db.database import Tx
from headwater.db.sql import lock_clause
from headwater.flows import store
from headwater.flows.batch import FAILED, IGNORED, OK, Piece, Records, StoredBatch, pack, unpack
from headwater.flows.store import Classes
from headwater.kernel import json


@dataclass(frozen=True, slots=True)
class Next:
    """Records that go on: to a position, in a lane. `data` is None when the stored ones are still right."""

    position: int
    lane: str
    records: Records
    data: bytes | None


def store_batch(
    tx: Tx, run_id: int, batch: StoredBatch, position: int, records: Records, data: bytes
) -> Piece:
    """Keep a batch that was just read, as one piece in front of its first step."""
    known = {"keys": batch.keys, "attempts": batch.attempts} if batch.keys else None
    retries = json.dumps(known)
    tx.run(
        "insert into flow_batch (id, run_id, generator, first_page, classes, pieces, retries) "
        "values (?, ?, ?, ?, ?, 1, ?)",
        (batch.id, run_id, batch.generator, batch.first_page, bytes(len(records)), retries),
    )
    piece = Piece(tx.next_id(), batch, position, "", records)
    _insert_piece(tx, run_id, piece, len(records), data)
    return piece


def waiting(tx: Tx, run_id: int) -> list[Piece]:
    """The pieces of a run that was interrupted, oldest first, without their records."""
    rows = tx.all(
        "select piece.id, piece.position, piece.lane, "
        "batch.id, batch.generator, batch.first_page, batch.retries "
        "from flow_piece piece join flow_batch batch on batch.id = piece.batch_id "
        "where piece.run_id = ? order by piece.batch_id, piece.id",
        (run_id,),
    )
    pieces = []
    for piece_id, position, lane, batch_id, generator, first_page, retries in rows:
        known = json.loads(retries) or {}
        batch = StoredBatch(batch_id, generator, first_page, **known)
        pieces.append(Piece(piece_id, batch, position, lane, None))
    return pieces


def records_of(tx: Tx, piece: Piece) -> Records:
    """The records of a waiting piece."""
    return unpack(tx.scalar("select data from flow_piece where id = ?", (piece.id,)))


def hold(tx: Tx, piece: Piece) -> None:
    """Go on only when the piece still stands where this attempt found it: RetryError `run_overtaken`.

    A commit that an attempt began before it was cut off may be done late; whoever began anew meanwhile must
    not do the same again.
    """
    lock = lock_clause(tx.dialect)
    sql = f"select position, lane from flow_piece where id = ?{lock}"  # noqa: S608 - names of our own, values are bound
    if tx.one(sql, (piece.id,)) != (piece.position, piece.lane):
        raise store.overtaken()


def move(
    tx: Tx,
    run_id: int,
    piece: Piece,
    following: Sequence[Next],
    *,
    ignored: Iterable[int],
    failed: Iterable[int],
) -> list[Piece]:
    """Put what goes on of a piece in front of the next steps; the pieces that stand there then.

    When nothing of a batch is left on its way, its records are counted and it is deleted.
    """
    moved = [_go_on(tx, run_id, piece, each, is_first=at == 0) for at, each in enumerate(following)]
    if not following:
        tx.run("delete from flow_piece where id = ?", (piece.id,))
    _keep_classes(tx, run_id, piece.batch.id, len(following) - 1, _ranked(ignored, failed))
    return moved


def _go_on(tx: Tx, run_id: int, piece: Piece, following: Next, *, is_first: bool) -> Piece:
    # The first keeps the row, so that a plain flow updates one number and writes no records again.
    piece_id = piece.id if is_first else tx.next_id()
    moved = Piece(piece_id, piece.batch, following.position, following.lane, following.records)
    size = len(following.records)
    if not is_first:
        _insert_piece(tx, run_id, moved, size, following.data or pack(following.records))
    elif following.data is None:
        tx.run(
            "update flow_piece set position = ?, lane = ? where id = ?",
            (moved.position, moved.lane, piece_id),
        )
    else:
        tx.run(
            "update flow_piece set position = ?, lane = ?, size = ?, data = ? where id = ?",
            (moved.position, moved.lane, size, following.data, piece_id),
        )
    return moved


def _insert_piece(tx: Tx, run_id: int, piece: Piece, size: int, data: bytes) -> None:
    tx.run(
        "insert into flow_piece (id, batch_id, run_id, position, lane, size, data) "
        "values (?, ?, ?, ?, ?, ?, ?)",
        (piece.id, piece.batch.id, run_id, piece.position, piece.lane, size, data),
    )


def _ranked(ignored: Iterable[int], failed: Iterable[int]) -> list[tuple[int, int]]:
    return [*((index, IGNORED) for index in ignored), *((index, FAILED) for index in failed)]


def _keep_classes(
    tx: Tx, run_id: int, batch_id: int, more_pieces: int, ranked: list[tuple[int, int]]
) -> None:
    if not ranked and more_pieces == 0:
        return
    lock = lock_clause(tx.dialect)
    row: Any = tx.one(f"select classes, pieces from flow_batch where id = ?{lock}", (batch_id,))  # noqa: S608 - names of our own, values are bound
    classes, pieces = bytearray(row[0]), row[1] + more_pieces
    for index, rank in ranked:
        classes[index] = max(classes[index], rank)
    if pieces > 0:
        tx.run(
            "update flow_batch set classes = ?, pieces = ? where id = ?", (bytes(classes), pieces, batch_id)
        )
        return
    tx.run("delete from flow_batch where id = ?", (batch_id,))
    counted = Classes(ok=classes.count(OK), ignored=classes.count(IGNORED), failed=classes.count(FAILED))
    store.count_records(tx, run_id, counted)
