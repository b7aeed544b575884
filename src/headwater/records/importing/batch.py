"""Rows of a file as columns of stored values, with what is wrong in each row; no database in it."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from headwater.db.database import Dialect
from headwater.records.codec import Codec
from headwater.records.form import shown
from headwater.records.importing.cells import Cast, cast_column, json_cast, text_cast
from headwater.records.importing.columns import ColumnPlan
from headwater.records.importing.model import RawRow, RowFault

Cells = Sequence[Any]


@dataclass(slots=True)
class Batch:
    """Rows that belong to one commit. `columns` hold stored values by field name, aligned with `rows`.

    `looked_up` holds cells as they came, of references that are found by another field. `faults` are by
    position
    in `rows`; `broken` are rows that could not be read at all.
    """

    rows: list[RawRow]
    broken: list[RawRow]
    columns: dict[str, list[Any]] = field(default_factory=dict)
    looked_up: dict[str, list[Any]] = field(default_factory=dict)
    faults: dict[int, list[RowFault]] = field(default_factory=dict)

    def add_fault(self, index: int, column: str, code: str, detail: str) -> None:
        """Note what is wrong with one row."""
        self.faults.setdefault(index, []).append(RowFault(self.rows[index].number, column, code, detail))


class BatchReader:
    """Turns raw rows into batches for one module; its casts are made once."""

    def __init__(
        self, codec: Codec, plan: ColumnPlan, references: Mapping[str, str], *, is_csv: bool, dialect: Dialect
    ) -> None:
        """`references` are the fields whose cells name a record by another field of it."""
        self._handle = codec.module.handle
        self._width = len(plan.names)
        self._casts: list[tuple[int, str, str, Cast]] = []
        self._looked_up: list[tuple[int, str, str]] = []
        self._pick: Callable[[list[RawRow]], list[Cells]] = self._pick_csv if is_csv else self._pick_json
        self._names = plan.names
        for position, name in enumerate(plan.names):
            target = plan.fields.get(name)
            if target is None:
                continue
            if target.name in references:
                self._looked_up.append((position, name, target.name))
                continue
            column = codec.columns[target.name]
            cast = text_cast(column, dialect) if is_csv else json_cast(column)
            self._casts.append((position, name, target.name, cast))

    def read(self, raw_rows: Sequence[RawRow]) -> Batch:
        """The batch of these rows."""
        batch = Batch([], [])
        for row in raw_rows:
            if row.fault is None and type(row.cells) is list and len(row.cells) != self._width:
                row = self._ragged(row)
            (batch.rows if row.fault is None else batch.broken).append(row)
        columns = self._pick(batch.rows)
        for position, name, field_name, cast in self._casts:
            cells = columns[position] if columns else []
            batch.columns[field_name], bad = cast_column(cells, cast)
            for index, error in bad.items():
                where = f"Field '{field_name}' of module '{self._handle}'"
                detail = f"{where} {error.detail}; got {shown(cells[index])}."
                batch.add_fault(index, name, error.code, detail)
        for position, _, field_name in self._looked_up:
            batch.looked_up[field_name] = list(columns[position]) if columns else []
        return batch

    def _ragged(self, row: RawRow) -> RawRow:
        detail = f"The row has {len(row.cells)} cells; the header has {self._width}."
        fault = RowFault(row.number, "", "wrong_cell_count", detail)
        return RawRow(row.number, row.end, row.cells, fault)

    @staticmethod
    def _pick_csv(rows: list[RawRow]) -> list[Cells]:
        return list(zip(*[row.cells for row in rows], strict=True))

    def _pick_json(self, rows: list[RawRow]) -> list[Cells]:
        return [[row.cells.get(name) for row in rows] for name in self._names]
