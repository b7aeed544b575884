"""A job's records in Fluxx's form (wire/fluxx.md section 7): one snapshot always gives the same bytes."""

from typing import Any

from msgspec import Raw

from headwater.alerts.queue import Polled
from headwater.alerts.snapshot import Item, Snapshot
from headwater.kernel import json
from headwater.kernel.clock import SECOND

EMPTY = b'{"job_uuid":null,"data":[]}'


def batch_body(polled: Polled) -> bytes:
    """The answer to `queue`: the job and its records, or `EMPTY`."""
    if polled.job_uuid is None or polled.snapshot is None:
        return EMPTY
    data = [_entry(item, polled.snapshot) for item in polled.snapshot.items]
    return json.encode({"job_uuid": polled.job_uuid, "data": data})


def _entry(item: Item, snapshot: Snapshot) -> dict[str, Any]:
    timestamp = item.queued_at // SECOND
    record_data: dict[str, Any] = {"id": item.record_id}
    if item.is_deleted:
        record_data["deleted"] = True
    for name, value in item.values.items():
        record_data[name] = _value(value, snapshot.kinds[name])
    return {
        "timestamp": timestamp,
        "identity": item.record_id,
        "recordData": record_data,
        "key": {
            "timestamp": timestamp,
            "table": snapshot.table,
            "idColumns": ["id"],
            "id": [item.record_id],
        },
    }


def _value(value: Any, kind: str) -> Any:
    """Numbers are JSON numbers, times have whole seconds; everything else is as our own API writes it."""
    if isinstance(value, list):
        return [_value(item, kind) for item in value]
    if kind == "number" and isinstance(value, str):
        return Raw(_digits(value).encode())
    if kind == "time":
        return value[:19] + "Z"
    return value


def _digits(text: str) -> str:
    return text.rstrip("0").rstrip(".") if "." in text else text
