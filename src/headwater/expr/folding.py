"""Unicode folding: the one form in which texts are compared, sorted, searched and kept unique."""

from unicodedata import normalize

# What counts as blank: Unicode white space. Given to SQL's `trim` as well, so that both sides agree.
BLANKS = " \t\n\r\v\f\x1c\x1d\x1e\x1f\x85\xa0\u1680" + "".join(map(chr, range(0x2000, 0x200B)))
BLANKS += "\u2028\u2029\u202f\u205f\u3000"


def fold(text: str) -> str:
    """The text in NFC with case folded, so that 'ÄRGER', 'ärger' and their decomposed spellings are equal."""
    if text.isascii():
        return text.lower()
    return normalize("NFC", normalize("NFC", text).casefold())


def is_blank(text: str) -> bool:
    """Whether the text has nothing but white space."""
    return not text.strip(BLANKS)
