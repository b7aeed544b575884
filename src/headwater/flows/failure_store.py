"""The `flow_failure` table."""

from collections.abc import Iterable, Sequence
from typing import Any

from headwater.db.database import Row, Tx
from headwater.db.sql import in_ids, in_texts
from headwater.flows.failure import Failure
from headwater.kernel import json

COLUMNS = (
    "id, flow_id, run_id, position, step_id, document_id, status, at, stage, source, code, message, kind, "
    "trace_key, record_key, data, attempts, next_retry_at, revision, resolved_at, resolved_by, tags, "
    "assigned_to"
)
_NAMES = COLUMNS.split(", ")
# The newest of a step keep their data for a retry (F5).
KEPT_FOR_RETRY = 20_000


def insert(tx: Tx, failures: Iterable[Failure]) -> None:
    """Keep new failures."""
    marks = ", ".join("?" * len(_NAMES))
    tx.run_many(
        f"insert into flow_failure ({COLUMNS}) values ({marks})",  # noqa: S608 - names of our own, values are bound
        [[_column(failure, name) for name in _NAMES] for failure in failures],
    )


def find(tx: Tx, conditions: Sequence[tuple[str, Any]], limit: int) -> list[Failure]:
    """Newest first, those that meet every `(sql with one ?, value)`; the texts are our own."""
    where = " and ".join(text for text, _ in conditions) or "1 = 1"
    rows = tx.all(
        f"select {COLUMNS} from flow_failure where {where} order by id desc limit ?",  # noqa: S608 - names of our own, values are bound
        [*(value for _, value in conditions), limit],
    )
    return [_failure(row) for row in rows]


def of_ids(tx: Tx, flow_id: str, ids: Iterable[int]) -> list[Failure]:
    """Those of a flow with these ids, oldest first."""
    rows = tx.all(
        f"select {COLUMNS} from flow_failure where flow_id = ? and id {in_ids(tx.dialect)} order by id",  # noqa: S608 - names of our own, values are bound
        (flow_id, json.dumps(sorted(set(ids)))),
    )
    return [_failure(row) for row in rows]


def close(tx: Tx, ids: Iterable[int], status: str, moment: int, by: str) -> int:
    """Make open failures resolved or retried; what stays of a resolved one holds no data. How many."""
    keeps = ", data = null" if status == "resolved" else ""
    sql = (
        f"update flow_failure set status = ?, resolved_at = ?, resolved_by = ?, next_retry_at = null{keeps} "  # noqa: S608 - names of our own, values are bound
        f"where status = 'open' and id {in_ids(tx.dialect)}"
    )
    return tx.run(sql, (status, moment, by, json.dumps(sorted(set(ids)))))


def open_keys(tx: Tx, flow_id: str) -> dict[str, set[str]]:
    """The trace keys with an open failure, by step."""
    keys: dict[str, set[str]] = {}
    for step_id, key in tx.all(
        "select step_id, trace_key from flow_failure where flow_id = ? and status = 'open'", (flow_id,)
    ):
        keys.setdefault(step_id, set()).add(key)
    return keys


def close_keys(tx: Tx, flow_id: str, step_id: str, keys: Iterable[str], moment: int) -> None:
    """Resolve the open failures of these trace keys at a step (F4)."""
    tx.run(
        "update flow_failure set status = 'resolved', resolved_at = ?, resolved_by = 'auto', "  # noqa: S608 - names of our own, values are bound
        "next_retry_at = null, data = null where flow_id = ? and step_id = ? and status = 'open' "
        f"and trace_key {in_texts(tx.dialect)}",
        (moment, flow_id, step_id, json.dumps(sorted(keys))),
    )


def next_due(tx: Tx, flow_id: str) -> int | None:
    """When the next failure of a flow is to be tried again by itself."""
    due: int | None = tx.scalar(
        "select min(next_retry_at) from flow_failure where flow_id = ? and next_retry_at is not null",
        (flow_id,),
    )
    return due


def counts(tx: Tx, flow_id: str) -> list[tuple[str, str, int, int]]:
    """Open failures by place: step id, document id, how many, and when the last one happened."""
    return [
        (step_id, document_id, count, last)
        for step_id, document_id, count, last in tx.all(
            "select step_id, document_id, count(*), max(at) from flow_failure "
            "where flow_id = ? and status = 'open' group by step_id, document_id order by step_id",
            (flow_id,),
        )
    ]


def set_values(tx: Tx, failure_id: int, **values: Any) -> None:
    """Set columns of one failure; `data` and `tags` take values."""
    sets = ", ".join(f"{name} = ?" for name in values)
    columns = [json.dumps(value) if name in ("data", "tags") else value for name, value in values.items()]
    tx.run(f"update flow_failure set {sets} where id = ?", [*columns, failure_id])  # noqa: S608 - names of our own, values are bound


def drop_old_data(tx: Tx, flow_id: str, step_id: str) -> None:
    """Keep data for a retry only with the newest failures of a step."""
    tx.run(
        "update flow_failure set data = null, next_retry_at = null where flow_id = ? and step_id = ? "
        "and data is not null and id <= (select id from flow_failure where flow_id = ? and step_id = ? "
        "and data is not null order by id desc limit 1 offset ?)",
        (flow_id, step_id, flow_id, step_id, KEPT_FOR_RETRY),
    )


def _column(failure: Failure, name: str) -> Any:
    value = getattr(failure, name)
    return json.dumps(value) if name in ("data", "tags") else value


def _failure(row: Row) -> Failure:
    values = dict(zip(_NAMES, row, strict=True))
    has_data = values["data"] is not None
    values["data"] = json.loads(values["data"]) if has_data else None
    values["tags"] = json.loads(values["tags"])
    return Failure(**values, has_data=has_data)
