"""Statements and values: what both databases take and give."""

import threading
from concurrent.futures import ThreadPoolExecutor

import pytest

from headwater.db.ddl import run_ddl
from headwater.db.errors import DuplicateError
from headwater.db.sql import in_ids, in_texts, lock_clause
from headwater.kernel.errors import InvalidError
from tests.conformance.notes import add, table, texts

__all__ = ["table"]  # the fixture


def test_a_committed_row_is_read_back(table):
    note_id = table.write_now(add("a"))
    assert table.read_now(lambda tx: tx.all("select id, text from note")) == [(note_id, "a")]


def test_one_gives_none_when_there_is_no_row(table):
    assert table.read_now(lambda tx: tx.one("select id from note")) is None
    assert table.read_now(lambda tx: tx.scalar("select id from note")) is None


def test_run_gives_the_number_of_changed_rows(table):
    table.write_now(add("a"))
    table.write_now(add("b"))
    assert table.write_now(lambda tx: tx.run("update note set is_done = ?", (True,))) == 2
    assert table.write_now(lambda tx: tx.run("delete from note where text = ?", ("none",))) == 0


def test_returning_gives_the_written_row(table):
    sql = "insert into note (id, text) values (?, ?) returning id, text"
    assert table.write_now(lambda tx: tx.one(sql, (7, "seven"))) == (7, "seven")
    assert table.read_now(texts) == ["seven"]


def test_run_many_writes_every_row(table):
    rows = ((number, f"note {number}") for number in range(1000))
    table.write_now(lambda tx: tx.run_many("insert into note (id, text) values (?, ?)", rows))
    assert table.read_now(lambda tx: tx.scalar("select count(*) from note")) == 1000


def test_run_many_takes_no_rows_at_all(table):
    table.write_now(lambda tx: tx.run_many("insert into note (id, text) values (?, ?)", []))
    assert table.read_now(texts) == []


def test_booleans_texts_bytes_and_large_integers_come_back(table):
    table.write_now(lambda tx: tx.run("create table kinds (a bigint, b boolean, c text, d bytea, e text)"))
    values = (2**53 - 1, True, "Ä \U0001f30a ? % '", b"\x00\xff", None)
    table.write_now(lambda tx: tx.run("insert into kinds (a, b, c, d, e) values (?, ?, ?, ?, ?)", values))
    assert table.read_now(lambda tx: tx.one("select a, b, c, d, e from kinds")) == values
    assert table.read_now(lambda tx: tx.scalar("select count(*) from kinds where b")) == 1


def test_many_rows_of_every_kind_come_back(table):
    table.write_now(lambda tx: tx.run("create table kinds (a bigint, b boolean, c text, d bytea, e text)"))
    awkward = ["", "\\N", "\\.", "a\tb\nc\rd\\e", "Ä \U0001f30a ? % '", None]
    rows = [(2**53 - n, n % 2 == 0, awkward[n % 6], b"\x00\t\\\n\xff", None) for n in range(60)]
    insert = "insert into kinds (a, b, c, d, e)\nvalues (?, ?, ?, ?, ?)"
    table.write_now(lambda tx: tx.run_many(insert, rows))
    assert table.read_now(lambda tx: tx.all("select a, b, c, d, e from kinds order by a desc")) == rows


def test_a_duplicate_among_many_rows_fails_them_all(table):
    rows = [(number, f"note {number % 40}") for number in range(50)]
    with pytest.raises(DuplicateError):
        table.write_now(lambda tx: tx.run_many("insert into note (id, text) values (?, ?)", rows))
    assert table.read_now(texts) == []


def test_a_row_that_cannot_be_made_fails_them_all(table):
    def rows():
        yield from ((number, f"note {number}") for number in range(50))
        raise InvalidError("no", "No.")

    with pytest.raises(InvalidError):
        table.write_now(lambda tx: tx.run_many("insert into note (id, text) values (?, ?)", rows()))
    assert table.read_now(texts) == []


def test_a_question_mark_and_a_percent_in_a_literal_are_text(table):
    sql = "select 'what? 100%' || ? -- really?\n"
    assert table.read_now(lambda tx: tx.scalar(sql, ("!",))) == "what? 100%!"


