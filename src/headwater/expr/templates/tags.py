"""A template's text cut into plain text and `{{tags}}`, with the white space that tags take away."""

import re
from typing import NamedTuple

from headwater.expr.templates.nodes import refusal


class Tag(NamedTuple):
    """One piece: plain text (`kind` is ""), or a tag of kind `#`, `^`, `/`, `else`, `=` (output) or `{`
    (raw output).
    """

    kind: str
    text: str
    position: int


MAX_LENGTH = 200_000
_STRING = re.compile(r""""(?:[^"\\]|\\.)*"|'(?:[^'\\]|\\.)*'|\[[^\]]*\]""", re.DOTALL)
_BLANK_END = re.compile(r"(?:^|\n)[ \t]*\Z")
_BLANK_START = re.compile(r"[ \t]*(?:\r?\n|\Z)")


def cut(text: str) -> list[Tag]:
    """The pieces in order. A tag without end is InvalidError `handlebars_template_parse_error`."""
    if len(text) > MAX_LENGTH:
        raise refusal(text, f"is longer than {MAX_LENGTH} characters")
    pieces: list[Tag] = []
    position = 0
    while True:
        opening = text.find("{{", position)
        if opening < 0:
            break
        if opening and text[opening - 1] == "\\":
            pieces.append(Tag("", text[position : opening - 1] + "{{", position))
            position = opening + 2
            continue
        pieces.append(Tag("", text[position:opening], position))
        tag, position = _tag(text, opening)
        pieces.append(tag)
    pieces.append(Tag("", text[position:], position))
    return _trimmed(pieces)


def _tag(text: str, opening: int) -> tuple[Tag, int]:
    if text.startswith("{{!--", opening) or text.startswith("{{~!--", opening):
        return _comment(text, opening, "--}}")
    if text.startswith("{{!", opening):
        return _comment(text, opening, "}}")
    closing = "}}}" if text.startswith("{{{", opening) else "}}"
    start = opening + len(closing)
    end = _end(text, start, closing, opening)
    inside = text[start:end]
    kind = "{" if len(closing) == 3 else "="
    return Tag(kind, inside, opening), end + len(closing)


def _comment(text: str, opening: int, closing: str) -> tuple[Tag, int]:
    end = text.find(closing, opening)
    if end < 0:
        raise refusal(text, "has a comment without end", opening)
    return Tag("!", "", opening), end + len(closing)


def _end(text: str, start: int, closing: str, opening: int) -> int:
    position = start
    while position < len(text):
        if text.startswith(closing, position):
            return position
        quoted = _STRING.match(text, position) if text[position] in "\"'[" else None
        position = quoted.end() if quoted else position + 1
    raise refusal(text, "has a tag without end", opening)


def _trimmed(pieces: list[Tag]) -> list[Tag]:
    """Name the kinds, apply `~`, and drop the line of a block tag that stands alone on it."""
    texts = [piece.text for piece in pieces]
    tags: list[Tag] = []
    for at, piece in enumerate(pieces):
        if not piece.kind:
            tags.append(piece)
            continue
        inside = piece.text
        if inside.startswith("~"):
            inside = inside[1:]
            texts[at - 1] = texts[at - 1].rstrip()
        if inside.endswith("~"):
            inside = inside[:-1]
            texts[at + 1] = texts[at + 1].lstrip()
        tag = _named(piece, inside.strip())
        if tag.kind not in ("=", "{"):
            _drop_line(texts, at, is_first=at == 1, is_last=at == len(pieces) - 2)
        tags.append(tag)
    return [tag._replace(text=texts[at]) if not tag.kind else tag for at, tag in enumerate(tags)]


def _named(piece: Tag, inside: str) -> Tag:
    if piece.kind != "=":
        return piece._replace(text=inside)
    if inside[:1] in ("#", "^", "/"):
        return Tag(inside[0], inside[1:].strip(), piece.position)
    if inside == "else" or inside.startswith("else "):
        return Tag("else", inside[4:].strip(), piece.position)
    return piece._replace(text=inside)


def _drop_line(texts: list[str], at: int, *, is_first: bool, is_last: bool) -> None:
    before, after = texts[at - 1], texts[at + 1]
    blank = _BLANK_END.search(before)
    line_end = _BLANK_START.match(after)
    if blank is None or (blank.group()[:1] != "\n" and not is_first) or line_end is None:
        return
    if line_end.end() == len(after) and not after.endswith("\n") and not is_last:
        return
    texts[at - 1] = before[: blank.start() + (1 if blank.group().startswith("\n") else 0)]
    texts[at + 1] = after[line_end.end() :]
