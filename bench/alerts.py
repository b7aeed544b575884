"""Alert queues: records put by bulk writes, drained and finished over HTTP, beside a leased SQLite table."""

import json
import tempfile
import time
from pathlib import Path
from typing import Any

import apsw
import msgspec

from bench.figure import Figure
from bench.server import Caller, served

BATCH = 1000
PAYMENT = {
    "handle": "payment",
    "fields": [
        {"name": "amount", "kind": "Number", "scale": 2},
        {"name": "status", "kind": "State", "states": ["draft", "ready"]},
    ],
}
ALERT = {
    "name": "Ready",
    "module": "payment",
    "trigger": "state",
    "states": ["ready"],
    "filter": {"and": [["amount", "gte", "1"], ["status", "eq", "ready"]]},
    "extra_fields": ["amount"],
}
BULK = "/api/modules/payment/records/bulk"


def main(scale: float) -> list[Figure]:
    """Records per second through a queue, whole and in parts."""
    batches = max(1, round(100 * scale))
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        floor = _leased_table(folder / "floor.db", batches)
        bare, put, drained, filled, drained_again = _through_the_queue(folder / "data", batches)
    count = batches * BATCH
    note = f"{count:,} records in batches of 1,000"
    return [
        Figure(
            "queue: put by bulk + drain + finish, HTTP",
            floor,
            count / (put + drained),
            "records/s",
            42_000,
            note,
        ),
        Figure(
            "queue: put by backfill + drain + finish, HTTP",
            floor,
            count / (filled + drained_again),
            "records/s",
            42_000,
            note,
        ),
        Figure("queue: put by bulk", None, count / put, "records/s", None, note),
        Figure("the same bulk writes without an alert", None, count / bare, "records/s", None, note),
        Figure("queue: drain + finish", None, count / drained, "records/s", None, note),
    ]


def _through_the_queue(data: Path, batches: int) -> tuple[float, float, float, float, float]:
    """Seconds of the bulk writes without an alert and with one, of draining, and of backfill and draining.

    The backfill queues as many records again, which exist already: what a queue without records does.
    """
    rows = [{"values": {"amount": f"{n}.50", "status": "ready"}} for n in range(1, BATCH + 1)]
    body = json.dumps({"create": rows, "atomic": True}).encode()
    with served(data) as server:
        call = Caller(server)
        call("POST", "/api/modules", PAYMENT)
        bare = _seconds(lambda: [call("POST", BULK, body) for _ in range(batches)])
        alert = json.loads(call("POST", "/api/alerts", ALERT))
        queue, backfill = alert["queue_uuid"], f"/api/alerts/{alert['id']}/backfill"
        put = _seconds(lambda: [call("POST", BULK, body) for _ in range(batches)])
        taken: list[int] = []
        drained = _seconds(lambda: _drain(call, queue, taken))
        filled = _seconds(lambda: call("POST", backfill))
        drained_again = _seconds(lambda: _drain(call, queue, taken))
    # The records written before the alert was made come with the backfill.
    assert taken == [BATCH] * batches * 3, taken
    return bare, put, drained, filled / 2, drained_again / 2


def _drain(call: Any, queue: str, taken: list[int]) -> None:
    path = "/fluxx/poll/client/1/uuid"
    while True:
        job = msgspec.json.decode(call("GET", f"{path}/queue/{queue}"))
        if job["job_uuid"] is None:
            return
        taken.append(
            json.loads(call("GET", f"{path}/queue_finished/{queue}/{job['job_uuid']}"))["clear_count"]
        )


def _leased_table(path: Path, batches: int) -> float:
    """The least that a durable queue does: insert, lease, read and delete, each batch one commit of each."""
    connection = apsw.Connection(str(path))
    connection.pragma("journal_mode", "wal")
    connection.pragma("synchronous", "full")
    execute = connection.cursor().execute
    execute("create table entry (id integer primary key, lease integer, body text)")
    body = json.dumps({"amount": 900, "status": "ready"})

    def run() -> None:
        for batch in range(batches):
            with connection:
                rows = ((batch * BATCH + n, body) for n in range(BATCH))
                connection.cursor().executemany("insert into entry values (?, null, ?)", rows)
        for lease in range(batches):
            with connection:
                execute(
                    "update entry set lease = ? where id in"
                    " (select id from entry where lease is null order by id limit ?) returning id, body",
                    (lease, BATCH),
                ).fetchall()
            with connection:
                execute("delete from entry where lease = ? and id < ?", (lease, (lease + 1) * BATCH))

    seconds = _seconds(run)
    connection.close()
    return batches * BATCH / seconds


def _seconds(work: Any) -> float:
    started = time.perf_counter()
    work()
    return time.perf_counter() - started
