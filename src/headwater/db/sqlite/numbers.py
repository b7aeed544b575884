"""The two numbers a writer keeps in memory: the next id and the catalogue version."""

from collections.abc import Callable
from typing import Any


class Numbers:
    """Ids come from one row: read when another process may have written, stored once for each group."""

    def __init__(self, scalar: Callable[[str], Any]) -> None:
        """Both are unknown until somebody asks."""
        self._scalar = scalar
        self._next = 1
        self._stored: int | None = None
        self._data_version = -1
        self.catalogue: int | None = None

    def begin(self) -> None:
        """Call it first in each transaction: forget what another process may have moved."""
        version = self._scalar("pragma data_version")
        if version != self._data_version:
            self.forget()
            self._data_version = version

    def forget(self) -> None:
        """Call it after a rollback of the whole transaction. Ids go on from where they were."""
        self._stored = None
        self.catalogue = None

    def draw(self, count: int) -> int:
        """The first of `count` ids in a row."""
        if self._stored is None:
            stored: int = self._scalar("select next_id from id_sequence")
            self._stored = stored
            self._next = max(self._next, stored)
        first = self._next
        self._next = first + count
        return first

    def go_on_after(self, earlier: "Numbers") -> None:
        """Never give an id that `earlier` may have given."""
        self._next = earlier._next

    def unstored(self) -> int | None:
        """The next id when the row does not say it yet, otherwise None; it counts as stored from now on."""
        if self._stored is None or self._stored == self._next:
            return None
        self._stored = self._next
        return self._next

    def catalogue_version(self) -> int:
        """The catalogue version that this transaction sees."""
        if self.catalogue is None:
            self.catalogue = self._scalar("select version from catalogue")
        version: int = self.catalogue
        return version
