"""Reading one file row by row: CSV, JSON lines, or JSON; bad rows are told, not dropped."""

import csv
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import msgspec

from headwater.connectors.contract import Trouble
from headwater.expr import paths
from headwater.kernel.errors import FatalError

Row = tuple[Any, Trouble | None]  # a record, or what was there instead of one and why it is none

MAX_CELL_BYTES = 5 * 1024 * 1024
MAX_JSON_BYTES = 100 * 1024 * 1024


def rows_of(path: Path, parameters: Mapping[str, Any]) -> Iterator[Row]:
    """The rows of a file in order; OSError when it cannot be opened."""
    return _READERS[parameters.get("format") or "csv"](path, parameters)


def _csv(path: Path, parameters: Mapping[str, Any]) -> Iterator[Row]:
    csv.field_size_limit(MAX_CELL_BYTES)
    encoding = parameters.get("encoding") or "utf-8-sig"
    # Bytes that are wrong in this encoding become lone surrogates, so the row that holds them is known.
    with open(path, encoding=encoding, errors="surrogateescape", newline="") as file:
        reader = csv.reader(file, delimiter=parameters.get("delimiter") or ",", skipinitialspace=False)
        for _ in range(int(parameters.get("skip_rows") or 0)):
            next(reader, None)
        header = None
        while True:
            try:
                for cells in reader:
                    if not cells:
                        continue
                    if header is None:
                        header = _header(cells, parameters)
                        if parameters.get("has_header", True):
                            continue
                    yield _csv_row(header, cells, parameters)
            except csv.Error as error:
                yield None, Trouble("internal", "parse", f"Line {reader.line_num}: {error}.", "parse")
            else:
                return


def _header(cells: list[str], parameters: Mapping[str, Any]) -> list[str]:
    if not parameters.get("has_header", True):
        return [f"column{number}" for number in range(1, len(cells) + 1)]
    header = [cell.strip() for cell in cells]
    twice = sorted({name for name in header if header.count(name) > 1 or not name})
    if twice:
        raise FatalError(
            "bad_header",
            f"Names in the header are empty or stand there twice: {', '.join(map(repr, twice))}.",
            hint="Give every column its own name, or set has_header to false.",
        )
    return header


def _csv_row(header: list[str], cells: list[str], parameters: Mapping[str, Any]) -> Row:
    text = "".join(cells)
    if not text.isascii() and not _is_clean(text):
        return _mended(cells), Trouble(
            "internal", "wrong_encoding", "Bytes that are no text in the encoding.", "parse"
        )
    if len(cells) != len(header):
        detail = f"The row has {len(cells)} values, the header {len(header)} names."
        return cells, Trouble("internal", "ragged_row", detail, "parse")
    if parameters.get("trim"):
        cells = [cell.strip() for cell in cells]
    return dict(zip(header, cells, strict=True)), None


def _is_clean(text: str) -> bool:
    try:
        text.encode()
    except UnicodeEncodeError:
        return False
    return True


def _mended(cells: list[str]) -> list[str]:
    return [cell.encode("utf-8", "replace").decode() for cell in cells]


def _json_lines(path: Path, parameters: Mapping[str, Any]) -> Iterator[Row]:
    decode = msgspec.json.Decoder().decode
    with open(path, "rb") as file:
        for line in file:
            if line.isspace():
                continue
            try:
                record = decode(line)
            except (msgspec.DecodeError, UnicodeDecodeError) as error:
                raw = line[:2000].decode("utf-8", "replace").rstrip("\n")
                yield raw, Trouble("internal", "parse", f"The line is not JSON: {error}.", "parse")
            else:
                yield record, None if isinstance(record, dict) else _no_object(record)


def _json(path: Path, parameters: Mapping[str, Any]) -> Iterator[Row]:
    if path.stat().st_size > MAX_JSON_BYTES:
        raise FatalError(
            "file_too_large",
            f"'{path.name}' is larger than {MAX_JSON_BYTES} bytes.",
            hint="JSON is read whole; use JSON lines for large files.",
        )
    try:
        document = msgspec.json.decode(path.read_bytes())
    except (msgspec.DecodeError, UnicodeDecodeError) as error:
        raise FatalError("file_malformed", f"'{path.name}' is not JSON: {error}.") from error
    place = parameters.get("records_path")
    found = paths.read(document, paths.parse(place)) if place else document
    records = found if isinstance(found, list) else [] if found is paths.MISSING else [found]
    for record in records:
        yield record, None if isinstance(record, dict) else _no_object(record)


def _no_object(record: Any) -> Trouble:
    return Trouble("internal", "parse", f"A record is an object; got {type(record).__name__}.", "parse")


_READERS = {"csv": _csv, "jsonl": _json_lines, "json": _json}
FORMATS = tuple(_READERS)
