"""A Plan: what a flow document compiles to: steps, routers and branches as frozen data."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Literal

from headwater.kernel.errors import Fault

StepKind = Literal["generator", "lookup", "import"]
RunKind = Literal["run", "retry"]
RouteMode = Literal["first_matching_branch", "all_matching_branches"]
ExportType = Literal["all", "delta", "test"]

DEFAULT_PAGE_SIZE = 20


@dataclass(frozen=True, slots=True)
class Step:
    """One place in a flow: a source, a lookup, or an import. The same document may stand at several places.

    `position` counts the places of the flow, generators first. `next` is the position that records go to,
    None at an end. Filters, mappings and transforms are the documents that `expr` compiles.
    """

    position: int
    id: str
    kind: StepKind
    document_id: str
    name: str
    adaptor: str
    connector: str
    parameters: Mapping[str, Any]
    connection_id: str | None = None
    filter: Any = None
    output_filter: Any = None
    transform: Any = None
    mapping: Any = None
    response_mapping: Any = None
    is_proceeding: bool = False
    page_size: int = DEFAULT_PAGE_SIZE
    trace_key: str | None = None
    path_to_many: str | None = None
    export_type: ExportType = "all"
    test_limit: int | None = None
    delta: Mapping[str, Any] = field(default_factory=dict)
    skips_retries: bool = False
    settings: Mapping[str, Any] = field(default_factory=dict)
    next: int | None = None


@dataclass(frozen=True, slots=True)
class Branch:
    """One way out of a router; without a filter it takes every record."""

    name: str
    filter: Any
    next: int | None


@dataclass(frozen=True, slots=True)
class Router:
    """A fork. It has a position of its own, so that a batch can wait in front of it; it counts nothing."""

    position: int
    id: str
    mode: RouteMode
    branches: tuple[Branch, ...]


Node = Step | Router


@dataclass(frozen=True, slots=True)
class Plan:
    """A flow that can run: every reference found, filters and mappings readable."""

    flow_id: str
    name: str
    generators: tuple[Step, ...]
    nodes: tuple[Node, ...]
    is_parallel: bool = False
    resolves_matching_keys: bool = False
    next_flow_ids: tuple[str, ...] = ()
    warnings: tuple[Fault, ...] = ()

    def node(self, position: int) -> Node:
        """The step or router at a position behind the generators."""
        return self.nodes[position - self.nodes[0].position]

    @property
    def steps(self) -> tuple[Step, ...]:
        """Every step in the order of positions, generators first."""
        return (*self.generators, *(node for node in self.nodes if isinstance(node, Step)))


@dataclass(frozen=True, slots=True)
class RunOptions:
    """How a run differs from the plain one: R2's limits, a test, a retry.

    `export_ids` are exports, or the ids of places in the flow.
    """

    kind: RunKind = "run"
    export_ids: tuple[str, ...] = ()
    start_at: int | None = None
    end_at: int | None = None
    is_test: bool = False
