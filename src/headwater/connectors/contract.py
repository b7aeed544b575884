"""What a connector is to the engine: sources that read, sinks that write, lookups that answer.

Two kinds of each, by where their work is durable. A plain one talks to another system outside any
transaction; the engine then commits what came of it. A `Tx...` one works inside the transaction that
also commits the engine's progress, so its work happens exactly once.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Protocol

from headwater.access.actor import Actor
from headwater.connectors.spec import Spec
from headwater.db.database import Tx
from headwater.kernel.errors import Fault

Values = dict[str, Any]
Cursor = Any  # a JSON value that the source alone understands; None is the beginning


@dataclass(frozen=True, slots=True)
class Page:
    """What one read gave. The engine stores `records` and `cursor` in one commit, then reads behind it."""

    records: Sequence[Any]
    cursor: Cursor = None
    is_last: bool = False


@dataclass(frozen=True, slots=True)
class Entry:
    """One record on its way into a sink or lookup: the record as the flow sees it, the mapped one, its key.

    `key` is the same whenever this step sends this record again. `page` is the visible page it belongs to.
    """

    record: Any
    mapped: Any
    key: str
    page: int = 0


@dataclass(frozen=True, slots=True)
class Trouble:
    """Why one record could not be handled. `kind` is value, missing, connection, intermittent, rate_limit,
    too_large, parse or duplicate; `source` names the stage or `application` for the other system's words.
    """

    source: str
    code: str
    message: str
    kind: str = "value"

    @property
    def is_passing(self) -> bool:
        """Whether the same record may well succeed later."""
        return self.kind in ("connection", "intermittent", "rate_limit")


@dataclass(frozen=True, slots=True)
class Outcome:
    """What came of one Entry. `answer` is what a response mapping may read."""

    answer: Values = field(default_factory=dict)
    trouble: Trouble | None = None
    is_ignored: bool = False


@dataclass(frozen=True, slots=True)
class Written:
    """Outcomes in the order of the entries, and the sink's state, a JSON value committed with them."""

    outcomes: Sequence[Outcome]
    state: Any = None


class Source(Protocol):
    """Reads another system in pages."""

    async def read(self, cursor: Cursor) -> Page:
        """The page behind `cursor`. RetryError: again later; FatalError: the run cannot go on."""
        ...

    async def finish(self, cursor: Cursor) -> None:
        """Called once everything that was read has been handled; again after a crash. Harmless twice."""
        ...


class TxSource(Protocol):
    """Takes records inside the transaction that stores them as a batch."""

    def take(self, tx: Tx, cursor: Cursor) -> Page:
        """The next page, taken for good when `tx` commits."""
        ...


class Sink(Protocol):
    """Writes into another system, at least once; `state` is what it returned at its last commit."""

    async def write(self, entries: Sequence[Entry], state: Any) -> Written:
        """Write them. A sink with state undoes what it wrote behind that state first."""
        ...

    async def finish(self, state: Any) -> None:
        """Called after the last batch; again after a crash. Harmless twice."""
        ...


class TxSink(Protocol):
    """Writes into our own database, exactly once."""

    def write(self, tx: Tx, entries: Sequence[Entry]) -> Sequence[Outcome]:
        """Write them within `tx`; it may run again when the transaction is repeated."""
        ...


class Lookup(Protocol):
    """Fetches something for each record."""

    async def lookup(self, entries: Sequence[Entry]) -> Sequence[Outcome]:
        """An outcome for each entry, in order; `answer["data"]` holds what was found."""
        ...


@dataclass(frozen=True, slots=True)
class Opening:
    """What a connector is opened with for one run of one step."""

    parameters: Mapping[str, Any]
    connection: Mapping[str, Any]
    actor: Actor
    run_id: int
    step_id: str
    started_at: int
    page_size: int = 20
    context: Mapping[str, Any] = field(default_factory=dict)
    """Names that templates may use beside the record: `settings`, `lastExportDateTime`, `job`, `testMode`."""


class Connector(Protocol):
    """One kind of system. Opening anything it has no operation for is FatalError `operation_unknown`."""

    spec: Spec

    def check(self, role: str, parameters: Mapping[str, Any], connection: Mapping[str, Any]) -> list[Fault]:
        """Every fault that can be found before a run, without any I/O."""
        ...

    def source(self, opening: Opening) -> Source | TxSource:
        """A source for one run."""
        ...

    def sink(self, opening: Opening) -> Sink | TxSink:
        """A sink for one run."""
        ...

    def lookup(self, opening: Opening) -> Lookup:
        """A lookup for one run."""
        ...

    async def close(self) -> None:
        """Let connections go, when the server stops."""
        ...
