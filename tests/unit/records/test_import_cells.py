"""Cells of a file, cast column by column: the same as each cell alone, whatever the others are."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from headwater.expr.folding import fold
from headwater.records.column import column_of
from headwater.records.errors import BadValueError
from headwater.records.fields import KINDS
from headwater.records.importing.cells import cast_column, json_caster, text_caster
from headwater.records.importing.keys import folded_twins
from headwater.records.model import Field

FIELDS = [
    ("String", {}),
    ("String", {"max_length": 5}),
    ("Text", {}),
    ("Number", {}),
    ("Number", {"scale": 2}),
    ("Bool", {}),
    ("DateTime", {}),
    ("Select", {"options": ["a", "Oslo"]}),
]
CELLS = st.sampled_from(
    [
        *(
            "",
            "a",
            "Oslo",
            "a\0b",
            "Ødegård",
            "too long a text",
            "true",
            "no",
            "12",
            "007",
            "-3",
            "1.5",
            "1.",
        ),
        *(".5", "1e3", " 7 ", "٣", "²", "1_0", "9007199254740992", "9007199254740993", "9" * 17, "9" * 5000),
        *("2031-05-02T07:00:00Z", "2031-05-02"),
    ]
)


def column(kind, options, dialect, **flags):
    return column_of(Field(7, "f", kind, options=KINDS[kind].read_options(options), **flags), dialect)


def alone(caster, cell):
    """The value of one cell, or the code of what is wrong with it."""
    if cell == "":
        return None
    try:
        return caster.one(cell)
    except BadValueError as error:
        return error.code


@pytest.mark.parametrize("dialect", ["sqlite", "postgres"])
@pytest.mark.parametrize(("kind", "options"), FIELDS)
@given(cells=st.lists(CELLS, max_size=12))
def test_a_column_is_cast_as_its_cells_are_alone(kind, options, dialect, cells):
    caster = text_caster(column(kind, options, dialect), dialect)
    values, faults = cast_column(cells, caster)
    together = [faults[index].code if index in faults else value for index, value in enumerate(values)]
    assert together == [alone(caster, cell) for cell in cells]


def test_many_digits_are_one_cells_fault_and_not_the_files():
    caster = text_caster(column("Number", {}, "sqlite"), "sqlite")
    values, faults = cast_column(["1", "9" * 5000, "3"], caster)
    assert (values, faults.keys()) == ([1, None, 3], {1})


def test_lists_of_json_are_cast_one_by_one():
    caster = json_caster(column("String", {}, "sqlite", multi=True))
    assert cast_column([["a"], None, ["a"]], caster) == (['["a"]', None, '["a"]'], {})


@given(st.lists(st.none() | st.text()))
def test_twins_of_many_texts_are_folded_like_each_alone(texts):
    twins = folded_twins(column("String", {}, "sqlite"), texts)
    assert twins == [None if text is None else fold(text) for text in texts]
