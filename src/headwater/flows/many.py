"""A step that works on each element of a list in the record, not on the record (contract O1, N8)."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

from headwater.connectors.contract import Outcome, Written
from headwater.db.database import Tx
from headwater.expr import paths
from headwater.flows.batch import Piece, Records
from headwater.flows.response import with_value
from headwater.flows.step_work import Failed, Prepared, Settled, StepWork

PARENT = "_PARENT"


@dataclass(frozen=True, slots=True)
class PreparedMany:
    """A piece whose elements were prepared as records; `owners` has, by element, its parent and its place."""

    piece: Piece
    elements: Prepared
    owners: Sequence[tuple[int, int]]


class ManyWork:
    """Has the parts of a StepWork. An element sees its parent as `_PARENT`; what comes back goes onto it.

    Counters count elements. A parent one of whose elements failed stops, unless the step proceeds; the
    failure holds the parent with that element alone, so a retry sends no other again.
    """

    def __init__(self, work: StepWork, path: str) -> None:
        """`path` leads to the list."""
        self.step = work.step
        self._work = work
        self._path = paths.parse(path)

    @property
    def is_transactional(self) -> bool:
        """Whether the step writes inside the engine's own commit."""
        return self._work.is_transactional

    def prepare(self, piece: Piece) -> PreparedMany:
        """Filter and map every element."""
        parents = piece.records
        if parents is None:
            raise ValueError("a piece is prepared after its records were read")
        owners: list[tuple[int, int]] = []
        elements: list[Any] = []
        for at, parent in enumerate(parents.values):
            for place, element in enumerate(self._elements(parent)):
                owners.append((at, place))
                elements.append({**element, PARENT: parent} if isinstance(element, dict) else element)
        keys = [f"{self._work.key(piece, parents.indexes[at])}.{place}" for at, place in owners]
        batch = replace(piece.batch, keys=keys)
        inner = replace(piece, batch=batch, records=Records(range(len(elements)), elements))
        return PreparedMany(piece, self._work.prepare(inner), owners)

    async def send(self, prepared: PreparedMany, state: Any) -> Written:
        """Let the connector do its work on another system."""
        return await self._work.send(prepared.elements, state)

    def store(self, tx: Tx, prepared: PreparedMany) -> Sequence[Outcome]:
        """Let a transactional sink do its work."""
        return self._work.store(tx, prepared.elements)

    async def finish(self, state: Any) -> None:
        """Tell a plain sink that nothing more comes."""
        await self._work.finish(state)

    def settle(self, prepared: PreparedMany, outcomes: Sequence[Outcome]) -> Settled:
        """Put the elements back into their parents."""
        done = self._work.settle(prepared.elements, outcomes)
        parents = prepared.piece.records or Records((), ())
        after = dict(zip(done.passed.indexes, done.passed.values, strict=True))
        failed = [self._failed(parents, prepared.owners[index], each) for index, *each in done.failed]
        stopped = set() if self.step.is_proceeding else {index for index, _, _ in failed}
        kept = [at for at, index in enumerate(parents.indexes) if index not in stopped]
        by_parent: dict[int, list[Any]] = {at: [] for at in kept}
        for index, (at, _) in enumerate(prepared.owners):
            if at in by_parent and index in after:
                by_parent[at].append(_alone(after[index]))
        values = [self._with(parents.values[at], by_parent[at]) for at in kept]
        passed = Records([parents.indexes[at] for at in kept], values)
        return Settled(passed, done.success, self._ignored(prepared, done), failed, len(done.ignored))

    def _elements(self, parent: Any) -> Sequence[Any]:
        found = paths.read(parent, self._path)
        return found if isinstance(found, list) else ()

    def _with(self, parent: Any, elements: list[Any]) -> Any:
        return with_value(parent, self._path, elements) if elements else parent

    def _failed(self, parents: Records, owner: tuple[int, int], failed: Sequence[Any]) -> Failed:
        at, _ = owner
        element, trouble = failed
        return parents.indexes[at], self._with(parents.values[at], [_alone(element)]), trouble

    def _ignored(self, prepared: PreparedMany, done: Settled) -> list[int]:
        """The parents of whose elements every one was ignored."""
        parents = prepared.piece.records or Records((), ())
        ignored = set(done.ignored)
        seen: dict[int, bool] = {}
        for index, (at, _) in enumerate(prepared.owners):
            seen[at] = seen.get(at, True) and index in ignored
        return [parents.indexes[at] for at, is_ignored in seen.items() if is_ignored]


def _alone(element: Any) -> Any:
    if isinstance(element, dict) and PARENT in element:
        return {name: value for name, value in element.items() if name != PARENT}
    return element
