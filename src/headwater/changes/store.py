"""Rows of the change log."""

from collections.abc import Generator, Iterable, Sequence
from typing import Any, NamedTuple

from headwater.db.database import Tx
from headwater.kernel.json import loads

_INSERT = """
insert into change (id, at, op, module_id, record_id, revision, actor_kind, actor_id, before)
values (?, ?, ?, ?, ?, ?, ?, ?, ?)
"""
_OF_RECORD = """
select id, at, op, module_id, record_id, revision, actor_kind, actor_id, before
from change where record_id = ? order by revision desc
"""
_AFTER = {
    "sqlite": """
select 0, id, at, op, module_id, record_id, revision, actor_kind, actor_id, before
from change where id > ? order by id limit ?
""",
    "postgres": """
select cast(cast(xid as text) as bigint), id, at, op, module_id, record_id, revision, actor_kind, actor_id,
before
from change
where (xid, id) > (cast(cast(cast(? as bigint) as text) as xid8), ?)
  and xid < pg_snapshot_xmin(pg_current_snapshot())
order by xid, id limit ?
""",
}
_PRUNE = """
delete from change where id in (select id from change where at < ? and id < ? order by id limit ?)
"""


class Position(NamedTuple):
    """A place in the log. On SQLite `transaction` is 0: ids alone are in the order of commits there."""

    transaction: int = 0
    id: int = 0


class LoggedChange(NamedTuple):
    """A row of the log. `before` maps ids of fields, as text, to JSON forms; None for a create."""

    id: int
    at: int
    op: str
    module_id: int
    record_id: int
    revision: int
    actor_kind: str
    actor_id: int
    before: dict[str, Any] | None


def insert(tx: Tx, row: Sequence[Any]) -> None:
    """Add one row: the values of a LoggedChange with `before` as JSON text."""
    tx.run(_INSERT, row)


def insert_many(tx: Tx, rows: Iterable[Sequence[Any]]) -> None:
    """Add many rows."""
    tx.run_many(_INSERT, rows)


def of_record(tx: Tx, record_id: int) -> Generator[LoggedChange, None, None]:
    """Every change of a record that is still kept, newest first, one after another."""
    for row in tx.stream(_OF_RECORD, (record_id,)):
        yield _logged(row)


def after(tx: Tx, position: Position, limit: int) -> list[tuple[Position, LoggedChange]]:
    """Changes behind a position, in an order that no later commit can break into, each with its own position.

    On PostgreSQL a writer at work may hold an earlier id than one that has committed: the order is that
    of transactions, and it ends before the oldest one at work.
    """
    of_sqlite = tx.dialect == "sqlite"
    parameters = (position.id, limit) if of_sqlite else (*position, limit)
    return [(Position(row[0], row[1]), _logged(row[1:])) for row in tx.all(_AFTER[tx.dialect], parameters)]


def prune(tx: Tx, older_than: int, below: int, limit: int) -> int:
    """Delete at most `limit` changes older than a moment and with an id below `below`; how many."""
    return tx.run(_PRUNE, (older_than, below, limit))


def _logged(row: Sequence[Any]) -> LoggedChange:
    number, at, op, module_id, record_id, revision, actor_kind, actor_id, before = row
    return LoggedChange(
        number,
        at,
        op,
        module_id,
        record_id,
        revision,
        actor_kind,
        actor_id,
        loads(before) if before else None,
    )
