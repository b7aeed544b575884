"""Reading one file in chunks of rows: CSV, JSON lines, or JSON; bad rows are told, not dropped.

Work on whole chunks is what makes it quick: the row that is bad is looked for only in a chunk that has one.
"""

import csv
import itertools
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import msgspec

from headwater.connectors.contract import Trouble
from headwater.expr import paths
from headwater.kernel.errors import FatalError

Bad = tuple[Any, Trouble]  # what was there instead of a record, and why it is none

MAX_CELL_BYTES = 5 * 1024 * 1024
MAX_JSON_BYTES = 100 * 1024 * 1024

_decode = msgspec.json.Decoder().decode
_decode_lines = msgspec.json.Decoder().decode_lines


@dataclass(slots=True)
class Chunk:
    """Some rows of a file. The last one of a file may be empty."""

    records: list[Any] = field(default_factory=list)
    bad: list[Bad] = field(default_factory=list)
    is_last: bool = False


def chunks_of(path: Path, parameters: Mapping[str, Any], size: int) -> Iterator[Chunk]:
    """The rows of a file in order, `size` rows a chunk; OSError when it cannot be opened."""
    return _READERS[parameters.get("format") or "csv"](path, parameters, size)


def _csv(path: Path, parameters: Mapping[str, Any], size: int) -> Iterator[Chunk]:
    csv.field_size_limit(MAX_CELL_BYTES)
    encoding = parameters.get("encoding") or "utf-8-sig"
    # Bytes that are wrong in this encoding become lone surrogates, so the row that holds them is known.
    with open(path, encoding=encoding, errors="surrogateescape", newline="") as file:
        reader = csv.reader(file, delimiter=parameters.get("delimiter") or ",")
        for _ in range(int(parameters.get("skip_rows") or 0)):
            next(reader, None)
        header = _header(reader, parameters)
        while True:
            chunk = Chunk()
            rows: list[list[str]] = []
            try:
                # What was read before the error stays in the list.
                rows.extend(itertools.islice(reader, size))
            except csv.Error as error:
                detail = f"Line {reader.line_num}: {error}."
                chunk.bad.append((None, Trouble("internal", "parse", detail, "parse")))
            else:
                chunk.is_last = len(rows) < size
            _add_rows(chunk, header, rows, is_trimmed=bool(parameters.get("trim")))
            yield chunk
            if chunk.is_last:
                return


def _header(reader: Any, parameters: Mapping[str, Any]) -> list[str]:
    """The names of the columns; none means that the first row tells how many numbered ones there are."""
    if not parameters.get("has_header", True):
        return []
    header = [cell.strip() for cell in next((row for row in reader if row), [])]
    twice = sorted({name for name in header if header.count(name) > 1 or not name})
    if twice:
        raise FatalError(
            "bad_header",
            f"Names in the header are empty or stand there twice: {', '.join(map(repr, twice))}.",
            hint="Give every column its own name, or set has_header to false.",
        )
    return header


def _add_rows(chunk: Chunk, header: list[str], rows: list[list[str]], *, is_trimmed: bool) -> None:
    rows = [row for row in rows if row]
    if not header and rows:
        header.extend(f"column{number}" for number in range(1, len(rows[0]) + 1))
    if is_trimmed:
        rows = [[cell.strip() for cell in row] for row in rows]
    width = len(header)
    if set(map(len, rows)) - {width} or not _is_clean("".join(map("".join, rows))):
        rows = _good_rows(chunk, width, rows)
    # Every row has the header's width by now; without a line of Python for each this is a third quicker.
    chunk.records = list(map(dict, map(zip, itertools.repeat(header), rows)))


def _good_rows(chunk: Chunk, width: int, rows: list[list[str]]) -> list[list[str]]:
    good = []
    for row in rows:
        if not _is_clean("".join(row)):
            mended = [cell.encode("utf-8", "replace").decode() for cell in row]
            detail = "The row holds bytes that are no text in this encoding."
            chunk.bad.append((mended, Trouble("internal", "wrong_encoding", detail, "parse")))
        elif len(row) != width:
            detail = f"The row has {len(row)} values, the header {width} names."
            chunk.bad.append((row, Trouble("internal", "ragged_row", detail, "parse")))
        else:
            good.append(row)
    return good


def _is_clean(text: str) -> bool:
    if text.isascii():
        return True
    try:
        text.encode()
    except UnicodeEncodeError:
        return False
    return True


def _json_lines(path: Path, parameters: Mapping[str, Any], size: int) -> Iterator[Chunk]:
    with open(path, "rb") as file:
        while True:
            lines = list(itertools.islice(file, size))
            chunk = Chunk(is_last=len(lines) < size)
            _add_lines(chunk, lines)
            yield chunk
            if chunk.is_last:
                return


def _add_lines(chunk: Chunk, lines: Sequence[bytes]) -> None:
    try:
        records = _decode_lines(b"".join(lines))
    except (msgspec.DecodeError, UnicodeDecodeError):
        records = _good_lines(chunk, lines)
    _add_objects(chunk, records)


def _good_lines(chunk: Chunk, lines: Sequence[bytes]) -> list[Any]:
    records = []
    for line in lines:
        if line.isspace():
            continue
        try:
            records.append(_decode(line))
        except (msgspec.DecodeError, UnicodeDecodeError) as error:
            raw = line[:2000].decode("utf-8", "replace").rstrip("\n")
            chunk.bad.append((raw, Trouble("internal", "parse", f"The line is not JSON: {error}.", "parse")))
    return records


def _json(path: Path, parameters: Mapping[str, Any], size: int) -> Iterator[Chunk]:
    if path.stat().st_size > MAX_JSON_BYTES:
        raise FatalError(
            "file_too_large",
            f"'{path.name}' is larger than {MAX_JSON_BYTES} bytes.",
            hint="JSON is read whole; use JSON lines for large files.",
        )
    try:
        document = _decode(path.read_bytes())
    except (msgspec.DecodeError, UnicodeDecodeError) as error:
        raise FatalError("file_malformed", f"'{path.name}' is not JSON: {error}.") from error
    place = parameters.get("records_path")
    found = paths.read(document, paths.parse(place)) if place else document
    records = found if isinstance(found, list) else [] if found is paths.MISSING else [found]
    for start in range(0, len(records) + 1, size):
        chunk = Chunk(is_last=start + size > len(records))
        _add_objects(chunk, records[start : start + size])
        yield chunk


def _add_objects(chunk: Chunk, records: list[Any]) -> None:
    if all(record.__class__ is dict for record in records):
        chunk.records = records
        return
    for record in records:
        if isinstance(record, dict):
            chunk.records.append(record)
        else:
            detail = f"A record is an object; got {type(record).__name__}."
            chunk.bad.append((record, Trouble("internal", "parse", detail, "parse")))


_READERS = {"csv": _csv, "jsonl": _json_lines, "json": _json}
FORMATS = tuple(_READERS)
