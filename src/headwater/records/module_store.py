"""Rows of modules and fields."""

from typing import Any

from headwater.db.database import Row, Tx
from headwater.kernel.json import dumps, loads
from headwater.records.model import Field, Module

_MODULES = """
select id, handle, name, label_field, options, revision, created_at, updated_at, created_by, deleted_at,
  exists (select 1 from held_index where module_id = module.id)
from module where deleted_at is null order by id
"""
_FIELDS = """
select f.module_id, f.id, f.name, f.kind, f.label, f.help, f.required, f.is_unique, f.indexed, f.multi,
f.options,
  f.default_value, f.position, f.is_dead, f.extra
from field f join module m on m.id = f.module_id
where m.deleted_at is null and not f.is_dead
order by f.module_id, f.position, f.id
"""
_INSERT_MODULE = """
insert into module (id, handle, name, label_field, options, revision, created_at, updated_at, created_by)
values (?, ?, ?, ?, ?, ?, ?, ?, ?)
"""
_UPDATE_MODULE = """
update module set handle = ?, name = ?, label_field = ?, options = ?, revision = ?, updated_at = ?, deleted_at
= ?
where id = ?
"""
_INSERT_FIELD = """
insert into field (id, module_id, name, kind, label, help, required, is_unique, indexed, multi, options,
  default_value, position, is_dead, extra)
values (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
"""
_UPDATE_FIELD = """
update field set name = ?, kind = ?, label = ?, help = ?, required = ?, is_unique = ?, indexed = ?, multi = ?,
  options = ?, default_value = ?, position = ?, is_dead = ?, extra = ?
where id = ?
"""
# Any fixed number; it spells MODU.
_LOCK_KEY = 0x4D4F4455


def load(tx: Tx) -> list[Module]:
    """Every living module with its living fields, by id."""
    fields: dict[int, list[Field]] = {}
    for row in tx.all(_FIELDS):
        fields.setdefault(row[0], []).append(_field(row[1:]))
    return [_module(row, tuple(fields.get(row[0], ()))) for row in tx.all(_MODULES)]


def insert(tx: Tx, module: Module) -> None:
    """Add a module with its fields. DuplicateError when its handle is taken."""
    tx.run(
        _INSERT_MODULE,
        (
            module.id,
            module.handle,
            module.name,
            module.label_field,
            dumps(module.options),
            module.revision,
            module.created_at,
            module.updated_at,
            module.created_by,
        ),
    )
    tx.run_many(_INSERT_FIELD, [(each.id, module.id, *_field_values(each)) for each in module.fields])


def update(tx: Tx, module: Module) -> None:
    """Store what can change of a module itself. DuplicateError when its handle is taken."""
    values = (module.handle, module.name, module.label_field, dumps(module.options), module.revision)
    tx.run(_UPDATE_MODULE, (*values, module.updated_at, module.deleted_at, module.id))


def insert_field(tx: Tx, module_id: int, field: Field) -> None:
    """Add one field."""
    tx.run(_INSERT_FIELD, (field.id, module_id, *_field_values(field)))


def update_field(tx: Tx, field: Field) -> None:
    """Store a field as it is now, dead or alive."""
    tx.run(_UPDATE_FIELD, (*_field_values(field), field.id))


def lock(tx: Tx) -> None:
    """Keep other changes of definitions out until the commit; SQLite has one writer anyway.

    Call it before the catalogue is asked, so that what it says is still true when the lock is held.
    """
    if tx.dialect == "postgres":
        tx.one("select pg_advisory_xact_lock(?)", (_LOCK_KEY,))


def _field_values(field: Field) -> tuple[Any, ...]:
    return (
        field.name,
        field.kind,
        field.label,
        field.help,
        field.required,
        field.unique,
        field.indexed,
        field.multi,
        dumps(field.options),
        dumps(field.default),
        field.position,
        field.is_dead,
        dumps(field.extra),
    )


def _field(row: Row) -> Field:
    field_id, name, kind, label, help_text, required, unique, indexed, multi = row[:9]
    options, default, position, is_dead, extra = row[9:]
    return Field(
        id=field_id,
        name=name,
        kind=kind,
        label=label,
        help=help_text,
        required=bool(required),
        unique=bool(unique),
        indexed=bool(indexed),
        multi=bool(multi),
        options=loads(options),
        default=loads(default),
        position=position,
        is_dead=bool(is_dead),
        extra=loads(extra),
    )


def _module(row: Row, fields: tuple[Field, ...]) -> Module:
    handle, name, label_field, options, revision, created_at, updated_at, created_by, deleted_at = row[1:10]
    return Module(
        row[0],
        handle,
        name,
        label_field,
        fields,
        revision,
        created_at,
        updated_at,
        created_by,
        deleted_at,
        loads(options),
        bool(row[10]),
    )
