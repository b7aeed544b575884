"""Rows of CSV and JSON lines: numbers, positions, and broken rows that take no others with them."""

import io

import pytest
from hypothesis import given
from hypothesis import strategies as st

from headwater.kernel.errors import InvalidError
from headwater.records.importing import csv_rows
from headwater.records.importing.csv_rows import CsvRows, find_delimiter
from headwater.records.importing.jsonl_rows import JsonlRows
from headwater.records.importing.model import Checkpoint


def csv_of(data, checkpoint=None):
    return list(CsvRows(io.BytesIO(data), ",", checkpoint or Checkpoint()))


def shown(rows):
    return [(row.number, row.cells if row.fault is None else row.fault.code) for row in rows]


def test_rows_are_numbered_like_a_spreadsheet():
    assert shown(csv_of(b"a,b\n\n1,2\n")) == [(1, ["a", "b"]), (3, ["1", "2"])]


def test_a_quoted_value_may_hold_delimiters_quotes_and_line_breaks():
    assert shown(csv_of(b'"a,""b\nc",2\nx,y\n')) == [(1, ['a,"b\nc', "2"]), (2, ["x", "y"])]


def test_text_behind_a_closing_quote_breaks_only_its_row():
    assert shown(csv_of(b'1,"a"b\n2,c\n')) == [(1, "broken_row"), (2, ["2", "c"])]


def test_a_quote_that_is_never_closed_breaks_only_its_row():
    rows = csv_of(b'1,"a\n2,b\n3,c\n')

    assert shown(rows) == [(1, "broken_row"), (2, ["2", "b"]), (3, ["3", "c"])]
    assert rows[0].raw == '1,"a'


def test_a_file_of_unclosed_quotes_is_given_up(monkeypatch):
    monkeypatch.setattr(csv_rows, "MAX_RUNAWAY_QUOTES", 3)

    with pytest.raises(InvalidError) as caught:
        csv_of(b'1,"a\n2,b"x\n' * 10)

    assert caught.value.code == "too_many_broken_rows"


def test_bytes_that_are_not_utf8_break_only_their_row():
    assert shown(csv_of(b"1,\xff\n2,b\n")) == [(1, "invalid_encoding"), (2, ["2", "b"])]


def test_a_line_that_is_too_long_breaks_only_its_row(monkeypatch):
    monkeypatch.setattr(csv_rows, "MAX_LINE_BYTES", 20)
    data = b"1,2\n" + b'"x' * 500 + b"\n3,4\n" + b"y" * 100

    rows = csv_of(data)

    assert shown(rows) == [(1, ["1", "2"]), (2, "too_long"), (3, ["3", "4"]), (4, "too_long")]
    assert rows[-1].end == len(data)


def test_a_last_row_without_line_break_is_read():
    assert shown(csv_of(b"1,2\n3,4")) == [(1, ["1", "2"]), (2, ["3", "4"])]


@given(
    st.lists(
        st.lists(st.text(alphabet='ab,;"\n\r ü', max_size=6), min_size=2, max_size=3), min_size=1, max_size=8
    ),
    st.data(),
)
def test_reading_goes_on_from_the_end_of_any_row(table, data):
    import csv

    text = io.StringIO()
    csv.writer(text, quoting=csv.QUOTE_ALL).writerows(table)
    raw = text.getvalue().encode()
    whole = csv_of(raw)
    assert [row.cells for row in whole] == table
    cut = data.draw(st.integers(0, len(whole) - 1))

    rest = csv_of(raw, checkpoint=Checkpoint(whole[cut].end, whole[cut].number))

    assert shown(whole[: cut + 1]) + shown(rest) == shown(whole)


@pytest.mark.parametrize(
    ("header", "expected"), [("a;b;c,d", ";"), ("a\tb", "\t"), ("a", ","), ('"x;y",b', ","), ("a|b", "|")]
)
def test_the_delimiter_is_found_in_the_header(header, expected):
    assert find_delimiter(header) == expected


def test_json_lines_that_cannot_be_read_break_only_themselves():
    raw = b'{"a":1}\n\nnope\n[1]\n{"a":"\xff"}\n{"a":2}'

    rows = list(JsonlRows(io.BytesIO(raw), Checkpoint()))

    assert shown(rows) == [
        (1, {"a": 1}),
        (3, "malformed_json"),
        (4, "not_an_object"),
        (5, "invalid_encoding"),
        (6, {"a": 2}),
    ]
    assert rows[-1].end == len(raw)
