"""Rows of a file of JSON lines, each with the position behind it."""

from collections.abc import Iterator
from typing import BinaryIO

import msgspec

from headwater.records.importing.model import Checkpoint, RawRow, RowFault

MAX_LINE_BYTES = 16 * 1024 * 1024
_decode = msgspec.json.Decoder().decode


class JsonlRows:
    """Reads one JSON object a line from a position where a line begins."""

    def __init__(self, file: BinaryIO, checkpoint: Checkpoint) -> None:
        """Go to `checkpoint`; its row number is that of the line read last."""
        file.seek(checkpoint.offset)
        self._file = file
        self._offset = checkpoint.offset
        self._number = checkpoint.row

    def __iter__(self) -> Iterator[RawRow]:
        """Rows in order; blank lines are passed over but counted."""
        while raw := self._file.readline(MAX_LINE_BYTES):
            self._number += 1
            self._offset += len(raw)
            if len(raw) == MAX_LINE_BYTES and not raw.endswith(b"\n"):
                self._skip_line()
                yield self._fault("too_long", f"The line is longer than {MAX_LINE_BYTES} bytes.", raw[:1000])
            elif not raw.isspace():
                yield self._row(raw)

    def _row(self, raw: bytes) -> RawRow:
        try:
            value = _decode(raw)
        except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as error:
            is_text = not isinstance(error, UnicodeDecodeError)
            code = "malformed_json" if is_text else "invalid_encoding"
            return self._fault(code, f"The line is not JSON in UTF-8: {error}.", raw)
        if type(value) is not dict:
            return self._fault("not_an_object", "The line is not a JSON object.", raw)
        return RawRow(self._number, self._offset, value)

    def _fault(self, code: str, detail: str, raw: bytes) -> RawRow:
        fault = RowFault(self._number, "", code, detail)
        return RawRow(
            self._number, self._offset, fault=fault, raw=raw.decode(errors="replace").rstrip("\r\n")
        )

    def _skip_line(self) -> None:
        while raw := self._file.readline(MAX_LINE_BYTES):
            self._offset += len(raw)
            if raw.endswith(b"\n"):
                return
