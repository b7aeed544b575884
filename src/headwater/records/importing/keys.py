"""Keys of stored values, by which records are found and values of unique fields compared."""

from collections.abc import Sequence
from typing import Any

from headwater.expr.folding import fold
from headwater.records.column import Column


def stored_keys(column: Column, values: Sequence[Any]) -> Sequence[Any]:
    """What `lookup.key_of` gives for the same values in memory: folded texts, or the stored values."""
    return values if column.fold is None else folded_twins(column, values)


def folded_twins(column: Column, values: Sequence[Any]) -> list[Any]:
    """The folded twins of stored texts, None where one is empty; the column must have them."""
    load, fold_loaded = column.load, column.fold
    if load is not None and fold_loaded is not None:
        return [None if value is None else fold_loaded(load(value)) for value in values]
    # what `fold` does, without a call for each text that is all ascii
    return [value if value is None else value.lower() if value.isascii() else fold(value) for value in values]
