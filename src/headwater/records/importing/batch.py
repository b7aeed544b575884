"""Rows of a file as columns of stored values, with what is wrong in each row; no database in it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from headwater.db.database import Dialect
from headwater.records.codec import Codec
from headwater.records.form import shown
from headwater.records.importing.cells import Caster, cast_column, json_caster, text_caster
from headwater.records.importing.columns import ColumnPlan
from headwater.records.importing.model import RawRow, RowFault

Cells = Sequence[object]
Positions = frozenset[int]


@dataclass(slots=True)
class Batch:
    """Rows that belong to one commit. `columns` hold stored values by field name, aligned with `rows`.

    `looked_up` holds cells as they came, of references that are found by another field. `absent` says by
    field name in which rows a line of JSON does not name it. `faults` are by position in `rows`; `broken` are
    rows that could not be read at all.
    """

    rows: list[RawRow]
    broken: list[RawRow]
    columns: dict[str, list[object]] = field(default_factory=dict)
    looked_up: dict[str, list[object]] = field(default_factory=dict)
    absent: dict[str, Positions] = field(default_factory=dict)
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
        self._names, self._late, self._is_csv = plan.names, plan.late, is_csv
        # without a cast: the cells are looked up by the database
        self._targets: list[tuple[str, str, Caster | None]] = []
        for name, target in plan.fields.items():
            column = codec.columns[target.name]
            caster = text_caster(column, dialect) if is_csv else json_caster(column)
            self._targets.append((name, target.name, None if target.name in references else caster))

    def read(self, raw_rows: Sequence[RawRow]) -> Batch:
        """The batch of these rows."""
        batch = Batch([], [])
        for row in raw_rows:
            if row.fault is None and type(row.cells) is list and len(row.cells) != len(self._names):
                row = self._ragged(row)
            (batch.rows if row.fault is None else batch.broken).append(row)
        columns = self._csv_columns(batch.rows) if self._is_csv else self._json_columns(batch.rows)
        for name, field_name, caster in self._targets:
            cells = columns.get(name)
            if cells is None:
                continue
            if not self._is_csv and None in cells:
                batch.absent[field_name] = _without(batch.rows, name)
            if caster is None:
                batch.looked_up[field_name] = list(cells)
            else:
                self._cast(batch, name, field_name, cells, caster)
        return batch

    def _cast(self, batch: Batch, name: str, field_name: str, cells: Cells, caster: Caster) -> None:
        batch.columns[field_name], bad = cast_column(cells, caster)
        for index, error in bad.items():
            where = f"Field '{field_name}' of module '{self._handle}'"
            detail = f"{where} {error.detail}; got {shown(cells[index])}."
            batch.add_fault(index, name, error.code, detail)

    def _ragged(self, row: RawRow) -> RawRow:
        detail = f"The row has {len(row.cells)} cells; the header has {len(self._names)}."
        fault = RowFault(row.number, "", "wrong_cell_count", detail)
        return RawRow(row.number, row.end, row.cells, fault)

    def _csv_columns(self, rows: list[RawRow]) -> dict[str, Cells]:
        columns = list(zip(*[row.cells for row in rows], strict=True)) or [()] * len(self._names)
        return dict(zip(self._names, columns, strict=True))

    def _json_columns(self, rows: list[RawRow]) -> dict[str, Cells]:
        names = [*self._names, *(name for name in self._late if any(name in row.cells for row in rows))]
        return {name: [row.cells.get(name) for row in rows] for name in names}


def _without(rows: list[RawRow], name: str) -> Positions:
    return frozenset(index for index, row in enumerate(rows) if name not in row.cells)
