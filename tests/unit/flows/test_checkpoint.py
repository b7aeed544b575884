"""Stored batches: packed, moved by one attempt only, counted when the last piece is gone."""

import pytest

from headwater.flows import checkpoint, store
from headwater.flows.batch import Piece, Records, StoredBatch, pack, unpack
from headwater.flows.checkpoint import Next
from headwater.kernel.errors import RetryError

RUN = 5


def store_three(tx):
    records = Records(range(3), [{"n": 0}, {"n": 1}, {"n": 2}])
    return checkpoint.store_batch(tx, RUN, StoredBatch(11, 0, 0), 1, records, pack(records))


def next_of(piece, lane="", indexes=(0, 1, 2)):
    records = Records(indexes, [piece.records.values[index] for index in indexes])
    return Next(2, lane, records, pack(records))


def move(tx, piece, *following, ignored=(), failed=()):
    return checkpoint.move(tx, RUN, piece, following, ignored=ignored, failed=failed)


def counts(tx):
    return tx.one("select records_ok, records_ignored, records_failed from flow_run where id = ?", (RUN,))


@pytest.fixture
def written(database):
    """Runs a body in one transaction of a database that has the run."""
    texts = dict.fromkeys(("actor", "documents", "options"), "{}")
    numbers = ("job_id", "created_at", "records_read", "records_ok", "records_ignored", "records_failed")
    run = {"id": RUN, "flow_id": "f", "flow_name": "", "kind": "run", "is_read": False, **texts}
    insert(database, "flow_run", {**run, **dict.fromkeys(numbers, 0)})
    return database.write_now


@pytest.mark.parametrize(
    "records",
    [
        Records(range(2), [{"a": "ø"}, {"b": [1, None, 2.5]}]),
        Records([1, 5], [{"n": 2**70}, {}]),
        Records(range(1, 2), [{}]),
        Records([], []),
    ],
)
def test_packed_records_come_back_with_their_places(records):
    found = unpack(pack(records))
    assert list(found.indexes) == list(records.indexes)
    assert found.values == records.values


def test_a_waiting_piece_is_found_with_its_records_after_a_restart(written):
    stored = written(store_three)

    def look(tx):
        [piece] = checkpoint.waiting(tx, RUN)
        return piece, checkpoint.records_of(tx, piece)

    piece, records = written(look)
    assert piece == Piece(stored.id, stored.batch, 1, "", None)
    assert records.values == stored.records.values


def test_a_late_commit_of_an_earlier_attempt_is_refused(written):
    piece = written(store_three)
    written(lambda tx: move(tx, piece, next_of(piece)))
    with pytest.raises(RetryError) as caught:
        written(lambda tx: checkpoint.hold(tx, piece))
    assert caught.value.code == "run_overtaken"


def test_a_batch_is_counted_when_its_last_piece_is_gone_each_record_in_one_class(written):
    piece = written(store_three)
    left, right = written(
        lambda tx: move(tx, piece, next_of(piece, ".0"), next_of(piece, ".1", (0, 1)), ignored=[2])
    )
    written(lambda tx: move(tx, left, failed=[2]))
    assert written(counts) == (0, 0, 0)
    written(lambda tx: move(tx, right, ignored=[1]))
    assert written(counts) == (1, 1, 1)
    assert written(lambda tx: checkpoint.waiting(tx, RUN)) == []
    assert written(lambda tx: tx.scalar("select count(*) from flow_batch")) == 0


def test_reading_goes_on_only_from_the_cursor_that_is_stored(written, database):
    names = ("success", "ignored", "failed", "pages", "position")
    step = {
        "run_id": RUN,
        "step_id": "s",
        "document_id": "d",
        "kind": "generator",
        "name": "",
        "state": "null",
    }
    insert(database, "flow_step", {**step, **dict.fromkeys(names, 0), "cursor": '{"n":1}', "is_read": False})
    written(lambda tx: store.require_cursor(tx, RUN, 0, {"n": 1}))
    with pytest.raises(RetryError):
        written(lambda tx: store.require_cursor(tx, RUN, 0, {"n": 2}))


def insert(database, table, values):
    sql = f"insert into {table} ({', '.join(values)}) values ({', '.join('?' * len(values))})"
    database.write_now(lambda tx: tx.run(sql, list(values.values())))
