"""A stored file as the database knows it."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class StoredFile:
    """Bytes kept once under their SHA-256, and the name they were sent under. `size` is in bytes."""

    id: int
    name: str
    size: int
    content_type: str
    sha256: str
    created_at: int
    created_by: int


def clean_name(name: str) -> str:
    """The last part of a file name, printable, at most 200 characters; `file` when nothing is left."""
    last = name.replace("\\", "/").rsplit("/", 1)[-1]
    kept = "".join(letter for letter in last if letter.isprintable()).strip(". ")
    return kept[-200:] or "file"


def extension(name: str) -> str:
    """The extension in lower case without its dot, or empty text."""
    return name.rsplit(".", 1)[1].lower() if "." in name else ""
