"""Changing what a field is: whether its stored values can follow, and taking them along."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import Any

from headwater.db.database import Tx
from headwater.kernel.errors import ConflictError
from headwater.records import tables
from headwater.records.column import Column, column_of
from headwater.records.errors import BadValueError
from headwater.records.fields import KINDS
from headwater.records.form import reader_of, shown
from headwater.records.model import Field, Module

_CHUNK = 5_000
_SHOWN = 10
_STORED = "select id, {column} from {table} where {column} is not null and id > ? order by id limit ?"
_FILL = "update {table} set {assignments} where id = ?"


@dataclass
class Misfits:
    """The stored values that cannot follow: how many, and the first ten."""

    count: int = 0
    first: list[dict[str, Any]] = field(default_factory=list)

    def add(self, record_id: int, value: Any) -> None:
        """Count one more."""
        self.count += 1
        if self.count <= _SHOWN:
            self.first.append({"id": record_id, "value": value})


def is_checked(old: Field, new: Field) -> bool:
    """Whether stored values may not suit the changed definition."""
    is_same = (old.kind, old.multi, dict(old.options)) == (new.kind, new.multi, dict(new.options))
    return not is_same or (_is_indexed(new) and not _is_indexed(old))


def _is_indexed(field: Field) -> bool:
    return field.indexed or field.unique


def is_stored_otherwise(old: Field, new: Field) -> bool:
    """Whether the columns have to be made again."""
    if (old.kind, old.multi) == (new.kind, new.multi):
        return old.options.get("scale") != new.options.get("scale")
    text_alike = all(KINDS[each.kind].is_text and not each.multi for each in (old, new))
    return not text_alike


def refuse_misfits(tx: Tx, module: Module, old: Field, new: Field) -> None:
    """Go on when every stored value can follow; otherwise ConflictError `values_cannot_follow`."""
    misfits = Misfits()
    for record_id, stored in _values(tx, module.table, old, old.column):
        try:
            follow(old, new, stored)
        except BadValueError:
            misfits.add(record_id, stored)
    if misfits.count:
        raise _cannot_follow(module, old, misfits)


def refuse_lost_references(
    tx: Tx, module: Module, old: Field, living: Callable[[list[int]], set[int]]
) -> None:
    """Go on when every stored reference is to one of the `living`; otherwise ConflictError."""
    misfits = Misfits()
    pairs = list(_values(tx, module.table, old, old.column))
    for start in range(0, len(pairs), _CHUNK):
        chunk = pairs[start : start + _CHUNK]
        found = living([int(value) for _, value in chunk])
        for record_id, value in chunk:
            if int(value) not in found:
                misfits.add(record_id, value)
    if misfits.count:
        raise _cannot_follow(module, old, misfits)


def move_values(tx: Tx, module: Module, old: Field, new: Field) -> None:
    """Make the columns again in their new type and put the converted values in."""
    tables.drop_indexes(tx, module, [old])
    aside = tables.set_aside(tx, module, old)
    tables.add_columns(tx, module, new)
    column = column_of(new, tx.dialect)
    names = [new.column, new.folded_column] if column.fold else [new.column]
    sql = _FILL.format(table=module.table, assignments=", ".join(f"{name} = ?" for name in names))
    chunk: list[list[Any]] = []
    for record_id, value in _values(tx, module.table, old, aside[0]):
        chunk.append([*_stored(column, follow(old, new, value)), record_id])
        if len(chunk) == _CHUNK:
            tx.run_many(sql, chunk)
            chunk.clear()
    tx.run_many(sql, chunk)
    tables.drop_named_columns(tx, module, aside)


def follow(old: Field, new: Field, value: Any) -> Any:
    """The new field's value for a JSON form of the old one. Raises BadValueError when there is none."""
    items = value if old.multi else [value]
    if KINDS[new.kind].is_text:
        items = [_text(each) for each in items]
    if new.multi:
        return reader_of(new)(items)
    if len(items) > 1:
        raise BadValueError("wrong_type", "wants one value")
    return reader_of(new)(items[0]) if items else None


def _text(value: Any) -> str:
    if isinstance(value, bool):
        return "true" if value else "false"
    return str(value)


def _values(tx: Tx, table: str, old: Field, column: str) -> Iterator[tuple[int, Any]]:
    # deleted records too: they may be restored
    show = column_of(old, tx.dialect).show_plain
    sql, last = _STORED.format(table=table, column=column), 0
    while rows := tx.all(sql, (last, _CHUNK)):
        for record_id, stored in rows:
            yield record_id, show(stored) if show else stored
        last = rows[-1][0]


def _stored(column: Column, value: Any) -> list[Any]:
    stored = [value if value is None or column.store is None else column.store(value)]
    if column.fold:
        stored.append(None if value is None else column.fold(value))
    return stored


def _cannot_follow(module: Module, old: Field, misfits: Misfits) -> ConflictError:
    examples = ", ".join(f"{shown(each['value'])} of record {each['id']}" for each in misfits.first)
    return ConflictError(
        "values_cannot_follow",
        f"{misfits.count} values of field '{old.name}' of module '{module.handle}' do not suit: {examples}.",
        hint="Change these values first, or add a new field.",
        document={"count": misfits.count, "values": misfits.first},
    )
