"""Routers at work: which branches a record takes."""

from collections.abc import Sequence
from dataclasses import dataclass

from headwater.expr import rules
from headwater.flows.batch import Records
from headwater.flows.model import Router


@dataclass(frozen=True, slots=True)
class Forked:
    """Records by branch number, and the indexes of those that no branch took (P1: counted ignored)."""

    taken: Sequence[tuple[int, Records]]
    ignored: Sequence[int]


class Fork:
    """One router of a run, the filters of its branches compiled once."""

    def __init__(self, router: Router) -> None:
        """Compile the filters; a branch without one takes everything (P2)."""
        self.router = router
        self._filters = [rules.compile(branch.filter) for branch in router.branches]
        self._takes_all = router.mode == "all_matching_branches"

    def split(self, records: Records) -> Forked:
        """Give each record to the first branch that takes it, or to every one that does."""
        taken: list[tuple[list[int], list[object]]] = [([], []) for _ in self._filters]
        ignored = []
        for index, record in zip(records.indexes, records.values, strict=True):
            is_taken = False
            for passes, (indexes, values) in zip(self._filters, taken, strict=True):
                if passes(record):
                    is_taken = True
                    indexes.append(index)
                    values.append(record)
                    if not self._takes_all:
                        break
            if not is_taken:
                ignored.append(index)
        chosen = [(at, Records(*each)) for at, each in enumerate(taken) if each[0]]
        return Forked(chosen, ignored)
