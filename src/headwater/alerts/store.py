"""Rows of alerts."""

from collections.abc import Iterable
from typing import Any, cast

from headwater.alerts.model import Alert, Trigger
from headwater.db.database import Tx
from headwater.db.sql import lock_clause
from headwater.kernel.json import dumps, loads

_COLUMNS = (
    "id, name, module_id, trigger_kind, queue_uuid, state_field, states, watched_field, filter, extra_fields,"
    " field_ids, enabled, include_deletes, include_existing, owner_id, revision, created_at, updated_at,"
    " last_queued_at, last_finished_at"
)
_SELECT = f"select {_COLUMNS} from alert"  # noqa: S608 - our own column names
_INSERT = f"insert into alert ({_COLUMNS}) values ({', '.join('?' * 20)})"  # noqa: S608 - names of our own, values are bound
_CHANGEABLE = (
    "name, trigger_kind, state_field, states, watched_field, filter, extra_fields, field_ids, enabled,"
    " include_deletes, include_existing, owner_id, revision, updated_at"
)
_UPDATE = f"update alert set {', '.join(f'{name} = ?' for name in _CHANGEABLE.split(', '))} where id = ?"  # noqa: S608 - names of our own, values are bound
_FINISHED = """
update alert set last_finished_at = ?,
  last_queued_at = case when coalesce(last_queued_at, 0) < ? then ? else last_queued_at end
where id = ?
"""


def insert(tx: Tx, alert: Alert) -> None:
    """Add an alert."""
    tx.run(
        _INSERT,
        (
            alert.id,
            alert.name,
            alert.module_id,
            alert.trigger,
            alert.queue_uuid,
            alert.state_field,
            dumps(alert.states),
            alert.field,
            dumps(alert.filter),
            dumps(alert.extra_fields),
            dumps(alert.field_ids),
            alert.enabled,
            alert.include_deletes,
            alert.include_existing,
            alert.owner_id,
            alert.revision,
            alert.created_at,
            alert.updated_at,
            alert.last_queued_at,
            alert.last_finished_at,
        ),
    )


def update(tx: Tx, alert: Alert) -> None:
    """Store everything of an alert that an edit can change."""
    tx.run(
        _UPDATE,
        (
            alert.name,
            alert.trigger,
            alert.state_field,
            dumps(alert.states),
            alert.field,
            dumps(alert.filter),
            dumps(alert.extra_fields),
            dumps(alert.field_ids),
            alert.enabled,
            alert.include_deletes,
            alert.include_existing,
            alert.owner_id,
            alert.revision,
            alert.updated_at,
            alert.id,
        ),
    )


def delete(tx: Tx, alert_id: int) -> None:
    """Delete an alert with everything in its queue, for good."""
    for table in ("queue_entry", "poll_job", "alert_burnt", "alert_match"):
        tx.run(f"delete from {table} where alert_id = ?", (alert_id,))  # noqa: S608 - the names above
    tx.run("delete from alert where id = ?", (alert_id,))


def find(tx: Tx, alert_id: int) -> Alert | None:
    """The alert with this id."""
    return _one(tx.one(f"{_SELECT} where id = ?", (alert_id,)))


def find_to_change(tx: Tx, alert_id: int) -> Alert | None:
    """The alert, locked until this transaction ends: one poll, finish or edit of it at a time."""
    return _one(tx.one(f"{_SELECT} where id = ?{lock_clause(tx.dialect)}", (alert_id,)))


def find_queue(tx: Tx, queue_uuid: str) -> Alert | None:
    """The alert with this queue."""
    return _one(tx.one(f"{_SELECT} where queue_uuid = ?", (queue_uuid,)))


def find_queue_to_change(tx: Tx, queue_uuid: str) -> Alert | None:
    """The alert with this queue, locked until this transaction ends."""
    return _one(tx.one(f"{_SELECT} where queue_uuid = ?{lock_clause(tx.dialect)}", (queue_uuid,)))


def every(tx: Tx) -> Iterable[Alert]:
    """All alerts, by id."""
    return [_alert(row) for row in tx.all(f"{_SELECT} order by id")]


def after(tx: Tx, alert_id: int, limit: int) -> list[Alert]:
    """Alerts behind an id, by id."""
    rows = tx.all(f"{_SELECT} where id > ? order by id limit ?", (alert_id, limit))
    return [_alert(row) for row in rows]


def note_finished(tx: Tx, alert_id: int, finished_at: int, last_queued_at: int) -> None:
    """Remember when a job was finished, and when the latest of its entries was queued."""
    tx.run(_FINISHED, (finished_at, last_queued_at, last_queued_at, alert_id))


def _one(row: Any) -> Alert | None:
    return None if row is None else _alert(row)


def _alert(row: Any) -> Alert:
    return Alert(
        id=row[0],
        name=row[1],
        module_id=row[2],
        trigger=cast(Trigger, row[3]),
        queue_uuid=row[4],
        state_field=row[5],
        states=tuple(loads(row[6])),
        field=row[7],
        filter=loads(row[8]),
        extra_fields=tuple(loads(row[9])),
        field_ids=loads(row[10]),
        enabled=bool(row[11]),
        include_deletes=bool(row[12]),
        include_existing=bool(row[13]),
        owner_id=row[14],
        revision=row[15],
        created_at=row[16],
        updated_at=row[17],
        last_queued_at=row[18],
        last_finished_at=row[19],
    )
