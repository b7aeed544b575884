"""Changing tables while others read and write them."""

from headwater.db.database import Tx

LOCK_TIMEOUT = "100ms"


def run_ddl(tx: Tx, statement: str) -> None:
    """Run one statement that changes a table, an index or a view.

    On PostgreSQL it waits 100 ms for its lock at most, because everybody else queues behind it; then the
    whole write gives way and runs again. Do it late in the write: its locks are held until the commit.
    """
    if tx.dialect == "postgres":
        tx.run(f"set local lock_timeout = '{LOCK_TIMEOUT}'")
    tx.run(statement)
    if tx.dialect == "postgres":
        tx.run("set local lock_timeout = 0")


def refresh_statistics(tx: Tx, table: str) -> None:
    """Let PostgreSQL look at a table that has just been filled.

    It does so by itself within a minute; until then it takes the table for almost empty, and a page of it
    costs a scan of all of it.
    """
    if tx.dialect == "postgres":
        run_ddl(tx, f"analyze {table}")
