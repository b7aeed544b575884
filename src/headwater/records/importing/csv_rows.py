"""Rows of a CSV file, each with the position behind it; a broken row never takes others with it."""

import csv
from collections.abc import Iterator
from typing import BinaryIO

from headwater.kernel.errors import InvalidError
from headwater.records.importing.model import Checkpoint, RawRow, RowFault

# One quoted value may hold this much; a quote that is never closed is noticed there, not at the end.
MAX_VALUE_CHARACTERS = 1024 * 1024
# A line that is longer is passed over in pieces, so that a file without line ends does not fill the memory.
MAX_LINE_BYTES = 16 * 1024 * 1024
# Each such quote costs reading its lines twice, so a file made of them is given up.
MAX_RUNAWAY_QUOTES = 1_000
DELIMITERS = ",;\t|"


class CsvRows:
    """Reads UTF-8 CSV in strict quoting from a position where a row begins."""

    def __init__(self, file: BinaryIO, delimiter: str, checkpoint: Checkpoint) -> None:
        """Go to `checkpoint`; its row number is that of the row read last."""
        file.seek(checkpoint.offset)
        self._lines = _Lines(file, checkpoint.offset)
        csv.field_size_limit(MAX_VALUE_CHARACTERS)
        self._reader = csv.reader(self._lines, delimiter=delimiter, strict=True)
        self._number = checkpoint.row
        self._runaway_quotes = 0

    def __iter__(self) -> Iterator[RawRow]:
        """Rows in order; blank lines are passed over but count as rows, as in a spreadsheet."""
        lines = self._lines
        reader = self._reader
        while True:
            lines.taken.clear()
            try:
                cells = next(reader)
            except StopIteration:
                return
            except csv.Error as error:
                self._number += 1
                yield self._broken(str(error))
                continue
            self._number += 1
            if lines.is_too_long:
                yield self._too_long()
            elif lines.bad_bytes:
                yield self._wrong_bytes()
            elif cells:
                yield RawRow(self._number, lines.offset, cells)

    def _broken(self, why: str) -> RawRow:
        lines = self._lines
        first = lines.taken[0] if lines.taken else ""
        if len(lines.taken) > 1:
            self._runaway_quotes += 1
            if self._runaway_quotes > MAX_RUNAWAY_QUOTES:
                raise InvalidError(
                    "too_many_broken_rows",
                    f"More than {MAX_RUNAWAY_QUOTES} rows (now row {self._number}) never close a quote.",
                    hint="Check the delimiter and the quoting of the file.",
                )
            lines.put_back()
        lines.bad_bytes = lines.is_too_long = False
        fault = RowFault(self._number, "", "broken_row", f"The row cannot be read: {why}.")
        return RawRow(self._number, lines.offset, fault=fault, raw=first.rstrip("\r\n"))

    def _too_long(self) -> RawRow:
        lines = self._lines
        lines.is_too_long = lines.bad_bytes = False
        fault = RowFault(self._number, "", "too_long", f"The row is longer than {MAX_LINE_BYTES} bytes.")
        return RawRow(self._number, lines.offset, fault=fault, raw=lines.taken[-1][:1000])

    def _wrong_bytes(self) -> RawRow:
        lines = self._lines
        lines.bad_bytes = False
        fault = RowFault(self._number, "", "invalid_encoding", "The row holds bytes that are not UTF-8.")
        return RawRow(self._number, lines.offset, fault=fault, raw="".join(lines.taken).rstrip("\r\n"))


class _Lines:
    """Decoded lines of a file, with the position behind the last one that was given out."""

    def __init__(self, file: BinaryIO, offset: int) -> None:
        self._file = file
        self._waiting: list[tuple[str, int]] = []
        self._sizes: list[int] = []
        self.offset = offset
        self.taken: list[str] = []
        self.bad_bytes = False
        self.is_too_long = False

    def __iter__(self) -> "_Lines":
        return self

    def __next__(self) -> str:
        if not self.taken:
            self._sizes.clear()
        if self._waiting:
            line, size = self._waiting.pop()
        else:
            raw = self._file.readline(MAX_LINE_BYTES)
            if not raw:
                raise StopIteration
            size = len(raw)
            if size == MAX_LINE_BYTES and not raw.endswith(b"\n"):
                raw, size = self._cut(raw)
            line = self._decode(raw)
        self.offset += size
        self.taken.append(line)
        self._sizes.append(size)
        return line

    def put_back(self) -> None:
        """Give all lines of the broken row but its first out again."""
        pairs = list(zip(self.taken[1:], self._sizes[1:], strict=True))
        self.offset -= sum(size for _, size in pairs)
        self._waiting.extend(reversed(pairs))

    def _cut(self, raw: bytes) -> tuple[bytes, int]:
        """The beginning of a line that is too long, as a line of its own, and the size of the whole."""
        size = len(raw)
        while more := self._file.readline(MAX_LINE_BYTES):
            size += len(more)
            if more.endswith(b"\n"):
                break
        self.is_too_long = True
        return raw[:1000].replace(b'"', b"'") + b"\n", size

    def _decode(self, raw: bytes) -> str:
        try:
            return raw.decode()
        except UnicodeDecodeError:
            self.bad_bytes = True
            return raw.decode(errors="replace")


def find_delimiter(header: str) -> str:
    """The delimiter that splits the header into most columns; a comma when none does."""
    return max(DELIMITERS, key=lambda mark: _count_columns(header, mark))


def _count_columns(header: str, delimiter: str) -> int:
    try:
        return len(next(csv.reader([header], delimiter=delimiter), []))
    except csv.Error:  # a header that cannot be read is told when its row is
        return 0
