"""What to do about an error that does not say so itself: the last column of docs/errors.md."""

import re
from functools import cache
from pathlib import Path

_PACKAGED = Path(__file__).parent / "errors.md"
_IN_THE_SOURCES = Path(__file__).parents[3] / "docs" / "errors.md"
_CODE = re.compile(r"`([a-z0-9_]+)`")


def document() -> str:
    """The document of all error codes, which the wheel carries and the sources hold."""
    source = _PACKAGED if _PACKAGED.exists() else _IN_THE_SOURCES
    return source.read_text(encoding="utf-8") if source.exists() else "# Errors\n"


def advice(code: str) -> str | None:
    """What the document says to do about a code; None for one that it does not name."""
    return _by_code().get(code)


def cells(line: str) -> list[str]:
    """The cells of a line of a table."""
    return [cell.strip() for cell in line.strip("| ").split("|")]


@cache
def _by_code() -> dict[str, str]:
    found: dict[str, str] = {}
    for line in document().splitlines():
        if not line.startswith("| `"):
            continue
        codes, _, _, what_to_do = cells(line)
        for code in _CODE.findall(codes):
            found.setdefault(code, what_to_do.replace("`", ""))
    return found
