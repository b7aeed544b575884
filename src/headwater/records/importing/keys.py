"""Keys of stored values, by which records are found and values of unique fields compared."""

from typing import Any

from headwater.expr.folding import fold
from headwater.records.column import Column


def stored_key(column: Column, stored: Any) -> Any:
    """What `lookup.key_of` gives for the same value in memory: its folded text, or the stored value."""
    if stored is None or column.fold is None:
        return stored
    return folded_twin(column, stored)


def folded_twin(column: Column, stored: Any) -> Any:
    """The folded twin of a stored text; the column must have one."""
    if column.field.multi:
        return column.fold(column.load(stored))  # type: ignore[misc]
    # the folded form of ascii is its lower case, without a walk through the tables of Unicode
    return stored.lower() if stored.isascii() else fold(stored)
