"""A job's records in Fluxx's form (wire/fluxx.md section 7): one snapshot always gives the same bytes."""

from collections.abc import Callable, Mapping
from typing import Any

from msgspec import Raw

from headwater.alerts.queue import Polled
from headwater.alerts.snapshot import Item
from headwater.kernel import json
from headwater.kernel.clock import SECOND

Form = Callable[[Any], Any]
EMPTY = b'{"job_uuid":null,"data":[]}'


def batch_body(polled: Polled) -> bytes:
    """The answer to `queue`: the job and its records, or `EMPTY`."""
    if polled.job_uuid is None or polled.snapshot is None:
        return EMPTY
    forms = {name: _FORMS.get(kind) for name, kind in polled.snapshot.kinds.items()}
    data = [_entry(item, polled.snapshot.table, forms) for item in polled.snapshot.items]
    return json.encode({"job_uuid": polled.job_uuid, "data": data})


def _entry(item: Item, table: str, forms: Mapping[str, Form | None]) -> dict[str, Any]:
    record_id, timestamp = item.record_id, item.queued_at // SECOND
    record_data: dict[str, Any] = {"id": record_id}
    if item.is_deleted:
        record_data["deleted"] = True
    for name, value in item.values.items():
        form = forms[name]
        record_data[name] = value if form is None else form(value)
    return {
        "timestamp": timestamp,
        "identity": record_id,
        "recordData": record_data,
        "key": {"timestamp": timestamp, "table": table, "idColumns": ["id"], "id": [record_id]},
    }


def _number(value: Any) -> Any:
    """A JSON number without the zeros of its scale."""
    if not isinstance(value, str):
        return value
    return Raw((value.rstrip("0").rstrip(".") if "." in value else value).encode())


def _time(value: str) -> str:
    """Whole seconds."""
    return value[:19] + "Z"


# Of the kinds that Fluxx writes in another form than our own API.
_FORMS: dict[str, Form] = {"number": _number, "time": _time}
