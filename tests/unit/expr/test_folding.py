"""Folding makes every spelling of a text the same."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from headwater.expr.folding import fold, is_blank


@pytest.mark.parametrize(
    ("first", "second"),
    [
        ("ÄRGER", "ärger"),
        ("A\u0308RGER", "ärger"),
        ("STRASSE", "straße"),
        ("São", "SÃO"),
        ("ΣΊΣΥΦΟΣ", "σίσυφος"),
    ],
)
def test_spellings_of_one_text_fold_to_the_same(first, second):
    assert fold(first) == fold(second)


def test_different_letters_stay_different():
    assert fold("ä") != fold("a")


@given(st.text())
def test_folding_twice_changes_nothing_more(text):
    assert fold(fold(text)) == fold(text)


@pytest.mark.parametrize("text", ["", " ", "\t\n", "\u00a0\u3000"])
def test_white_space_alone_is_blank(text):
    assert is_blank(text)


def test_a_letter_is_not_blank():
    assert not is_blank(" a ")
