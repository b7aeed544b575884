"""What every database must do, whichever it is."""

import asyncio
import contextlib
import threading
from concurrent.futures import ThreadPoolExecutor

import pytest

from headwater.db.ddl import run_ddl
from headwater.db.errors import DuplicateError
from headwater.db.sql import in_ids, in_texts, lock_clause
from headwater.kernel.errors import InvalidError, UnavailableError


@pytest.fixture
def table(database):
    """A table `note` with a unique text."""
    database.write_now(
        lambda tx: tx.run(
            "create table note (id bigint primary key, text text not null unique, is_done boolean)"
        )
    )
    return database


def add(text, is_done=False):
    """The work that adds one note and gives its id."""

    def work(tx):
        note_id = tx.next_id()
        tx.run("insert into note (id, text, is_done) values (?, ?, ?)", (note_id, text, is_done))
        return note_id

    return work


def texts(tx):
    """Every text, in the order of ids."""
    return [text for (text,) in tx.all("select text from note order by id")]


def test_a_write_gives_what_its_work_gives(table):
    assert table.write_now(lambda tx: "answer") == "answer"


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


def test_a_failed_write_leaves_nothing(table):
    def work(tx):
        add("lost")(tx)
        raise InvalidError("no", "No.")

    with pytest.raises(InvalidError):
        table.write_now(work)
    assert table.read_now(texts) == []


def test_a_failed_write_keeps_its_error_to_itself_in_a_crowd(table):
    async def main():
        return await asyncio.gather(*(table.write(work) for work in works), return_exceptions=True)

    def fails(number):
        def work(tx):
            add(f"lost {number}")(tx)
            raise InvalidError("no", f"No {number}.")

        return work

    works = [fails(number) if number % 3 == 0 else add(f"kept {number}") for number in range(60)]
    answers = asyncio.run(main())
    assert [isinstance(answer, InvalidError) for answer in answers] == [
        number % 3 == 0 for number in range(60)
    ]
    kept = {f"kept {number}" for number in range(60) if number % 3}
    assert set(table.read_now(texts)) == kept


def test_a_write_is_answered_only_after_it_can_be_read(table):
    async def main():
        for number in range(50):
            note_id = await table.write(add(f"note {number}"))
            assert await table.read(
                lambda tx, it=note_id: tx.scalar("select id from note where id = ?", (it,))
            )

    asyncio.run(main())


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


def test_readers_see_only_what_is_committed(table):
    inside, go_on = threading.Event(), threading.Event()

    def slow(tx):
        add("slow")(tx)
        inside.set()
        assert go_on.wait(10)

    with ThreadPoolExecutor(1) as thread:
        writing = thread.submit(table.write_now, slow)
        assert inside.wait(10)
        assert table.read_now(texts) == []
        go_on.set()
        writing.result(10)
    assert table.read_now(texts) == ["slow"]


def test_a_read_sees_one_moment(table):
    table.write_now(add("before"))

    def work(tx):
        first = texts(tx)
        with ThreadPoolExecutor(1) as thread:
            thread.submit(table.write_now, add("after")).result(10)
        return first, texts(tx)

    assert table.read_now(work) == (["before"], ["before"])
    assert table.read_now(texts) == ["before", "after"]


def test_a_read_cannot_write(table):
    with pytest.raises(Exception, match=r"(?i)read"):
        table.read_now(lambda tx: tx.run("delete from note"))
    with pytest.raises(Exception, match=r"(?i)read"):
        table.read_now(lambda tx: tx.bump_catalogue())


def test_scan_and_read_give_the_same(table):
    table.write_now(add("a"))

    async def main():
        return await table.read(texts), await table.scan(texts)

    assert asyncio.run(main()) == (["a"], ["a"])


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


def test_ids_of_a_failed_write_are_not_given_to_rows_twice(table):
    def fails(tx):
        tx.next_ids(3)
        raise InvalidError("no", "No.")

    first = table.write_now(add("a"))
    with pytest.raises(InvalidError):
        table.write_now(fails)
    assert table.write_now(add("b")) > first


def test_the_catalogue_version_grows_with_each_committed_bump_only(table):
    version = table.read_now(lambda tx: tx.catalogue_version())

    def fails(tx):
        tx.bump_catalogue()
        raise InvalidError("no", "No.")

    with pytest.raises(InvalidError):
        table.write_now(fails)
    assert table.read_now(lambda tx: tx.catalogue_version()) == version
    table.write_now(lambda tx: tx.bump_catalogue())
    later = table.read_now(lambda tx: tx.catalogue_version())
    assert later > version
    assert table.write_now(lambda tx: tx.catalogue_version()) == later


