"""Living records found by the values of one field."""

from collections.abc import Iterable
from typing import Any

from headwater.db.database import Dialect, Tx
from headwater.db.sql import in_texts
from headwater.kernel.json import dumps
from headwater.records.codec import Codec
from headwater.records.column import Column
from headwater.records.fields import KINDS
from headwater.records.tables import key_column

_FIND = "select {column}, id from {table} where {column} {among} and deleted_at is null order by id desc"
_TYPED = "in (select cast(value as {type}) from json_array_elements_text(cast(? as json)))"


def key_of(column: Column, value: Any) -> Any:
    """What two values of a field have in common when they count as equal; values in memory."""
    if value is None:
        return None
    if column.fold is not None:
        return column.fold(value)
    return value if column.store is None else column.store(value)


def holders(tx: Tx, codec: Codec, name: str, keys: Iterable[Any]) -> dict[Any, int]:
    """Ids of living records by the keys (`key_of`) that they have; of several with one key the oldest."""
    wanted = list({key for key in keys if key is not None})
    if not wanted:
        return {}
    field = codec.columns[name].field
    sql = _FIND.format(
        column=key_column(field), table=codec.module.table, among=_among(codec.columns[name], tx.dialect)
    )
    return dict(tx.all(sql, (dumps(wanted),)))


def _among(column: Column, dialect: Dialect) -> str:
    if dialect == "sqlite" or column.fold is not None:
        return in_texts(dialect)
    return _TYPED.format(type=KINDS[column.field.kind].column_type(column.field, dialect))
