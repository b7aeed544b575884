"""Regular expressions in JavaScript's syntax, read into a small program for `patterns`."""

from collections.abc import Callable
from typing import Any

from headwater.kernel.errors import InvalidError

Test = Callable[[str], bool]
Instruction = tuple[
    Any, ...
]  # ("char", test) | ("split", a, b) | ("jump", a) | ("save", n) | ("assert", kind) | ("match",)
Program = list[Instruction]  # jumps are relative to their own instruction

MAX_INSTRUCTIONS = 1_000
MAX_DEPTH = 40
_WHITE = " \t\n\r\f\v\u00a0\ufeff\u2028\u2029"
_CONTROL = {"n": "\n", "r": "\r", "t": "\t", "f": "\f", "v": "\v", "0": "\0"}


def is_word(char: str) -> bool:
    """A letter of ASCII, a digit or `_`, as `\\w` and `\\b` mean it."""
    return char.isascii() and (char.isalnum() or char == "_")


_SETS: dict[str, Test] = {
    "d": lambda char: char in "0123456789",
    "w": is_word,
    "s": lambda char: char in _WHITE,
    "D": lambda char: char not in "0123456789",
    "W": lambda char: not is_word(char),
    "S": lambda char: char not in _WHITE,
}


class Parser:
    """One pattern being read. `groups` counts its captures, `names` gives the numbers of the named ones."""

    def __init__(self, text: str, flags: str) -> None:
        """`flags` are JavaScript's: i (case), m (lines), s (dot takes line ends); g and u change nothing
        here.
        """
        self._text = text
        self._at = 0
        self._ignores_case = "i" in flags
        self._by_line = "m" in flags
        self._dot_all = "s" in flags
        self.groups = 0
        self.names: dict[str, int] = {}

    def program(self) -> Program:
        """The instructions of the whole pattern. What cannot be read is InvalidError `invalid_pattern`."""
        program = self._alternatives(0)
        if self._at < len(self._text):
            raise self._refusal("has a bracket too many")
        return [("save", 0), *program, ("save", 1), ("match",)]

    def _refusal(self, why: str) -> InvalidError:
        return InvalidError("invalid_pattern", f"Pattern '{self._text[:60]}' {why}.")

    def _peek(self) -> str:
        return self._text[self._at : self._at + 1]

    def _take(self, text: str) -> bool:
        if not self._text.startswith(text, self._at):
            return False
        self._at += len(text)
        return True

    def _next(self) -> str:
        char = self._peek()
        if not char:
            raise self._refusal("ends too early")
        self._at += 1
        return char

    def _alternatives(self, depth: int) -> Program:
        if depth > MAX_DEPTH:
            raise self._refusal("nests too deep")
        program = self._sequence(depth)
        while self._take("|"):
            other = self._sequence(depth)
            program = [("split", 1, len(program) + 2), *program, ("jump", len(other) + 1), *other]
        return program

    def _sequence(self, depth: int) -> Program:
        program: Program = []
        while self._peek() not in ("", "|", ")"):
            atom = self._atom(depth)
            program += self._repeated(atom)
            if len(program) > MAX_INSTRUCTIONS:
                raise self._refusal("is too large")
        return program

    def _atom(self, depth: int) -> Program:
        char = self._next()
        if char == "(":
            return self._group(depth)
        if char == "^":
            return [("assert", "line_start" if self._by_line else "start")]
        if char == "$":
            return [("assert", "line_end" if self._by_line else "end")]
        if char == ".":
            return [("char", (lambda c: True) if self._dot_all else (lambda c: c not in "\n\r\u2028\u2029"))]
        if char == "[":
            return [("char", self._class())]
        if char in "*+?":
            raise self._refusal(f"has nothing before '{char}'")
        return self._escape() if char == "\\" else [("char", self._single(char))]

    def _single(self, char: str) -> Test:
        if self._ignores_case and char.lower() != char.upper():
            forms = {char, char.lower(), char.upper()}
            return lambda c: c in forms
        return lambda c: c == char

    def _group(self, depth: int) -> Program:
        if self._take("?:"):
            program = self._alternatives(depth + 1)
        else:
            number = self._open_capture()
            inner = self._alternatives(depth + 1)
            program = [("save", 2 * number), *inner, ("save", 2 * number + 1)]
        if not self._take(")"):
            raise self._refusal("has a group without end")
        return program

    def _open_capture(self) -> int:
        self.groups += 1
        if self._take("?<") and self._peek() not in ("=", "!", ""):
            end = self._text.find(">", self._at)
            if end < 0:
                raise self._refusal("has a group name without end")
            self.names[self._text[self._at : end]] = self.groups
            self._at = end + 1
        elif self._peek() == "?" or self._text[self._at - 2 : self._at] == "?<":
            raise self._refusal("looks around; only patterns without look-ahead and look-behind are safe")
        return self.groups

    def _escape(self) -> Program:
        char = self._next()
        if char in "bB":
            return [("assert", "word" if char == "b" else "no_word")]
        if char in "123456789k":
            raise self._refusal("refers back to a group, which cannot be matched safely")
        return [("char", _SETS[char] if char in _SETS else self._single(self._character(char)))]

    def _character(self, char: str) -> str:
        if char in _CONTROL:
            return _CONTROL[char]
        if char not in "xu":
            return char
        width = {"x": 2, "u": 4}[char]
        digits = self._text[self._at : self._at + width]
        try:
            code = int(digits, 16) if len(digits) == width else -1
            self._at += width
            return chr(code)
        except ValueError as error:
            raise self._refusal(f"has an unreadable '\\{char}'") from error

    def _class(self) -> Test:
        is_negated = self._take("^")
        tests: list[Test] = []
        while not self._take("]"):
            test, start = self._class_item()
            if start and self._peek() == "-" and self._text[self._at + 1 : self._at + 2] not in ("]", ""):
                self._at += 1
                _, end = self._class_item()
                if not end or end < start:
                    raise self._refusal("has a range in the wrong order")
                test = self._range(start, end)
            tests.append(test)
        return (
            (lambda c: not any(t(c) for t in tests)) if is_negated else (lambda c: any(t(c) for t in tests))
        )

    def _class_item(self) -> tuple[Test, str]:
        char = self._next()
        if char != "\\":
            return self._single(char), char
        char = self._next()
        if char in _SETS:
            return _SETS[char], ""
        char = "\b" if char == "b" else self._character(char)
        return self._single(char), char

    def _range(self, start: str, end: str) -> Test:
        if self._ignores_case:
            return lambda c: start <= c <= end or start <= c.lower() <= end or start <= c.upper() <= end
        return lambda c: start <= c <= end

    def _repeated(self, atom: Program) -> Program:
        counts = self._counts()
        if counts is None:
            return atom
        low, high = counts
        is_lazy = self._take("?")
        if len(atom) * max(low, high or 0, 1) > MAX_INSTRUCTIONS:
            raise self._refusal("repeats too much")
        program = atom * low
        if high is None:
            loop: Program = [_split(1, len(atom) + 2, is_lazy), *atom, ("jump", -len(atom) - 1)]
            return program + loop
        for _ in range(high - low):
            program = [*program, _split(1, len(atom) + 1, is_lazy), *atom]
        return program

    def _counts(self) -> tuple[int, int | None] | None:
        for sign, counts in (("*", (0, None)), ("+", (1, None)), ("?", (0, 1))):
            if self._take(sign):
                return counts
        end = self._text.find("}", self._at)
        parts = self._text[self._at + 1 : end].split(",") if self._peek() == "{" and end > 0 else []
        if not 1 <= len(parts) <= 2 or not all(part.isdigit() and len(part) < 5 for part in parts if part):
            return None
        if not parts[0]:
            return None
        self._at = end + 1
        low = int(parts[0])
        high = low if len(parts) == 1 else int(parts[1]) if parts[1] else None
        if high is not None and high < low:
            raise self._refusal("repeats at most fewer times than at least")
        return low, high


def _split(first: int, second: int, is_lazy: bool) -> Instruction:  # noqa: FBT001 - the mark of one instruction
    return ("split", second, first) if is_lazy else ("split", first, second)
