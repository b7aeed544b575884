"""The `records` connector: our own records as a source, and as a destination that is written exactly once."""

from collections.abc import Mapping, Sequence
from typing import Any, NoReturn

from headwater.access.actor import Actor
from headwater.connectors.contract import (
    OK,
    Batch,
    Cursor,
    Lookup,
    Opening,
    Outcome,
    Page,
    Source,
    Trouble,
    TxSink,
)
from headwater.connectors.spec import Operation, Parameter, Role, Spec, check_role
from headwater.db.database import Database, Tx
from headwater.kernel import json
from headwater.kernel.clock import rfc3339
from headwater.kernel.errors import FatalError, Fault, InvalidError, NotFoundError
from headwater.records import outcome
from headwater.records.bulk import check_key
from headwater.records.catalogue import Catalogue
from headwater.records.model import SYSTEM_NAMES
from headwater.records.query import Query
from headwater.records.service import Records
from headwater.records.visibility import visible_module

MOST_ROWS = 1_000
WRITES = ("insert", "update", "upsert", "delete")
_SCOPES: Mapping[Role, str] = {"source": "records:read", "sink": "records:write"}

SPEC = Spec(
    kind="records",
    title="Records of this Headwater",
    connection=(),
    operations=(
        Operation(
            "source",
            "Read records",
            (
                Parameter("module", "name_or_id", "Module, by handle or id", required=True),
                Parameter("filter", "any", "Filter"),
                Parameter("sort", "any", "Sort"),
            ),
        ),
        Operation(
            "sink",
            "Write records",
            (
                Parameter("module", "name_or_id", "Module, by handle or id", required=True),
                Parameter("operation", "text", "What to do", required=True, choices=WRITES),
                Parameter("key", "text", "Unique field that names the record"),
            ),
        ),
    ),
)


class RecordsConnector:
    """Records as flows see them: their values by name, beside `id`, `revision` and the times."""

    spec = SPEC

    def __init__(self, records: Records, catalogue: Catalogue, database: Database) -> None:
        """`database` is where sources read."""
        self._records = records
        self._catalogue = catalogue
        self._database = database

    def check(self, role: Role, parameters: Mapping[str, Any], connection: Mapping[str, Any]) -> list[Fault]:
        """Every fault that can be found without the database."""
        return check_role(SPEC, role, parameters, connection)

    def check_data(self, tx: Tx, actor: Actor, role: Role, parameters: Mapping[str, Any]) -> list[Fault]:
        """Whether the module is there, its filter can be read, its key is unique."""
        module = parameters["module"]
        try:
            if role == "source":
                self._records.list(tx, actor, module, _query(parameters, {}, None, limit=1))
            else:
                check_key(self._writable(tx, actor, module), parameters["operation"], _key(parameters))
        except (NotFoundError, InvalidError) as error:
            return list(error.faults) or [Fault("module", error.code, error.detail)]
        return []

    def source(self, opening: Opening) -> Source:
        """The records that pass the filter, page by page."""
        return RecordsSource(self._records, self._catalogue, self._database, opening)

    def sink(self, opening: Opening) -> TxSink:
        """Writes within the engine's own commits."""
        return RecordsSink(self._records, opening)

    def lookup(self, opening: Opening) -> Lookup:
        """Not yet."""
        _refuse_lookup()

    async def close(self) -> None:
        """Nothing stays open."""

    def _writable(self, tx: Tx, actor: Actor, module: Any) -> Any:
        found = visible_module(tx, actor, self._catalogue, module, _SCOPES["sink"])
        return self._records.compiled(tx, found).codec


class RecordsSource:
    """Pages of a list; the cursor is the list's own, so records written meanwhile shift nothing."""

    def __init__(self, records: Records, catalogue: Catalogue, database: Database, opening: Opening) -> None:
        """Remember what to ask for, and with whose rights."""
        self._records = records
        self._catalogue = catalogue
        self._database = database
        self._opening = opening

    async def read(self, cursor: Cursor) -> Page:
        """The next page."""
        return await self._database.scan(lambda tx: self._read(tx, cursor))

    async def finish(self, cursor: Cursor) -> None:
        """Reading changes nothing."""

    def _read(self, tx: Tx, cursor: Cursor) -> Page:
        opening = self._opening
        module = self._catalogue.get(tx, opening.parameters["module"])
        query = _query(
            opening.parameters,
            opening.context.get("delta") or {},
            cursor,
            limit=min(opening.rows_per_read, MOST_ROWS),
        )
        page = self._records.list(tx, opening.actor, module, query)
        records = [flat(self._records.to_json(module, record)) for record in page.items]
        return Page(records, page.next_cursor, is_last=page.next_cursor is None)


class RecordsSink:
    """Writes batches through the service, so that every record has its change and its alerts."""

    def __init__(self, records: Records, opening: Opening) -> None:
        """Remember where to write, and with whose rights."""
        self._records = records
        self._opening = opening

    def store(self, tx: Tx, batch: Batch) -> Sequence[Outcome]:
        """The outcome of each record; its answer is `{"id", "_json", "statusCode"}`."""
        parameters = self._opening.parameters
        operation, key = parameters["operation"], _key(parameters)
        rows = [_row(mapped, key) for mapped in batch.mapped]
        actor = self._opening.actor
        done = self._records.write_many(tx, actor, parameters["module"], operation, rows, key)
        return [_outcome(each) for each in done]


def flat(document: Mapping[str, Any]) -> dict[str, Any]:
    """A record as a flow sees it: values and what every record has, side by side; plain JSON values."""
    own = {name: value for name, value in document.items() if name in SYSTEM_NAMES}
    found: dict[str, Any] = json.loads(json.encode({**own, **document["values"]}))
    return found


def _query(parameters: Mapping[str, Any], delta: Mapping[str, Any], cursor: Cursor, *, limit: int) -> Query:
    sort = parameters.get("sort") or ()
    return Query(
        filter=_with_delta(parameters.get("filter"), delta),
        sort=sort.split(",") if isinstance(sort, str) else sort,
        limit=limit,
        cursor=cursor,
    )


def _with_delta(filter: Any, delta: Mapping[str, Any]) -> Any:
    field = delta.get("dateField") or "updated_at"
    bounds = (("since", "gte"), ("until", "lte"))
    parts = [
        [field, operator, rfc3339(delta[name])] for name, operator in bounds if delta.get(name) is not None
    ]
    if not parts:
        return filter or None
    return {"and": [*([filter] if filter else []), *parts]}


def _key(parameters: Mapping[str, Any]) -> str:
    return parameters.get("key") or "id"


def _row(mapped: Any, key: str) -> dict[str, Any]:
    """The values to write. What a record of ours says of itself is never written, but its id may name it."""
    if not isinstance(mapped, Mapping):
        return {"": mapped}
    return {name: value for name, value in mapped.items() if name not in SYSTEM_NAMES or name == key}


def _outcome(done: outcome.Outcome) -> Outcome:
    if done.status == "failed":
        fault = done.faults[0]
        words = "; ".join(f"{each.field}: {each.detail}" for each in done.faults)
        return Outcome(
            {"errors": [each._asdict() for each in done.faults]}, Trouble("application", fault.code, words)
        )
    if done.id is None:
        return OK
    status = 201 if done.status == "created" else 200
    return Outcome({"id": done.id, "_json": {"id": done.id, "status": done.status}, "statusCode": status})


def _refuse_lookup() -> NoReturn:
    raise FatalError("operation_unknown", "The connector 'records' answers no lookups yet.")
