"""What a connector is to the engine: sources that read, sinks that write, lookups that answer.

Two kinds of each, by where their work is durable. A plain one talks to another system outside any
transaction; the engine then commits what came of it. A `Tx...` one works inside the transaction that
also commits the engine's progress, so its work happens exactly once.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Protocol, runtime_checkable

from headwater.access.actor import Actor
from headwater.connectors.spec import Role, Spec
from headwater.db.database import Tx
from headwater.kernel.errors import Fault

Values = dict[str, Any]
Cursor = Any  # a JSON value that the source alone understands; None is the beginning


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
class Page:
    """What one read gave. The engine stores `records` and `cursor` in one commit, then reads behind it.

    `bad` is what stood in a record's place and could not be read as one, with the reason.
    """

    records: Sequence[Any]
    cursor: Cursor = None
    is_last: bool = False
    bad: Sequence[tuple[Any, Trouble]] = ()


@dataclass(frozen=True, slots=True)
class Batch:
    """Records on their way into a sink or lookup, column by column: making an object for each would cost
    as much as mapping it.

    `records` are the records as the flow sees them, `mapped` what the step's mapping made of them, and
    `indexes` their places in the batch that was read and stored.
    """

    records: Sequence[Any]
    mapped: Sequence[Any]
    indexes: Sequence[int]
    key_prefix: str = ""
    key_suffix: str = ""
    first_page: int = 0
    page_size: int = 20
    keys: Sequence[str] = ()
    """Of a retry: the keys that the records of the stored batch had the first time."""

    def key(self, at: int) -> str:
        """The idempotency key of a record: the same whenever this step sends this record again."""
        index = self.indexes[at]
        known = self.keys[index] if self.keys else f"{self.key_prefix}-{index}"
        return f"{known}-{self.key_suffix}"

    def page(self, at: int) -> int:
        """The number of the visible page that a record came in, from 0 in this run."""
        return self.first_page + self.indexes[at] // self.page_size


@dataclass(frozen=True, slots=True)
class Outcome:
    """What came of one record. `answer` is what a response mapping may read."""

    answer: Values = field(default_factory=dict)
    trouble: Trouble | None = None
    is_ignored: bool = False


OK = Outcome()
"""Handled, and nothing to tell: shared, because most records end so."""


@dataclass(frozen=True, slots=True)
class Written:
    """Outcomes in the order of the batch, and the sink's state, a JSON value committed with them."""

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


@runtime_checkable
class TxSource(Protocol):
    """Takes records inside the transaction that stores them as a batch."""

    def take(self, tx: Tx, cursor: Cursor) -> Page:
        """The next page, taken for good when `tx` commits."""
        ...


class Sink(Protocol):
    """Writes into another system, at least once; `state` is what it returned at its last commit."""

    async def write(self, batch: Batch, state: Any) -> Written:
        """Write the batch. A sink with state undoes what it wrote behind that state first."""
        ...

    async def finish(self, state: Any) -> None:
        """Called after the last batch; again after a crash. Harmless twice."""
        ...


@runtime_checkable
class TxSink(Protocol):
    """Writes into our own database, exactly once."""

    def store(self, tx: Tx, batch: Batch) -> Sequence[Outcome]:
        """Write the batch within `tx`; it may run again when the transaction is repeated."""
        ...


class Lookup(Protocol):
    """Fetches something for each record."""

    async def lookup(self, batch: Batch) -> Sequence[Outcome]:
        """An outcome for each record, in order; `answer["data"]` holds what was found."""
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
    read_size: int = 1_000
    context: Mapping[str, Any] = field(default_factory=dict)
    """Names that templates may use beside the record: `settings`, `lastExportDateTime`, `job`, `testMode`."""

    @property
    def rows_per_read(self) -> int:
        """How many records a source gives at once when it can choose: whole visible pages of them."""
        return max(1, self.read_size // self.page_size) * self.page_size


class Connector(Protocol):
    """One kind of system. Opening anything it has no operation for is FatalError `operation_unknown`."""

    spec: Spec

    def check(self, role: Role, parameters: Mapping[str, Any], connection: Mapping[str, Any]) -> list[Fault]:
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


@runtime_checkable
class ChecksOurData(Protocol):
    """What a connector to our own data has besides: what can be known only with the database at hand."""

    def check_data(self, tx: Tx, actor: Actor, role: Role, parameters: Mapping[str, Any]) -> list[Fault]:
        """Every fault of the parameters against our data. ForbiddenError when the actor may not use it."""
        ...
