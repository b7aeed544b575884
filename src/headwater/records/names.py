"""Handles and field names: what is allowed, and how one is derived from a label of a dialect."""

import re
from collections.abc import Container

from headwater.expr.folding import fold
from headwater.records.model import SYSTEM_NAMES

_FORM = re.compile(r"[a-z][a-z0-9_]{0,62}", re.ASCII)
_OTHER = re.compile(r"[^a-z0-9]+", re.ASCII)
FORM_TEXT = "a to z, 0 to 9 and _, at most 63 characters, a letter first"


def is_name(text: object) -> bool:
    """Whether the text has the form of a handle or field name."""
    return isinstance(text, str) and _FORM.fullmatch(text) is not None


def is_system(name: str) -> bool:
    """Whether the name is one that every record has."""
    return name in SYSTEM_NAMES


def derive(label: str, taken: Container[str], fallback: str) -> str:
    """A name out of any label, unlike all that are taken."""
    plain = _OTHER.sub("_", fold(label)).strip("_")[:56]
    stem = plain if plain[:1].isalpha() else f"{fallback}_{plain}".strip("_")
    name, number = stem, 2
    while name in taken or is_system(name):
        name, number = f"{stem}_{number}", number + 1
    return name
