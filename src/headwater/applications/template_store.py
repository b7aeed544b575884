"""Rows of templates; each version's steps and rules are one JSON document that never changes."""

from typing import Any

import msgspec

from headwater.applications.model import RecordMapping, Step, Template
from headwater.db.database import Row, Tx
from headwater.kernel.errors import NotFoundError
from headwater.kernel.json import dumps, loads

_SELECT = """
select t.id, v.version, t.is_live, t.created_at, t.updated_at, v.document
from application_template t
join application_template_version v on v.template_id = t.id
"""


class VersionDocument(msgspec.Struct):
    """What a version of a template says."""

    title: str
    description: str
    auto_emails: bool
    auto_approve: bool
    due_after_days: int | None
    language: str
    steps: list[Step]
    record_mapping: RecordMapping | None


def insert_template(tx: Tx, template: Template) -> None:
    """Add a template with its first version."""
    tx.run(
        "insert into application_template (id, title, version, is_live, created_at, updated_at)"
        " values (?, ?, ?, ?, ?, ?)",
        (
            template.id,
            template.title,
            template.version,
            template.is_live,
            template.created_at,
            template.updated_at,
        ),
    )
    _insert_version(tx, template)


def update_template(tx: Tx, template: Template) -> None:
    """Make `template` the newest version."""
    tx.run(
        "update application_template set title = ?, version = ?, is_live = ?, updated_at = ? where id = ?",
        (template.title, template.version, template.is_live, template.updated_at, template.id),
    )
    _insert_version(tx, template)


def get_template(tx: Tx, template_id: int, version: int | None = None) -> Template:
    """The newest version, or the one asked for; deleted ones by version only. Raises `template_not_found`."""
    if version is None:
        row = tx.one(
            _SELECT + "where t.id = ? and v.version = t.version and t.deleted_at is null", (template_id,)
        )
    else:
        row = tx.one(_SELECT + "where t.id = ? and v.version = ?", (template_id, version))
    if row is None:
        raise NotFoundError("template_not_found", f"There is no template {template_id}.")
    return _template(row)


def list_templates(tx: Tx, limit: int, offset: int) -> list[Template]:
    """The newest versions of templates that are not deleted, newest template first."""
    rows = tx.all(
        _SELECT + "where v.version = t.version and t.deleted_at is null order by t.id desc limit ? offset ?",
        (limit, offset),
    )
    return [_template(row) for row in rows]


def count_templates(tx: Tx) -> int:
    """How many templates are not deleted."""
    return int(tx.scalar("select count(*) from application_template where deleted_at is null"))


def mark_deleted(tx: Tx, template_id: int, at: int) -> None:
    """Hide a template; its versions stay for the history of applications."""
    tx.run("update application_template set deleted_at = ? where id = ?", (at, template_id))


def is_in_use(tx: Tx, template_id: int) -> bool:
    """Whether an application that is not deleted was made from it."""
    return (
        tx.one(
            "select 1 from application where template_id = ? and deleted_at is null limit 1", (template_id,)
        )
        is not None
    )


def _insert_version(tx: Tx, template: Template) -> None:
    document = VersionDocument(
        title=template.title,
        description=template.description,
        auto_emails=template.auto_emails,
        auto_approve=template.auto_approve,
        due_after_days=template.due_after_days,
        language=template.language,
        steps=list(template.steps),
        record_mapping=template.record_mapping,
    )
    tx.run(
        "insert into application_template_version (template_id, version, document) values (?, ?, ?)",
        (template.id, template.version, dumps(document)),
    )


def _template(row: Row) -> Template:
    template_id, version, is_live, created_at, updated_at, text = row
    document: VersionDocument = msgspec.convert(loads(text), VersionDocument)
    rest: dict[str, Any] = msgspec.structs.asdict(document)
    rest["steps"] = tuple(document.steps)
    return Template(
        id=template_id,
        version=version,
        is_live=bool(is_live),
        created_at=created_at,
        updated_at=updated_at,
        **rest,
    )
