"""The format, encoding and delimiter of a file, found out where the caller did not say."""

import codecs
import re
from collections.abc import Iterator
from pathlib import Path

from headwater.kernel.errors import Fault, InvalidError
from headwater.records.importing.model import Format

_MARKS = (
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF32_LE, "utf-32"),
    (codecs.BOM_UTF32_BE, "utf-32"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)
_CHUNK_BYTES = 1024 * 1024
_LONE_SURROGATE = re.compile("[\ud800-\udfff]")  # utf-7 can write them, UTF-8 cannot


def check_encoding(name: str | None) -> None:
    """Refuse an encoding that is not known, or that is none of text: InvalidError `unknown_encoding`."""
    if name is None:
        return
    if not _is_of_text(name):
        fault = Fault("encoding", "unknown_encoding", f"'{name[:40]}' is not an encoding of text.")
        raise InvalidError(
            "unknown_encoding", fault.detail, hint="Name one such as utf-8 or cp1252.", faults=[fault]
        )


def _is_of_text(name: str) -> bool:
    # some of Python's names are for domain names or for nothing, and cannot pass over a wrong byte
    try:
        return codecs.lookup(name)._is_text_encoding and bool(b"a\xff".decode(name, "replace"))
    except (LookupError, ValueError):
        return False


def find_format(file_name: str, content_type: str) -> Format:
    """By the name of the file, else by its media type, else CSV."""
    if file_name.lower().endswith((".jsonl", ".ndjson", ".json")):
        return "jsonl"
    if file_name.lower().endswith((".csv", ".tsv", ".txt")):
        return "csv"
    return "jsonl" if "json" in content_type else "csv"


def as_utf8(path: Path, encoding: str | None) -> Path:
    """A file in UTF-8 without a byte order mark, with `\\n` at least somewhere in its line ends.

    That is `path` itself when it is so already; else a copy beside it, made once. Bytes that the named
    encoding does
    not have become U+FFFD.
    """
    with path.open("rb") as file:
        start = file.read(_CHUNK_BYTES)
    found = encoding or next((name for mark, name in _MARKS if start.startswith(mark)), "utf-8")
    is_plain = codecs.lookup(found).name in ("utf-8", "ascii") and not start.startswith(codecs.BOM_UTF8)
    if is_plain and (b"\n" in start or b"\r" not in start):
        return path
    copy = path.with_suffix(".utf8")
    if not copy.exists():
        if is_plain or codecs.lookup(found).name == "utf-8":
            found = "utf-8-sig"
        draft = path.with_suffix(".draft")
        with draft.open("wb") as out:
            for text in _decoded(path, found):
                out.write(_LONE_SURROGATE.sub("\ufffd", text).encode())
        draft.replace(copy)
    return copy


def _decoded(path: Path, encoding: str) -> Iterator[str]:
    # newline=None makes every kind of line end one \n
    with path.open("r", encoding=encoding, errors="replace", newline=None) as file:
        while text := file.read(_CHUNK_BYTES):
            yield text
