"""A small table for the suites of the database, and the work that fills it."""

import pytest


@pytest.fixture
def table(database):
    """A database with a table `note` whose text is unique."""
    columns = "id bigint primary key, text text not null unique, is_done boolean"
    database.write_now(lambda tx: tx.run(f"create table note ({columns})"))
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
