"""One attempt to write a batch: columns and faults grow while it is checked, the batch stays."""

from collections.abc import Mapping, Sequence
from typing import Any

from headwater.records.codec import Codec
from headwater.records.importing.batch import Batch
from headwater.records.importing.model import RawRow, RowFault


class Work:
    """What a transaction works on; made anew when it has to run again. Positions are those of
    `batch.rows`.
    """

    def __init__(self, batch: Batch, now: int) -> None:
        """`now` is the moment of the write in microseconds."""
        self.batch = batch
        self.now = now
        self.columns: dict[str, list[Any]] = dict(batch.columns)
        self.constants: dict[str, Any] = {}
        self._faults: dict[int, list[RowFault]] = {
            index: list(found) for index, found in batch.faults.items()
        }

    @property
    def size(self) -> int:
        """How many rows the batch has, broken ones included."""
        return len(self.batch.rows) + len(self.batch.broken)

    def add_fault(self, index: int, column: str, code: str, detail: str) -> None:
        """Reject a row; a second fault of the same column adds nothing."""
        faults = self._faults.setdefault(index, [])
        if all(each.column != column for each in faults):
            faults.append(RowFault(self.batch.rows[index].number, column, code, detail))

    def is_good(self, index: int) -> bool:
        """Whether nothing is wrong with a row so far."""
        return index not in self._faults

    def good_rows(self) -> list[int]:
        """Positions of the rows with which nothing is wrong so far."""
        faults = self._faults
        return [index for index in range(len(self.batch.rows)) if index not in faults]

    def rejected(self) -> list[tuple[RawRow, Sequence[RowFault]]]:
        """The rejected rows with their faults, in the order of the file."""
        found: list[tuple[RawRow, Sequence[RowFault]]] = [
            (self.batch.rows[index], faults) for index, faults in self._faults.items()
        ]
        found += [(row, [row.fault]) for row in self.batch.broken if row.fault is not None]
        return sorted(found, key=lambda pair: pair[0].number)

    def json_values(self, codec: Codec, index: int) -> Mapping[str, Any]:
        """One row in JSON forms, as the service of records takes it; an empty cell clears, an absent one
        does not.
        """
        shown: dict[str, Any] = {}
        for name, values in self.columns.items():
            if index in self.batch.absent.get(name, ()):
                continue
            column, stored = codec.columns[name], values[index]
            value = stored if stored is None or column.load is None else column.load(stored)
            shown[name] = value if value is None or column.show is None else column.show(value)
        return shown
