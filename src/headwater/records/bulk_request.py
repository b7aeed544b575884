"""The bulk route's body as calls of the service, and all of it or none."""

from collections.abc import Mapping, Sequence
from typing import Any

from headwater.access.actor import Actor
from headwater.db.database import Tx
from headwater.kernel.errors import Fault, InvalidError
from headwater.records.bulk import Operation
from headwater.records.outcome import Outcome
from headwater.records.record_forms import MAX_BULK, Bulk, BulkFault, BulkResult
from headwater.records.service import Records

Part = tuple[str, Operation, Sequence[Mapping[str, Any]], str | None]


def write_bulk(tx: Tx, actor: Actor, records: Records, module: str, body: Bulk) -> list[BulkResult]:
    """The results in the order of the body. An atomic one with a fault is InvalidError `invalid_bulk`.

    The faults of it are named by their place, such as `create.3.name`.
    """
    parts = _parts(body)
    if sum(len(rows) for _, _, rows, _ in parts) > MAX_BULK:
        raise InvalidError("too_many_records", f"One call takes at most {MAX_BULK} records.")
    outcomes: list[Outcome] = []
    faults: list[Fault] = []
    for place, operation, rows, key in parts:
        found = records.write_many(tx, actor, module, operation, rows, key) if rows else []
        faults += [
            Fault(f"{place}.{index}.{fault.field}", fault.code, fault.detail)
            for index, outcome in enumerate(found)
            for fault in outcome.faults
        ]
        outcomes += found
    if faults and body.atomic:
        raise InvalidError("invalid_bulk", f"Nothing was written: {faults[0].detail}", faults=faults)
    return [_result(each) for each in outcomes]


def _parts(body: Bulk) -> list[Part]:
    updates = [{**each.values, "id": each.id, "revision": each.revision} for each in body.update]
    parts: list[Part] = [
        ("create", "insert", [each.values for each in body.create], None),
        ("update", "update", updates, None),
    ]
    if body.upsert is not None:
        records = [each.values for each in body.upsert.records]
        parts.append(("upsert.records", "upsert", records, body.upsert.key))
    parts.append(("delete", "delete", [{"id": each} for each in body.delete], None))
    return parts


def _result(outcome: Outcome) -> BulkResult:
    return BulkResult(outcome.status, outcome.id, [BulkFault(*fault) for fault in outcome.faults])
