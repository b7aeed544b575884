"""Records as the bytes of a file: JSON lines, or CSV rows whose columns are known at its end."""

import csv
import io
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Any, BinaryIO

import msgspec

_encode = msgspec.json.Encoder(decimal_format="string").encode
_lines = msgspec.json.Encoder(decimal_format="string").encode_lines


def json_lines(records: Sequence[Any]) -> bytes:
    """One record a line."""
    return _lines(records)


def csv_rows(records: Iterable[Any], columns: list[str], delimiter: str) -> bytes:
    """The rows of these records without a header. `columns` grows by names that it does not have yet."""
    known = set(columns)
    rows = []
    for record in records:
        for name in record:
            if name not in known:
                known.add(name)
                columns.append(name)
        rows.append([_cell(record.get(name)) for name in columns])
    return _csv_bytes(rows, delimiter)


def complete_csv(part: Path, out: BinaryIO, columns: list[str], delimiter: str) -> None:
    """Copy the rows of a part into `out` behind a header; rows written before a column came up are filled."""
    out.write(_csv_bytes([columns], delimiter))
    with open(part, encoding="utf-8", newline="") as file:
        for row in csv.reader(file, delimiter=delimiter):
            out.write(_csv_bytes([row + [""] * (len(columns) - len(row))], delimiter))


def _csv_bytes(rows: Iterable[Sequence[str]], delimiter: str) -> bytes:
    text = io.StringIO()
    csv.writer(text, delimiter=delimiter, lineterminator="\n").writerows(rows)
    return text.getvalue().encode("utf-8", "replace")


def _cell(value: Any) -> str:
    if value is None:
        return ""
    if isinstance(value, str):
        return value
    return _encode(value).decode()
