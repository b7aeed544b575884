"""The page that every problem document points to: the codes of docs/errors.md, one anchor each."""

import re
from functools import cache
from html import escape

from headwater.web.advice import cells, document
from headwater.web.reference_page import page

_CODE = re.compile(r"`([^`]+)`")


@cache
def render() -> str:
    """The page, made once from the document that the wheel carries, or the sources hold."""
    blocks = re.split(r"\n\s*\n", document().strip())
    return page("Errors", "\n".join(_block(block) for block in blocks))


def _block(block: str) -> str:
    if block.startswith("#"):
        level = len(block) - len(block.lstrip("#"))
        return f"<h{level}>{_inline(block.lstrip('# '))}</h{level}>"
    if block.startswith("|"):
        return _table(block.splitlines())
    return f"<p>{_inline(block)}</p>"


def _table(lines: list[str]) -> str:
    head, _, *rows = [cells(line) for line in lines]
    titles = "".join(f"<th>{_inline(cell)}</th>" for cell in head)
    return f"<table><thead><tr>{titles}</tr></thead><tbody>{''.join(map(_row, rows))}</tbody></table>"


def _row(row: list[str]) -> str:
    code = _CODE.match(row[0])
    anchor = f' id="{escape(code.group(1))}"' if code else ""
    return f"<tr{anchor}>{''.join(f'<td>{_inline(cell)}</td>' for cell in row)}</tr>"


def _inline(text: str) -> str:
    return _CODE.sub(r"<code>\1</code>", escape(text, quote=False))