def test_lists_go_in_as_one_parameter(table):
    ids = [table.write_now(add(text)) for text in ("a", "b", "c")]
    by_ids = f"select text from note where id {in_ids(table.dialect)} order by id"
    by_texts = f"select text from note where text {in_texts(table.dialect)} order by id"
    assert table.read_now(lambda tx: tx.all(by_ids, (f"[{ids[0]},{ids[2]}]",))) == [("a",), ("c",)]
    assert table.read_now(lambda tx: tx.all(by_texts, ('["b","ü"]',))) == [("b",)]
    assert table.read_now(lambda tx: tx.all(by_ids, ("[]",))) == []


def test_a_stream_gives_every_row_and_lets_other_statements_run(table):
    rows = [(number, f"note {number}") for number in range(5000)]
    table.write_now(lambda tx: tx.run_many("insert into note (id, text) values (?, ?)", rows))

    def work(tx):
        return [
            (note_id, tx.scalar("select text from note where id = ?", (note_id,)))
            for (note_id,) in tx.stream("select id from note order by id")
        ]

    assert table.read_now(work) == rows


def test_a_stream_that_is_not_read_to_its_end_stops_nothing(table):
    rows = [(number, f"note {number}") for number in range(5000)]
    table.write_now(lambda tx: tx.run_many("insert into note (id, text) values (?, ?)", rows))
    assert table.write_now(lambda tx: next(tx.stream("select id from note order by id"))) == (0,)
    assert table.read_now(lambda tx: next(tx.stream("select id from note order by id"))) == (0,)
    table.write_now(lambda tx: tx.run("delete from note"))
    assert table.read_now(texts) == []


def test_a_duplicate_says_which_columns(table):
    table.write_now(add("same"))
    with pytest.raises(DuplicateError) as caught:
        table.write_now(add("same"))
    assert caught.value.columns == ("text",)
    assert caught.value.code == "duplicate"
    assert table.read_now(texts) == ["same"]


def test_a_duplicate_of_a_partial_expression_index_names_the_index(table):
    table.write_now(lambda tx: tx.run("create unique index note_lower on note (lower(text)) where is_done"))
    table.write_now(add("Same", is_done=True))
    with pytest.raises(DuplicateError) as caught:
        table.write_now(add("same", is_done=True))
    assert caught.value.index == "note_lower"


def test_a_duplicate_may_become_a_clearer_error(table):
    def work(tx):
        try:
            add("same")(tx)
        except DuplicateError as error:
            raise InvalidError("taken", "Taken.") from error

    table.write_now(work)
    with pytest.raises(InvalidError, match="Taken"):
        table.write_now(work)


def test_on_conflict_decides_between_two_writers(table):
    sql = "insert into note (id, text) values (?, 'one') on conflict (text) do nothing"
    with ThreadPoolExecutor(8) as threads:
        counts = list(threads.map(lambda n: table.write_now(lambda tx: tx.run(sql, (n,))), range(24)))
    assert sum(counts) == 1


def test_ids_are_unique_and_rise_for_each_writer(table):
    def draw(_):
        return table.write_now(lambda tx: [tx.next_id(), tx.next_id(), *tx.next_ids(40), tx.next_id()])

    with ThreadPoolExecutor(8) as threads:
        drawn = list(threads.map(draw, range(50)))
    for ids in drawn:
        assert ids == sorted(ids)
    flat = [each for ids in drawn for each in ids]
    assert len(set(flat)) == len(flat)
    assert min(flat) > 0
    assert max(flat) < 2**53


def test_rows_locked_for_a_change_are_changed_one_after_another(table):
    note_id = table.write_now(add("0"))
    lock = lock_clause(table.dialect)

    def count_up(tx):
        text = tx.scalar(f"select text from note where id = ?{lock}", (note_id,))
        tx.run("update note set text = ? where id = ?", (str(int(text) + 1), note_id))

    with ThreadPoolExecutor(6) as threads:
        list(threads.map(lambda _: table.write_now(count_up), range(30)))
    assert table.read_now(texts) == ["30"]


def test_tables_change_while_others_read(table):
    table.write_now(add("a"))
    stop = threading.Event()

    def read_on():
        while not stop.is_set():
            assert table.read_now(texts) == ["a"]

    with ThreadPoolExecutor(2) as threads:
        reading = [threads.submit(read_on) for _ in range(2)]
        for number in range(5):
            sql = f"alter table note add column extra_{number} bigint"
            table.write_now(lambda tx, it=sql: run_ddl(tx, it))
        stop.set()
        for each in reading:
            each.result(10)
    assert table.read_now(lambda tx: tx.one("select text, extra_4 from note")) == ("a", None)
