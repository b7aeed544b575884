"""Regular expressions in linear time: no pattern and no text can make one hang.

Python's own engine tries alternatives one after another, so that `(a+)+$` on forty letters takes years;
patterns of flows come from users and texts from outside. This one follows all alternatives at once
(Thompson 1968, Pike): its time grows with the length of the text times that of the pattern, and `is_found`
remembers the sets it has met, which makes it one dictionary look-up a letter. Look-around and references
back to groups are refused: they cannot be had this way.
"""

from collections.abc import Callable, Iterator
from functools import lru_cache

from headwater.expr.pattern_parsing import MAX_INSTRUCTIONS, Parser, Program, is_word
from headwater.kernel.errors import InvalidError

MAX_LENGTH = 1_000
MAX_STATES = 2_000

Spans = tuple[int | None, ...]


class Match:
    """Where a pattern was found: `group(0)` is the whole, others are captures, by number or name."""

    def __init__(self, text: str, spans: Spans, names: dict[str, int]) -> None:
        """`spans` are start and end of each group in turn, None where it took no part."""
        self._text = text
        self._spans = spans
        self.names = names
        self.start = spans[0] or 0
        self.end = spans[1] or 0

    def group(self, number: int) -> str | None:
        """The text of a group, or None."""
        if not 0 <= 2 * number < len(self._spans):
            return None
        start, end = self._spans[2 * number], self._spans[2 * number + 1]
        return None if start is None or end is None else self._text[start:end]


class _State:
    """A set of program places before one letter; `next` remembers where each letter leads."""

    __slots__ = ("before", "next", "places")

    def __init__(self, places: tuple[int, ...], before: str) -> None:
        self.places = places
        self.before = before
        self.next: dict[str, _State | None] = {}


_UNKNOWN = _State((), "")


class Pattern:
    """One pattern, ready to search."""

    def __init__(self, program: Program, groups: int, names: dict[str, int]) -> None:
        """Take what the parser made."""
        self._program = program
        self._slots = 2 * (groups + 1)
        self._names = names
        self._states: dict[tuple[tuple[int, ...], str], _State] = {}
        self._start = _State((0,), "")

    def is_found(self, text: str) -> bool:
        """Whether the pattern matches anywhere in the text."""
        state = self._start
        for char in text:
            following = state.next.get(char, _UNKNOWN)
            if following is _UNKNOWN:
                following = self._advance(state, char)
            if following is None:
                return True
            state = following
        return self._closes(state, "")

    def _advance(self, state: _State, char: str) -> _State | None:
        """The state after one more letter; None means that the pattern has matched."""
        places: dict[int, None] = {}
        following: _State | None = None
        if not self._closes(state, char, places):
            moved = {place + 1: None for place in places if self._program[place][1](char)}
            moved[0] = None
            following = self._state(tuple(moved), _kind(char))
        state.next[char] = following
        return following

    def _state(self, places: tuple[int, ...], before: str) -> _State:
        if len(self._states) > MAX_STATES:  # forget them: time stays linear, only the memory of it is lost
            self._states.clear()
            self._start = _State((0,), "")
        key = (places, before)
        if key not in self._states:
            self._states[key] = _State(places, before)
        return self._states[key]

    def _closes(self, state: _State, char: str, places: dict[int, None] | None = None) -> bool:
        """Follow everything that takes no letter; gather the places that wait for one; whether it is a
        match.
        """
        stack, seen = list(state.places), set[int]()
        while stack:
            place = stack.pop()
            if place in seen:
                continue
            seen.add(place)
            instruction = self._program[place]
            if instruction[0] == "match":
                return True
            if instruction[0] == "char":
                if places is not None:
                    places[place] = None
            else:
                stack += _following(instruction, place, state.before, char)
        return False

    def search(self, text: str, start: int = 0) -> Match | None:
        """The first match from a position on, as JavaScript finds it: leftmost, alternatives in order."""
        threads: list[tuple[int, Spans]] = []
        found: Spans | None = None
        before = _kind(text[start - 1]) if start else ""
        for at in range(start, len(text) + 1):
            char = text[at : at + 1]
            if found is None:
                threads.append((0, (None,) * self._slots))
            elif not threads:
                break
            threads, ended = self._step(threads, at, before, char)
            found = ended or found
            before = _kind(char)
        return Match(text, found, self._names) if found else None

    def _step(
        self, threads: list[tuple[int, Spans]], at: int, before: str, char: str
    ) -> tuple[list[tuple[int, Spans]], Spans | None]:
        """Move every thread over one letter, in order of preference; a match cuts off those after it."""
        moved: list[tuple[int, Spans]] = []
        seen = set[int]()
        stack = threads[::-1]
        while stack:
            place, spans = stack.pop()
            if place in seen:
                continue
            seen.add(place)
            instruction = self._program[place]
            if instruction[0] == "match":
                return moved, spans
            if instruction[0] == "char":
                if char and instruction[1](char):
                    moved.append((place + 1, spans))
                continue
            if instruction[0] == "save":
                spans = (*spans[: instruction[1]], at, *spans[instruction[1] + 1 :])
            stack += [(each, spans) for each in _following(instruction, place, before, char)]
        return moved, None

    def all(self, text: str) -> Iterator[Match]:
        """Every match, one behind the other."""
        at = 0
        while at <= len(text):
            match = self.search(text, at)
            if match is None:
                return
            yield match
            at = match.end if match.end > match.start else match.end + 1


def _kind(char: str) -> str:
    """What assertions need to know of a letter: `w`ord, end of `n`line, `o`ther, or "" outside the text."""
    if not char:
        return ""
    if char in "\n\r\u2028\u2029":
        return "n"
    return "w" if is_word(char) else "o"


_ASSERTIONS: dict[str, Callable[[str, str], bool]] = {
    "start": lambda before, after: before == "",
    "end": lambda before, after: after == "",
    "line_start": lambda before, after: before in ("", "n"),
    "line_end": lambda before, after: after in ("", "n"),
    "word": lambda before, after: (before == "w") != (after == "w"),
    "no_word": lambda before, after: (before == "w") == (after == "w"),
}


def _following(instruction: tuple, place: int, before: str, char: str) -> list[int]:  # type: ignore[type-arg]
    """Where an instruction that takes no letter leads; the preferred place comes last, to be popped first."""
    name = instruction[0]
    if name == "split":
        return [place + instruction[2], place + instruction[1]]
    if name == "jump":
        return [place + instruction[1]]
    if name == "assert" and not _ASSERTIONS[instruction[1]](before, _kind(char)):
        return []
    return [place + 1]


@lru_cache(maxsize=512)
def compile(text: str, flags: str = "") -> Pattern:
    """The pattern of a JavaScript regular expression. What cannot be read, is too large, or looks around
    is refused: InvalidError `invalid_pattern`.
    """
    if len(text) > MAX_LENGTH or set(flags) - set("gimsu"):
        raise InvalidError("invalid_pattern", f"Pattern '{text[:60]}' is too long or has unknown flags.")
    parser = Parser(text, flags)
    program = parser.program()
    if len(program) > MAX_INSTRUCTIONS:
        raise InvalidError("invalid_pattern", f"Pattern '{text[:60]}' is too large.")
    return Pattern(program, parser.groups, parser.names)
