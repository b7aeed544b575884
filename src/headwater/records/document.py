"""The JSON form of a record (native.md section 3)."""

from collections.abc import Callable
from typing import Any

from headwater.kernel.clock import rfc3339

# id, revision, created_at, updated_at, created_by, updated_by, owner, deleted_at; times in microseconds.
System = tuple[Any, ...]


def record_document(
    system: System, values: dict[str, Any], extra: Any, show_time: Callable[[int], Any] = rfc3339
) -> dict[str, Any]:
    """The document; `deleted_at` and `extra` are in it only where there is something to say."""
    record_id, revision, created_at, updated_at, created_by, updated_by, owner, deleted_at = system
    created = show_time(created_at)
    document = {
        "id": record_id,
        "revision": revision,
        "values": values,
        "created_at": created,
        "updated_at": created if updated_at == created_at else show_time(updated_at),
        "created_by": created_by,
        "updated_by": updated_by,
        "owner": owner,
    }
    if deleted_at is not None:
        document["deleted_at"] = show_time(deleted_at)
    if extra is not None:
        document["extra"] = extra
    return document
