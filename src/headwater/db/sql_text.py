"""Reading SQL text: where placeholders and statement ends are, and where they only look like it."""

import re
from functools import lru_cache

_TOKEN = re.compile(
    r"""
    (?P<fixed> '(?:[^']|'')*' | "(?:[^"]|"")*" | --[^\n]* | /\*.*?\*/ | (?P<tag>\$\w*\$).*?(?P=tag) )
    | (?P<placeholder> \? ) | (?P<percent> % ) | (?P<end> ; )
    """,
    re.VERBOSE | re.DOTALL,
)


_INSERT = re.compile(r"\s*insert\s+into\s+(\w+)\s*\(([\w\s,]+)\)\s*values\s*\(\s*\?(?:\s*,\s*\?)*\s*\)\s*")


@lru_cache(maxsize=4096)
def to_copy(sql: str) -> str | None:
    """PostgreSQL's COPY that takes the rows of a plain insert of bound values; None for any other text."""
    match = _INSERT.fullmatch(sql)
    return match and f"copy {match[1]} ({match[2]}) from stdin"


@lru_cache(maxsize=4096)
def to_psycopg(sql: str) -> str:
    """The text with `%s` for each `?` and every `%` doubled; literals, names and comments keep their `?`."""
    return _TOKEN.sub(_psycopg_token, sql)


def _psycopg_token(match: re.Match[str]) -> str:
    if match["fixed"]:
        return match["fixed"].replace("%", "%%")
    return {"?": "%s", "%": "%%", ";": ";"}[match[0]]


def statements(script: str) -> list[str]:
    """The statements of a script without their semicolons; empty ones and lone comments are left out."""
    found = []
    start = 0
    for match in _TOKEN.finditer(script):
        if match["end"]:
            found.append(script[start : match.start()])
            start = match.end()
    found.append(script[start:])
    return [text.strip() for text in found if _without_comments(text).strip()]


def _without_comments(text: str) -> str:
    return _TOKEN.sub(lambda match: "" if match[0][:2] in ("--", "/*") else match[0], text)
