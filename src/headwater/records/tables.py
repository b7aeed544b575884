"""The tables of records, made and changed at run time: one per module, typed columns, a readable view."""

from collections.abc import Iterable

from headwater.db.database import Dialect, Tx
from headwater.db.ddl import run_ddl
from headwater.records.fields import KINDS
from headwater.records.fields.datetime import readable_time
from headwater.records.model import Field, Module

_SYSTEM = {
    "sqlite": """id integer primary key, revision integer not null, created_at integer not null,
  updated_at integer not null, created_by integer not null, updated_by integer not null, owner integer not
  null,
  deleted_at integer, extra text""",
    "postgres": """id bigint primary key, revision bigint not null, created_at timestamptz not null,
  updated_at timestamptz not null, created_by bigint not null, updated_by bigint not null, owner bigint not
  null,
  deleted_at timestamptz, extra text""",
}
_VIEW = "create view {view} as select {columns} from {table} where deleted_at is null"
_INDEX = "create {unique}index {unless}{name} on {table} ({columns}) {condition}"
# PostgreSQL cuts longer names off without an error.
_LONGEST_NAME = 63


def create_table(tx: Tx, module: Module) -> None:
    """Make the table of a new module with its indexes and its view."""
    columns = [_SYSTEM[tx.dialect]]
    for field in module.fields:
        columns += column_definitions(field, tx.dialect)
    run_ddl(tx, f"create table {module.table} ({', '.join(columns)})")
    create_indexes(tx, module, module.fields)
    create_view(tx, module)


def column_definitions(field: Field, dialect: Dialect) -> list[str]:
    """The columns of a field: that of its values, and the folded twin of a text."""
    kind = KINDS[field.kind]
    own = "text" if field.multi else kind.column_type(field, dialect)
    if not kind.is_text:
        return [f"{field.column} {own}"]
    collation = ' collate "C"' if dialect == "postgres" else ""
    return [f"{field.column} {own}", f"{field.folded_column} text{collation}"]


def add_columns(tx: Tx, module: Module, field: Field) -> None:
    """Add the columns of a field; at once, however many records there are."""
    for definition in column_definitions(field, tx.dialect):
        run_ddl(tx, f"alter table {module.table} add column {definition}")


def drop_named_columns(tx: Tx, module: Module, names: Iterable[str]) -> None:
    """Take columns away, with what is in them. SQLite writes the whole table again."""
    for name in names:
        run_ddl(tx, f"alter table {module.table} drop column {name}")


def set_aside(tx: Tx, module: Module, field: Field) -> list[str]:
    """Give the columns of a field other names, to make room for new ones; the new names in order."""
    names = [definition.split()[0] for definition in column_definitions(field, tx.dialect)]
    for name in names:
        run_ddl(tx, f"alter table {module.table} rename column {name} to {name}_old")
    return [f"{name}_old" for name in names]


def key_column(field: Field) -> str:
    """The column by which the field is compared, sorted and kept unique."""
    return field.folded_column if KINDS[field.kind].is_text else field.column


def has_index(field: Field) -> bool:
    """Whether the field is found through an index: declared so, unique, or a reference."""
    return not field.multi and (field.indexed or field.unique or field.kind == "Record")


def index_name(module: Module, field: Field) -> str:
    """The name of a field's index."""
    return f"{module.table}_{field.column}"


def create_indexes(tx: Tx, module: Module, fields: Iterable[Field]) -> None:
    """Make the indexes of these fields, over living records. DuplicateError when values clash."""
    for field in fields:
        if has_index(field):
            _create_index(tx, module, field, "where deleted_at is null")


def plain_indexed(module: Module) -> list[Field]:
    """The fields whose index only finds and sorts, and refuses nothing."""
    return [each for each in module.fields if has_index(each) and not each.unique]


def create_missing_index(tx: Tx, module: Module, field: Field) -> None:
    """Make the index of a field unless it is there."""
    _create_index(tx, module, field, "where deleted_at is null", "if not exists ")


def create_sparse_index(tx: Tx, module: Module, field: Field) -> None:
    """Make the index of a field that no record has yet: over values only, so it is there at once."""
    if has_index(field):
        _create_index(tx, module, field, f"where deleted_at is null and {key_column(field)} is not null")


def drop_indexes(tx: Tx, module: Module, fields: Iterable[Field]) -> None:
    """Take the indexes of these fields away."""
    for field in fields:
        run_ddl(tx, f"drop index if exists {index_name(module, field)}")


def create_view(tx: Tx, module: Module) -> None:
    """Make the view that shows living records under human names; a field's name wins over a system name."""
    names = {each.name for each in module.fields}
    columns = [
        f"{readable_time(name, tx.dialect) if name.endswith('_at') else name} as {name}"
        for name in ("id", "revision", "created_at", "updated_at", "created_by", "updated_by", "owner")
        if name not in names
    ]
    columns += [f'{_readable(each, tx.dialect)} as "{each.name}"' for each in module.fields]
    run_ddl(tx, _VIEW.format(view=view_name(module), columns=", ".join(columns), table=module.table))


def drop_view(tx: Tx, module: Module) -> None:
    """Take the view away; it is made again behind a change."""
    run_ddl(tx, f"drop view if exists {view_name(module)}")


def view_name(module: Module) -> str:
    """The view's name: `v_<handle>`, shortened and with the id behind it where a database would cut it."""
    name = f"v_{module.handle}"
    if len(name) <= _LONGEST_NAME:
        return name
    tail = f"_{module.id}"
    return name[: _LONGEST_NAME - len(tail)] + tail


def _create_index(tx: Tx, module: Module, field: Field, condition: str, unless: str = "") -> None:
    # the id behind it lets PostgreSQL read a sorted list from the index alone; SQLite has it there anyway
    rest = "" if field.unique or tx.dialect == "sqlite" else ", id"
    statement = _INDEX.format(
        unique="unique " if field.unique else "",
        unless=unless,
        name=index_name(module, field),
        table=module.table,
        columns=key_column(field) + rest,
        condition=condition,
    )
    run_ddl(tx, statement)


def _readable(field: Field, dialect: Dialect) -> str:
    return field.column if field.multi else KINDS[field.kind].view_column(field, dialect)
