"""A plan with its connectors opened: the sources, steps and forks of one run."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from headwater.access.actor import Actor
from headwater.connectors.contract import Connector, Opening, Source, TxSource
from headwater.flows.batch import Piece
from headwater.flows.fork import Fork
from headwater.flows.formats.integrator.adaptors import connection_parameters
from headwater.flows.many import ManyWork
from headwater.flows.model import Plan, Router, Step
from headwater.flows.step_work import StepWork
from headwater.flows.store import Run
from headwater.kernel.errors import FatalError

READ_SIZE = 2_000
# What is written in one commit keeps other writers waiting: about 15 ms.
READ_SIZE_INTO_RECORDS = 500

Work = StepWork | ManyWork
ConnectionOf = Callable[[str], Mapping[str, Any] | None]


@dataclass(frozen=True, slots=True)
class Opened:
    """What a run works with, by position."""

    sources: Mapping[int, Source | TxSource]
    steps: Mapping[int, Work]
    forks: Mapping[int, Fork]


class Opener:
    """Opens the steps of one run with the rights of its actor."""

    def __init__(
        self,
        run: Run,
        actor: Actor,
        connectors: Mapping[str, Connector],
        connection_of: ConnectionOf,
        contexts: Mapping[int, Mapping[str, Any]],
    ) -> None:
        """`connection_of(id)` gives a connection document with its secrets; `contexts` holds, by position,
        the names that templates may use.
        """
        self._contexts = contexts
        self._read_size = READ_SIZE
        self._run = run
        self._actor = actor
        self._connectors = connectors
        self._connection_of = connection_of

    def open(self, plan: Plan, read_from: Sequence[Step], key_prefix: Callable[[Piece], str]) -> Opened:
        """Open every step, and those generators that this run reads."""
        writes_here = any(isinstance(node, Step) and node.connector == "records" for node in plan.nodes)
        self._read_size = READ_SIZE_INTO_RECORDS if writes_here else READ_SIZE
        sources = {step.position: self._connector(step).source(self._opening(step)) for step in read_from}
        steps: dict[int, Work] = {}
        forks: dict[int, Fork] = {}
        page_sizes = [generator.page_size for generator in plan.generators]
        for node in plan.nodes:
            if isinstance(node, Router):
                forks[node.position] = Fork(node)
                continue
            opening = self._opening(node)
            connector = self._connector(node)
            port = connector.lookup(opening) if node.kind == "lookup" else connector.sink(opening)
            work = StepWork(node, port, key_prefix, page_sizes)
            steps[node.position] = ManyWork(work, node.path_to_many) if node.path_to_many else work
        return Opened(sources, steps, forks)

    def _connector(self, step: Step) -> Connector:
        return self._connectors[step.connector]

    def _opening(self, step: Step) -> Opening:
        return Opening(
            parameters=step.parameters,
            connection=self._connection(step),
            actor=self._actor,
            run_id=self._run.id,
            step_id=step.id,
            started_at=self._run.created_at,
            page_size=step.page_size,
            read_size=self._read_size,
            context={"settings": step.settings, **self._contexts.get(step.position, {})},
        )

    def _connection(self, step: Step) -> Mapping[str, Any]:
        if step.connection_id is None:
            return {}
        document = self._connection_of(step.connection_id)
        if document is None:
            raise FatalError(
                "connection_gone",
                f"Step '{step.name}': its connection was deleted.",
                hint="Choose another connection, then start the flow again.",
            )
        return connection_parameters(step.connector, document)
