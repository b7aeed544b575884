"""The conformance suite that every connector passes; third parties run it on theirs with pytest.

Subclass `SourceSuite` or `SinkSuite`, say how to open the connector over known records, and pytest runs
every rule of the contract against it.
"""

import asyncio
from abc import ABC, abstractmethod
from collections.abc import Coroutine, Sequence
from typing import Any

from headwater.access.actor import SYSTEM
from headwater.connectors.contract import Batch, Connector, Opening, Sink, Source, Written
from headwater.connectors.spec import Role
from headwater.kernel import json

RUN_ID = 71
_BATCHES = ([{"n": "1"}, {"n": "2"}], [{"n": "3"}])


def opening(parameters: dict[str, Any], connection: dict[str, Any], **values: Any) -> Opening:
    """An opening of a step in a made-up run."""
    known: dict[str, Any] = {"run_id": RUN_ID, "step_id": "a1", "started_at": 1_935_000_000_000_000}
    return Opening(parameters, connection, SYSTEM, **{**known, **values})


def batch_of(records: Sequence[Any], first_page: int = 0, page_size: int = 20) -> Batch:
    """A batch of records that a mapping left as they are; batches of other first pages have other keys."""
    return Batch(records, records, range(len(records)), f"run-{first_page}", "1", first_page, page_size)


async def read_all(source: Source, cursor: Any = None) -> list[Any]:
    """Every record behind a cursor, each cursor having gone through JSON as the engine's do."""
    found: list[Any] = []
    while True:
        page = await source.read(cursor)
        found += page.records
        if page.is_last:
            return found
        cursor = json.loads(json.dumps(page.cursor))


class Suite(ABC):
    """What both suites ask of the connector under test."""

    role: Role
    _opened: list[Connector]

    @abstractmethod
    def connector(self) -> Connector:
        """The connector under test."""

    @abstractmethod
    def parameters(self) -> dict[str, Any]:
        """Parameters with which it works."""

    def connection(self) -> dict[str, Any]:
        """A connection with which it works."""
        return {}

    def perform(self, body: Coroutine[Any, Any, None]) -> None:
        """Run the steps of a test in a loop of their own, and close the connectors that they opened."""
        self._opened = []

        async def around() -> None:
            try:
                await body
            finally:
                for connector in self._opened:
                    await connector.close()

        asyncio.run(around())

    def fresh(self) -> Connector:
        """The connector made anew, as after a restart."""
        connector = self.connector()
        self._opened.append(connector)
        return connector

    def test_the_spec_names_what_it_needs(self) -> None:
        """Good parameters have no fault; each required one is missed when it is left out."""
        connector, parameters, connection = self.connector(), self.parameters(), self.connection()
        assert connector.check(self.role, parameters, connection) == []
        operation = connector.spec.operation(self.role)
        assert operation is not None
        for parameter in operation.parameters:
            if parameter.required:
                less = {name: value for name, value in parameters.items() if name != parameter.name}
                faults = connector.check(self.role, less, connection)
                assert [fault.code for fault in faults] == ["missing_required_field"], parameter.name


class SourceSuite(Suite):
    """The rules of a plain source."""

    role: Role = "source"

    @abstractmethod
    def records(self) -> list[Any]:
        """What it has to give, in order; at least three pages of it."""

    def opened(self) -> Source:
        """The source, opened anew as after a restart."""
        asked = opening(self.parameters(), self.connection(), page_size=2, read_size=2)
        return self.fresh().source(asked)  # type: ignore[return-value]

    def test_it_gives_every_record_once_and_in_order(self) -> None:
        """Reading from the beginning gives everything."""
        self.perform(self._read_everything())

    async def _read_everything(self) -> None:
        assert await read_all(self.opened()) == self.records()

    def test_it_goes_on_behind_any_cursor_after_a_restart(self) -> None:
        """A source opened anew continues behind each cursor that an earlier one gave."""
        self.perform(self._restart_everywhere())

    async def _restart_everywhere(self) -> None:
        source, cursor, seen = self.opened(), None, 0
        while True:
            page = await source.read(cursor)
            cursor = json.loads(json.dumps(page.cursor))
            seen += len(page.records)
            if page.is_last:
                assert seen == len(self.records())
                return
            assert await read_all(self.opened(), cursor) == self.records()[seen:]

    def test_finishing_twice_is_harmless(self) -> None:
        """A crash between finishing and saying so makes the engine finish again."""
        self.perform(self._finish_twice())

    async def _finish_twice(self) -> None:
        source, cursor = self.opened(), None
        while not (page := await source.read(cursor)).is_last:
            cursor = page.cursor
        await source.finish(page.cursor)
        await self.opened().finish(page.cursor)


class SinkSuite(Suite):
    """The rules of a plain sink."""

    role: Role = "sink"

    @abstractmethod
    def written(self) -> list[Any]:
        """What the other system holds now, in order."""

    def opened(self) -> Sink:
        """The sink, opened anew as after a restart."""
        return self.fresh().sink(opening(self.parameters(), self.connection()))  # type: ignore[return-value]

    def is_exactly_once(self) -> bool:
        """Whether a batch that is written again after a crash may be there twice."""
        return True

    def test_it_writes_batches_in_order_with_an_outcome_for_each_record(self) -> None:
        """Two batches and the end."""
        self.perform(self._write_two())
        assert self.written() == [{"n": "1"}, {"n": "2"}, {"n": "3"}]

    async def _write_two(self) -> None:
        sink, state = self.opened(), None
        for page, records in enumerate(_BATCHES):
            done = await sink.write(batch_of(records, page), state)
            assert [outcome.trouble for outcome in done.outcomes] == [None] * len(records)
            state = through_json(done)
        await sink.finish(state)
        await self.opened().finish(state)

    def test_a_batch_whose_commit_was_lost_is_not_there_twice(self) -> None:
        """The engine writes it again with the state from before."""
        if self.is_exactly_once():
            self.perform(self._lose_commits())
            assert self.written() == [{"n": "1"}, {"n": "2"}, {"n": "3"}]

    async def _lose_commits(self) -> None:
        state = None
        for page, records in enumerate(_BATCHES):
            await self.opened().write(batch_of(records, page), state)
            state = through_json(await self.opened().write(batch_of(records, page), state))
        await self.opened().finish(state)


def through_json(written: Written) -> Any:
    """The state as it comes back from the engine's tables."""
    return json.loads(json.dumps(written.state))
