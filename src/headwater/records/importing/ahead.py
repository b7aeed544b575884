"""Making the next thing while the one before is in use."""

from collections.abc import Generator, Iterator
from concurrent.futures import ThreadPoolExecutor
from typing import TypeVar

T = TypeVar("T")


def one_ahead(items: Iterator[T]) -> Generator[T, None, None]:
    """The items in order; a thread of its own makes each while the caller works on the one before.

    What goes wrong in making an item is raised in its place. Close it before what the items are made of.
    """
    with ThreadPoolExecutor(1, thread_name_prefix="headwater-ahead") as thread:
        waiting = thread.submit(next, items, None)
        while (item := waiting.result()) is not None:
            waiting = thread.submit(next, items, None)
            yield item
