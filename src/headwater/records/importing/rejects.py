"""The file of rejected rows: in the file's own format, with row number and reason in two more columns."""

import csv
import io
from collections.abc import Iterator, Sequence
from typing import Any

from headwater.kernel.json import encode
from headwater.records.importing.model import RowFault

ROW_COLUMN = "row_number"
REASON_COLUMN = "reason"
# A spreadsheet runs a cell that starts with one of these.
_FORMULA_STARTS = ("=", "+", "-", "@", "\t", "\r")
Reject = tuple[int, Any, list[RowFault]]


def csv_header(columns: Sequence[str], delimiter: str) -> bytes:
    """The header line."""
    return _csv_line([*columns, ROW_COLUMN, REASON_COLUMN], delimiter)


def csv_lines(rejects: Sequence[Reject], width: int, delimiter: str) -> Iterator[bytes]:
    """One line for each row; a row that could not be read stands whole in its first cell."""
    for number, content, faults in rejects:
        cells = list(content) if isinstance(content, list) else [str(content)]
        cells += [""] * (width - len(cells))
        yield _csv_line([*map(_harmless, cells), str(number), reason(faults)], delimiter)


def json_lines(rejects: Sequence[Reject]) -> Iterator[bytes]:
    """One object for each row; a line that could not be read stands under `line`."""
    for number, content, faults in rejects:
        shown = dict(content) if isinstance(content, dict) else {"line": content}
        yield encode({**shown, ROW_COLUMN: number, REASON_COLUMN: reason(faults)}) + b"\n"


def reason(faults: Sequence[RowFault]) -> str:
    """All that is wrong with a row, in one line."""
    return "; ".join(f"{fault.column}: {fault.detail}" if fault.column else fault.detail for fault in faults)


def _harmless(cell: str) -> str:
    return f"'{cell}" if cell.startswith(_FORMULA_STARTS) and not _is_number(cell) else cell


def _is_number(cell: str) -> bool:
    return cell[1:].replace(".", "", 1).isdigit()


def _csv_line(cells: Sequence[str], delimiter: str) -> bytes:
    out = io.StringIO()
    csv.writer(out, delimiter=delimiter, lineterminator="\n").writerow(cells)
    return out.getvalue().encode()
