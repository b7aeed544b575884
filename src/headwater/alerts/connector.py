"""The `queue` connector: the waiting records of an alert as a source, taken and stored in one commit."""

from collections.abc import Mapping
from typing import Any, NoReturn

from headwater.access.actor import Actor
from headwater.alerts import queue_store
from headwater.alerts.queue import Queues
from headwater.alerts.snapshot import Item
from headwater.connectors.contract import Cursor, Lookup, Opening, Page, Sink, TxSource
from headwater.connectors.spec import Operation, Parameter, Role, Spec, check_role
from headwater.db.database import Tx
from headwater.kernel import json
from headwater.kernel.clock import rfc3339
from headwater.kernel.errors import FatalError, Fault, NotFoundError

SPEC = Spec(
    kind="queue",
    title="The queue of an alert",
    connection=(),
    operations=(
        Operation(
            "source", "Take waiting records", (Parameter("queue_uuid", "text", "Queue", required=True),)
        ),
    ),
)


class QueueConnector:
    """Takes what waits and opens no poll job, so a consumer that holds one is never disturbed."""

    spec = SPEC

    def __init__(self, queues: Queues) -> None:
        """`queues` is the service."""
        self._queues = queues

    def check(self, role: Role, parameters: Mapping[str, Any], connection: Mapping[str, Any]) -> list[Fault]:
        """Every fault that can be found without the database."""
        return check_role(SPEC, role, parameters, connection)

    def check_data(self, tx: Tx, actor: Actor, role: Role, parameters: Mapping[str, Any]) -> list[Fault]:
        """Whether the queue is there and the actor may read it."""
        try:
            self._queues.check(tx, actor, parameters["queue_uuid"])
        except NotFoundError as error:
            return [Fault("queue_uuid", error.code, error.detail)]
        return []

    def source(self, opening: Opening) -> TxSource:
        """What waits when the run begins."""
        return QueueSource(self._queues, opening)

    def sink(self, opening: Opening) -> Sink:
        """Only alerts fill queues."""
        _refuse("written to")

    def lookup(self, opening: Opening) -> Lookup:
        """Queues answer no lookups."""
        _refuse("looked up in")

    async def close(self) -> None:
        """Nothing stays open."""


class QueueSource:
    """Takes as many entries as waited at the beginning: what the flow itself queues waits for the next run.

    The cursor is `{"left": how many}`.
    """

    def __init__(self, queues: Queues, opening: Opening) -> None:
        """Remember which queue, and with whose rights."""
        self._queues = queues
        self._opening = opening

    def take(self, tx: Tx, cursor: Cursor) -> Page:
        """The next entries, taken for good when `tx` commits."""
        alert = self._queues.alert_of_queue(tx, self._opening.parameters["queue_uuid"])
        self._queues.has_waiting(tx, self._opening.actor, alert.id)
        left = cursor["left"] if cursor else _waiting(tx, alert.id)
        limit = min(left, self._opening.rows_per_read)
        items = self._queues.take(tx, alert.id, limit) if limit else []
        left -= len(items)
        return Page(
            [_record(item) for item in items], {"left": left}, is_last=left == 0 or len(items) < limit
        )


def _waiting(tx: Tx, alert_id: int) -> int:
    totals = queue_store.totals(tx, [alert_id]).get(alert_id)
    return totals.queued if totals else 0


def _record(item: Item) -> dict[str, Any]:
    """An entry as a flow sees it: the record's values beside its id, and what happened to it."""
    values = json.loads(json.encode(item.values))
    told = {"_change": item.operation, "_queued_at": rfc3339(item.queued_at)}
    return {"id": item.record_id, **values, **told, **({"_is_deleted": True} if item.is_deleted else {})}


def _refuse(what: str) -> NoReturn:
    raise FatalError("operation_unknown", f"A queue cannot be {what}.")
