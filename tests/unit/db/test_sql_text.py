"""Placeholders and statement ends in SQL text."""

import pytest

from headwater.db.sql_text import statements, to_copy, to_psycopg


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("select ?", "select %s"),
        ("select '?' || ?", "select '?' || %s"),
        ("select 'it''s ?', ?", "select 'it''s ?', %s"),
        ('select "a?b" from t where c = ?', 'select "a?b" from t where c = %s'),
        ("select ? -- why?\n, ?", "select %s -- why?\n, %s"),
        ("select ? /* ?\n? */, ?", "select %s /* ?\n? */, %s"),
        ("select a % 2, '50%' where b like ?", "select a %% 2, '50%%' where b like %s"),
        ("do $$ select '?' $$", "do $$ select '?' $$"),
        ("select $tag$ ? $tag$, ?", "select $tag$ ? $tag$, %s"),
    ],
)
def test_only_real_placeholders_are_translated(text, expected):
    assert to_psycopg(text) == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("insert into a (b, c) values (?, ?)", "copy a (b, c) from stdin"),
        ("\ninsert into a (b,\n  c)\nvalues (?,?)\n", "copy a (b,\n  c) from stdin"),
        ("insert into a (b) values (?) on conflict do nothing", None),
        ("insert into a (b) values (?) returning b", None),
        ("insert into a (b, c) values (?, 1)", None),
        ("insert into a select ?", None),
        ("update a set b = ?", None),
    ],
)
def test_only_a_plain_insert_can_be_copied(text, expected):
    assert to_copy(text) == expected


def test_a_script_is_cut_at_real_ends_only():
    script = (
        "create table a (b text default ';'); -- one; two\n\n/* ; */ insert into a values ('x;y') ;\n-- end\n"
    )
    assert statements(script) == [
        "create table a (b text default ';')",
        "-- one; two\n\n/* ; */ insert into a values ('x;y')",
    ]


def test_an_empty_script_has_no_statements():
    assert statements(" -- nothing\n ; /* here */ ") == []