def test_a_version_that_was_rolled_back_is_never_used_again(table):
    seen = []

    def fails(tx):
        tx.bump_catalogue()
        seen.append(tx.catalogue_version())
        raise InvalidError("no", "No.")

    def works(tx):
        tx.bump_catalogue()
        return tx.catalogue_version()

    with pytest.raises(InvalidError):
        table.write_now(fails)
    assert table.write_now(works) not in seen


def test_a_callback_runs_once_and_only_after_a_commit(table):
    heard = []

    def works(tx):
        add("a")(tx)
        tx.after_commit(lambda: heard.append(table.read_now(texts)))

    def fails(tx):
        tx.after_commit(lambda: heard.append("never"))
        raise InvalidError("no", "No.")

    table.write_now(works)
    with pytest.raises(InvalidError):
        table.write_now(fails)
    assert heard == [["a"]]


def test_a_callback_that_fails_is_logged_and_the_write_stays(table, caplog):
    def work(tx):
        tx.after_commit(lambda: 1 / 0)
        return add("a")(tx)

    assert table.write_now(work)
    assert table.read_now(texts) == ["a"]
    assert [record.message for record in caplog.records] == ["A callback after the commit failed."]


def test_a_cancelled_caller_does_not_stop_the_writer(table):
    inside, go_on = threading.Event(), threading.Event()

    def slow(tx):
        inside.set()
        assert go_on.wait(10)
        return add("slow")(tx)

    async def main():
        slow_write = asyncio.create_task(table.write(slow))
        await asyncio.to_thread(inside.wait, 10)
        other = asyncio.create_task(table.write(add("other")))
        await asyncio.sleep(0)
        slow_write.cancel()
        with pytest.raises(asyncio.CancelledError):
            await slow_write
        go_on.set()
        await other
        return await table.write(add("later"))

    assert asyncio.run(main())
    assert set(table.read_now(texts)) == {"slow", "other", "later"}


def test_a_write_inside_a_write_is_refused(table):
    with pytest.raises(RuntimeError, match="same transaction"):
        table.write_now(lambda tx: table.write_now(add("inner")))


def test_an_error_of_any_kind_reaches_its_caller(table):
    def exits(tx):
        raise SystemExit(3)

    def stops(tx):
        raise StopIteration

    with pytest.raises(SystemExit):
        table.write_now(exits)

    async def main():
        with pytest.raises(RuntimeError):
            await table.write(stops)
        with pytest.raises(RuntimeError):
            await table.read(stops)
        with pytest.raises(RuntimeError):
            await table.scan(stops)
        return await table.write(add("after"))

    assert asyncio.run(main())


def test_two_event_loops_are_answered_each_in_its_own(table):
    def loop(number):
        async def main():
            return await asyncio.gather(*(table.write(add(f"{number} {each}")) for each in range(20)))

        return asyncio.run(main())

    with ThreadPoolExecutor(2) as threads:
        answers = list(threads.map(loop, range(2)))
    assert len(set(answers[0] + answers[1])) == 40


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


def test_a_closed_database_says_so(table):
    table.close()
    table.close()
    with pytest.raises(UnavailableError) as caught:
        table.write_now(add("late"))
    assert caught.value.code == "database_closed"
    with pytest.raises(UnavailableError):
        table.read_now(texts)


def test_closing_finishes_what_waits(table):
    inside, go_on = threading.Event(), threading.Event()

    def slow(tx):
        inside.set()
        assert go_on.wait(10)
        return add("slow")(tx)

    with ThreadPoolExecutor(2) as threads:
        writing = threads.submit(asyncio.run, _write(table, slow))
        assert inside.wait(10)
        closing = threads.submit(table.close)
        go_on.set()
        assert writing.result(10)
        closing.result(10)


async def _write(database, work):
    return await database.write(work)


def test_a_swallowed_error_of_a_statement_still_fails_the_write(table):
    def work(tx):
        add("kept")(tx)
        with contextlib.suppress(DuplicateError):
            add("same")(tx)

    table.write_now(add("same"))
    with pytest.raises(DuplicateError):
        table.write_now(work)
    assert table.read_now(texts) == ["same"]


def test_nothing_can_be_done_after_a_failed_statement(table):
    def work(tx):
        with contextlib.suppress(DuplicateError):
            add("same")(tx)
        tx.run("delete from note")

    table.write_now(add("same"))
    with pytest.raises(Exception):  # noqa: B017  a mistake of the caller: each database has its own error for it
        table.write_now(work)
    assert table.read_now(texts) == ["same"]
    table.write_now(add("later"))
    assert table.read_now(texts) == ["same", "later"]
