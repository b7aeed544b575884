"""Values of a unique field that a new record may not have: taken by another record, or twice in one batch."""

from collections.abc import Sequence
from typing import Any, NamedTuple

from headwater.db.database import Tx
from headwater.records.codec import Codec
from headwater.records.importing.keys import stored_keys
from headwater.records.lookup import holders


class Taken(NamedTuple):
    """Positions of rows whose value a record has already, and of rows that repeat one before them in the
    batch.
    """

    in_module: frozenset[int]
    in_batch: frozenset[int]


def taken_values(tx: Tx, codec: Codec, name: str, rows: Sequence[tuple[int, Any]]) -> Taken:
    """`rows` are positions with their stored values, in the order of the file; empty values clash with
    nothing.
    """
    column = codec.columns[name]
    keys = stored_keys(column, [value for _, value in rows])
    found = holders(tx, codec, name, keys)
    in_module: set[int] = set()
    in_batch: set[int] = set()
    seen: set[Any] = set()
    for (index, _), key in zip(rows, keys, strict=True):
        if key is None:
            continue
        if key in found:
            in_module.add(index)
        elif key in seen:
            in_batch.add(index)
        seen.add(key)
    return Taken(frozenset(in_module), frozenset(in_batch))
