"""Rows of applications, their items, uploads and moves."""

from collections.abc import Sequence
from typing import Any

from headwater.applications.model import Application, Item, Link, Upload
from headwater.db.database import Row, Tx
from headwater.db.sql import in_ids
from headwater.kernel.errors import NotFoundError
from headwater.kernel.json import dumps, loads

_APPLICATION = """
select id, template_id, template_version, contact_id, title, status, external_id, custom, auto_emails, due_at,
  reason, record_id, mirror_id, state_before, state_dates, link_hash, link_sealed, link_created_at,
  link_expires_at, link_revoked_at, created_at, updated_at, deleted_at
from application
"""
_INSERT = """
insert into application (id, template_id, template_version, contact_id, title, status, external_id, custom,
  auto_emails, due_at, reason, record_id, mirror_id, state_before, state_dates, link_hash, link_sealed,
  link_created_at, link_expires_at, link_revoked_at, created_at, updated_at, deleted_at)
values (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
"""
_UPDATE = """
update application set title = ?, status = ?, external_id = ?, custom = ?, auto_emails = ?, due_at = ?,
  reason = ?, record_id = ?, mirror_id = ?, state_before = ?, state_dates = ?, link_hash = ?, link_sealed = ?,
  link_created_at = ?,  link_expires_at = ?, link_revoked_at = ?, updated_at = ?, deleted_at = ?
where id = ?
"""
_INSERT_ITEM = """
insert into application_item (id, application_id, template_item_id, step_title, position, kind, title,
  mandatory, definition, state, given, comment, last_rejection, updated_at)
values (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
"""
_COUNT = "select count(*) from application where "
_ITEMS = """
select id, application_id, template_item_id, step_title, position, kind, title, mandatory, definition, state,
  given, comment, last_rejection, updated_at
from application_item where application_id {in_ids} order by application_id, position, id
"""
_UPDATE_ITEM = """
update application_item set state = ?, given = ?, comment = ?, last_rejection = ?, updated_at = ? where id = ?
"""
_INSERT_UPLOAD = """
insert into application_upload (id, application_id, item_id, file_id, state, uploaded_by, created_at)
values (?, ?, ?, ?, 'current', ?, ?)
"""
_INSERT_MOVE = """
insert into application_move (id, application_id, at, actor, state_from, state_to, reason)
values (?, ?, ?, ?, ?, ?, ?)
"""
_MOVES = """
select at, actor, state_from, state_to, reason from application_move where application_id = ? order by id
"""
_SET_MIRROR = """
insert into application_module (id, module_id) values (1, ?)
on conflict (id) do update set module_id = excluded.module_id
"""
_UPLOADS = """
select u.id, u.item_id, u.file_id, f.name, f.size, f.content_type, f.sha256, u.state, u.uploaded_by,
  u.created_at
from application_upload u join file f on f.id = u.file_id
where u.item_id {in_ids} and u.state = 'current' order by u.id
"""


def insert_application(tx: Tx, application: Application) -> None:
    """Add an application and its items."""
    link = application.link
    tx.run(
        _INSERT,
        (
            *(application.id, application.template_id, application.template_version, application.contact_id),
            *(application.title, application.status, application.external_id, dumps(application.custom)),
            *(
                application.auto_emails,
                application.due_at,
                application.reason,
                application.record_id,
                application.mirror_id,
            ),
            *(application.state_before, dumps(application.state_dates)),
            *(link.token_hash, link.sealed, link.created_at, link.expires_at, link.revoked_at),
            *(application.created_at, application.updated_at, application.deleted_at),
        ),
    )
    tx.run_many(_INSERT_ITEM, [_item_row(item) for item in application.items])


def update_application(tx: Tx, application: Application) -> None:
    """Write the application's own members; items are written one by one with `update_item`."""
    link = application.link
    tx.run(
        _UPDATE,
        (
            *(application.title, application.status, application.external_id, dumps(application.custom)),
            *(
                application.auto_emails,
                application.due_at,
                application.reason,
                application.record_id,
                application.mirror_id,
            ),
            *(application.state_before, dumps(application.state_dates)),
            *(link.token_hash, link.sealed, link.created_at, link.expires_at, link.revoked_at),
            *(application.updated_at, application.deleted_at, application.id),
        ),
    )


def get_application(tx: Tx, application_id: int, lock: str = "") -> Application:
    """One application with items and uploads. Raises NotFoundError `dossier_not_found`."""
    row = tx.one(_APPLICATION + "where id = ? and deleted_at is null" + lock, (application_id,))
    if row is None:
        raise NotFoundError("dossier_not_found", f"There is no application {application_id}.")
    return _applications(tx, [row])[0]


