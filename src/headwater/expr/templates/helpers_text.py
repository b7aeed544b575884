"""The helpers that work on text."""

import re
from collections.abc import Callable
from typing import Any

from headwater.expr import patterns
from headwater.expr.paths import MISSING
from headwater.expr.templates.helper_kind import Helper, count_of, list_of, refusal, text_of
from headwater.kernel.errors import InvalidError


def _text(change: Callable[[str], str]) -> Helper:
    return Helper(lambda value: change(text_of(value)), 1, 1)


def _words(text: str) -> list[str]:
    return re.sub(r"[\W_]+", " ", text).lower().split()


def _joined(sign: str) -> Helper:
    return _text(lambda text: sign.join(_words(text)))


def _pascal(text: str) -> str:
    return "".join(word[:1].upper() + word[1:] for word in _words(text))


def _camel(text: str) -> str:
    pascal = _pascal(text)
    return pascal[:1].lower() + pascal[1:]


def _capitalize(text: str) -> str:
    return text[:1].upper() + text[1:]


def _capitalize_all(text: str) -> str:
    return re.sub(r"\w\S*", lambda match: _capitalize(match[0]), text)


def _chop(text: str) -> str:
    start, end = 0, len(text)
    while start < end and not text[start].isalnum():
        start += 1
    while end > start and not text[end - 1].isalnum():
        end -= 1
    return text[start:end]


def _sentence(text: str) -> str:
    pieces = re.split(r"(?<=[.!?])(\s+)", text)
    return "".join(piece[:1].upper() + piece[1:].lower() for piece in pieces)


def _pad(name: str, *, is_left: bool) -> Helper:
    def call(value: Any, width: Any, sign: Any = " ") -> str:
        text, fill = text_of(value), text_of(sign)[:1] or " "
        size = count_of(name, width)
        return text.rjust(size, fill) if is_left else text.ljust(size, fill)

    return Helper(call, 2, 3)


def _join(value: Any, sign: Any = ", ") -> str:
    return text_of(sign).join(text_of(each) for each in list_of(value))


def _occurrences(value: Any, part: Any) -> int:
    return text_of(value).count(text_of(part)) if text_of(part) else 0


def _replace(count: int) -> Helper:
    def call(value: Any, old: Any, new: Any = "") -> str:
        text, part = text_of(value), text_of(old)
        return text.replace(part, text_of(new), count) if part else text

    return Helper(call, 2, 3)


def _split(value: Any, sign: Any = ",") -> list[str]:
    return text_of(value).split(text_of(sign)) if text_of(sign) else list(text_of(value))


def _substring(value: Any, start: Any, end: Any = MISSING) -> str:
    text = text_of(value)
    limit = len(text) if end is MISSING else count_of("substring", end, 10**9)
    first = count_of("substring", start, 10**9)
    return text[min(first, limit) : max(first, limit)]


def _truncate_words(value: Any, count: Any, suffix: Any = "…") -> str:
    words = text_of(value).split()
    kept = count_of("truncateWords", count)
    return text_of(value) if len(words) <= kept else " ".join(words[:kept]) + text_of(suffix)


def _pattern(name: str, text: Any, flags: Any) -> patterns.Pattern:
    try:
        return patterns.compile(text_of(text), text_of(flags))
    except InvalidError as error:
        raise refusal(name, f"cannot use its pattern: {error.detail}") from error


def _regex_match(value: Any, pattern: Any, index: Any = 0, flags: Any = "") -> str:
    matches = list(_pattern("regexMatch", pattern, flags).all(text_of(value)))
    at = count_of("regexMatch", index)
    return matches[at].group(0) or "" if at < len(matches) else ""


def _regex_search(value: Any, pattern: Any, flags: Any = "") -> int:
    match = _pattern("regexSearch", pattern, flags).search(text_of(value))
    return match.start if match else -1


def _regex_replace(value: Any, replacement: Any, pattern: Any, flags: Any = "") -> str:
    text, compiled = text_of(value), _pattern("regexReplace", pattern, flags)
    parts: list[str] = []
    position = 0
    for match in compiled.all(text):
        parts += (text[position : match.start], _expanded(text_of(replacement), match))
        position = match.end
        if "g" not in text_of(flags):
            break
    return "".join(parts) + text[position:]


def _expanded(replacement: str, match: patterns.Match) -> str:
    """A replacement with `$1`, `$<name>`, `$&` and `$$` filled in."""

    def fill(found: re.Match[str]) -> str:
        sign = found[1]
        if sign == "$":
            return "$"
        number = 0 if sign == "&" else match.names.get(found[2] or "", -1) if found[2] else int(sign)
        return match.group(number) or ""

    return re.sub(r"\$(\$|&|\d{1,2}|<(\w+)>)", fill, replacement)


HELPERS: dict[str, Helper] = {
    "camelcase": _text(_camel),
    "capitalize": _text(_capitalize),
    "capitalizeAll": _text(_capitalize_all),
    "chop": _text(_chop),
    "dashcase": _joined("-"),
    "dotcase": _joined("."),
    "join": Helper(_join, 1, 2),
    "lowercase": _text(str.lower),
    "occurrences": Helper(_occurrences, 2, 2),
    "padLeft": _pad("padLeft", is_left=True),
    "padRight": _pad("padRight", is_left=False),
    "pascalcase": _text(_pascal),
    "pathcase": _joined("/"),
    "removefirst": Helper(lambda value, part: text_of(value).replace(text_of(part), "", 1), 2, 2),
    "replace": _replace(-1),
    "replacefirst": _replace(1),
    "reverse": Helper(lambda value: value[::-1] if isinstance(value, list) else text_of(value)[::-1], 1, 1),
    "sanitize": _text(lambda text: re.sub(r"<[^<>]*>", "", text)),
    "sentence": _text(_sentence),
    "snakecase": _joined("_"),
    "split": Helper(_split, 1, 2),
    "substring": Helper(_substring, 2, 3),
    "trim": _text(str.strip),
    "trimLeft": _text(str.lstrip),
    "trimRight": _text(str.rstrip),
    "truncateWords": Helper(_truncate_words, 2, 3),
    "uppercase": _text(str.upper),
    "regexMatch": Helper(_regex_match, 2, 4),
    "regexReplace": Helper(_regex_replace, 3, 4),
    "regexSearch": Helper(_regex_search, 2, 3),
}
