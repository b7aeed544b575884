"""Regular expressions in linear time agree with Python's own engine where that one is safe."""

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from headwater.expr import patterns
from headwater.kernel.errors import InvalidError

PATTERNS = [
    "abc",
    "a|bc|",
    "^a.c$",
    "(a|ab)(c|bcd)(d*)",
    "[a-c]+x?",
    "[^a-c\\d]+",
    "\\bfoo\\b",
    "a{2,3}b",
    "a{2}",
    "a{2,}?b",
    "(?:ab)+c",
    "(a*)*b",
    "(\\w+)@(\\w+)\\.com",
    "x*",
    "\\d+-\\d+",
    "a.*?b",
    "[\\w.-]+",
    "\\.",
    "a{,2}",
    "\\Bb",
    "(a)|(b)",
]


@pytest.mark.parametrize("pattern", PATTERNS)
@given(text=st.text(alphabet="abcdx1-.@fo \n{},2", max_size=14))
def test_it_finds_what_the_standard_engine_finds(pattern, text):
    ours = patterns.compile(pattern)
    theirs = re.search(pattern.replace("$", "\\Z").replace("a{,2}", "a\\{,2\\}"), text, re.ASCII)
    found = ours.search(text)
    assert ours.is_found(text) is (theirs is not None)
    assert (found is None) is (theirs is None)
    if found and theirs:
        assert (found.start, found.end) == theirs.span()
        if pattern != "(a*)*b":  # the captures of an empty loop differ between engines
            assert [found.group(at + 1) for at in range(theirs.re.groups)] == list(theirs.groups())


@pytest.mark.parametrize("pattern", ["(a+)+$", "(a|aa)+$", "(.*)*x", "a*a*a*a*a*a*a*a*b", "(a{1,20}){1,20}$"])
def test_patterns_that_hang_other_engines_answer_at_once(pattern):
    text = "a" * 3_000 + "!"
    assert patterns.compile(pattern).is_found(text) is False
    assert patterns.compile(pattern).search(text[:200] + "!") is None


@pytest.mark.parametrize(
    "pattern",
    [
        *("(", ")", "a)", "[a", "*a", "a{3,2}", "[b-a]", "\\", "\\u12", "(?<n", "(?P<n>a)"),
        *("a(?=b)", "a(?!b)", "(?<=a)b", "(?<!a)b", "(a)\\1"),
        *("a{999}{999}", "a" * 1_001, "(" * 60 + ")" * 60),
    ],
)
def test_unreadable_and_unsafe_patterns_are_refused(pattern):
    with pytest.raises(InvalidError) as caught:
        patterns.compile(pattern)
    assert caught.value.code == "invalid_pattern"


def test_flags_and_named_groups_work():
    assert patterns.compile("ÅBC", "i").is_found("xåbc")
    assert patterns.compile("[a-c]+$", "im").search("zA\nx").group(0) == "A"
    assert patterns.compile("a.b", "s").is_found("a\nb")
    match = patterns.compile("(?<year>\\d{4})-(?<month>\\d\\d)").search("on 2031-05-02")
    assert (match.names, match.group(1), match.group(2)) == ({"year": 1, "month": 2}, "2031", "05")
    assert [match.group(0) for match in patterns.compile("\\d").all("a1b2")] == ["1", "2"]
    with pytest.raises(InvalidError):
        patterns.compile("a", "z")


def test_memory_of_sets_is_bounded():
    pattern = patterns.compile("(a|b)*a" + "(a|b)" * 14 + "$")
    text = "".join("ab"[(number * 2654435761 >> 7) & 1] for number in range(20_000))
    assert pattern.is_found(text) in (True, False)
    assert len(pattern._states) <= patterns.MAX_STATES + 1
