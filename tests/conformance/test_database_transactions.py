"""Transactions: what is kept, what is seen, who is answered and when, on both databases."""

import asyncio
import contextlib
import threading
from concurrent.futures import ThreadPoolExecutor

import pytest

from headwater.db.errors import DuplicateError
from headwater.kernel.errors import InvalidError, UnavailableError
from tests.conformance.notes import add, table, texts

__all__ = ["table"]  # the fixture


def test_a_write_gives_what_its_work_gives(table):
    assert table.write_now(lambda tx: "answer") == "answer"


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


def test_a_look_never_gives_a_version_older_than_what_was_committed_before_it(table):
    async def bump_and_look():
        version = await table.write(lambda tx: (tx.bump_catalogue(), tx.catalogue_version())[1])
        return version, await table.look(lambda tx: tx.catalogue_version())

    async def main():
        return await asyncio.gather(*(bump_and_look() for _ in range(60)))

    assert all(seen >= version for version, seen in asyncio.run(main()))


def test_a_look_that_asks_for_more_is_a_read(table):
    table.write_now(add("a"))
    look = table.look(lambda tx: (tx.catalogue_version(), texts(tx)))
    assert asyncio.run(look) == (table.read_now(lambda tx: tx.catalogue_version()), ["a"])


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
    inside, go_on, kept = threading.Event(), threading.Event(), threading.Event()

    def slow(tx):
        inside.set()
        assert go_on.wait(10)
        tx.after_commit(kept.set)
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
        assert await asyncio.to_thread(kept.wait, 10)
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