def find_by_link(tx: Tx, token_hash: str, lock: str = "") -> Application | None:
    """The application whose secret link has this hash, revoked and expired links included."""
    row = tx.one(_APPLICATION + "where link_hash = ? and deleted_at is null" + lock, (token_hash,))
    return None if row is None else _applications(tx, [row])[0]


def list_applications(
    tx: Tx, condition: str, parameters: Sequence[Any], order: str, limits: tuple[int, int]
) -> list[Application]:
    """Applications that match `condition` (SQL from `selection`), with items; `limits`: limit, offset."""
    rows = tx.all(
        _APPLICATION + f"where {condition} order by {order} limit ? offset ?", (*parameters, *limits)
    )
    return _applications(tx, rows)


def count_applications(tx: Tx, condition: str, parameters: Sequence[Any]) -> int:
    """How many applications match."""
    return int(tx.scalar(_COUNT + condition, parameters))


def update_item(tx: Tx, item: Item) -> None:
    """Write an item's state and what was given for it."""
    tx.run(
        _UPDATE_ITEM,
        (
            item.state,
            dumps(item.values),
            item.comment,
            _text_or_none(item.last_rejection),
            item.updated_at,
            item.id,
        ),
    )


def insert_upload(tx: Tx, item: Item, file_id: int, uploaded_by: str, at: int) -> int:
    """Note that a file was given for an item; the new upload's id."""
    upload_id = tx.next_id()
    tx.run(
        _INSERT_UPLOAD,
        (upload_id, item.application_id, item.id, file_id, uploaded_by, at),
    )
    return upload_id


def retire_uploads(tx: Tx, item_id: int) -> None:
    """Put an item's files into history."""
    tx.run("update application_upload set state = 'history' where item_id = ?", (item_id,))


def insert_move(tx: Tx, application: Application, actor: str, state_from: str, at: int) -> None:
    """Add a line to the history of states: who, from, to, reason."""
    tx.run(
        _INSERT_MOVE,
        (tx.next_id(), application.id, at, actor, state_from, application.status, application.reason),
    )


def list_moves(tx: Tx, application_id: int) -> list[Row]:
    """Rows (at, actor, from, to, reason), oldest first."""
    return tx.all(_MOVES, (application_id,))


def mirror_module_id(tx: Tx) -> int | None:
    """The id of the module that mirrors applications as records, or None before the first one."""
    found: int | None = tx.scalar("select module_id from application_module where id = 1")
    return found


def set_mirror_module_id(tx: Tx, module_id: int) -> None:
    """Name the module that mirrors applications as records."""
    tx.run(_SET_MIRROR, (module_id,))


def _applications(tx: Tx, rows: Sequence[Row]) -> list[Application]:
    items = _items_of(tx, [row[0] for row in rows])
    return [_application(row, tuple(items.get(row[0], ()))) for row in rows]


def _items_of(tx: Tx, application_ids: Sequence[int]) -> dict[int, list[Item]]:
    """The items of applications in order, each with its current uploads, in two statements for all."""
    rows = tx.all(_ITEMS.format(in_ids=in_ids(tx.dialect)), (dumps(application_ids),))
    uploads: dict[int, list[Upload]] = {}
    for upload in tx.all(_UPLOADS.format(in_ids=in_ids(tx.dialect)), (dumps([row[0] for row in rows]),)):
        uploads.setdefault(upload[1], []).append(Upload(*upload))
    items: dict[int, list[Item]] = {}
    for row in rows:
        items.setdefault(row[1], []).append(_item(row, tuple(uploads.get(row[0], ()))))
    return items


def _application(row: Row, items: tuple[Item, ...]) -> Application:
    values: list[Any] = [*row[:7], loads(row[7]), bool(row[8]), *row[9:14], loads(row[14])]
    values += [Link(*row[15:20]), *row[20:23], items]
    return Application(*values)


def _item_row(item: Item) -> tuple[Any, ...]:
    return (
        *(
            item.id,
            item.application_id,
            item.template_item_id,
            item.step_title,
            item.position,
            item.kind,
            item.title,
        ),
        *(item.mandatory, dumps(item.definition), item.state, dumps(item.values), item.comment),
        *(_text_or_none(item.last_rejection), item.updated_at),
    )


def _item(row: Row, uploads: tuple[Upload, ...]) -> Item:
    rejection = None if row[12] is None else loads(row[12])
    values: list[Any] = [*row[:7], bool(row[7]), loads(row[8]), row[9], loads(row[10]), row[11], rejection]
    values += [row[13], uploads]
    return Item(*values)


def _text_or_none(value: Any) -> str | None:
    return None if value is None else dumps(value)
