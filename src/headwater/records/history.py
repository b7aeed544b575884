"""The history of a record: each change with the values before and after it, newest first."""

from collections.abc import Callable, Iterable, Mapping
from contextlib import closing
from typing import Any

from headwater.changes import store as changes
from headwater.changes.store import LoggedChange
from headwater.db.database import Tx
from headwater.kernel.clock import rfc3339
from headwater.records.codec import Codec
from headwater.records.model import Record
from headwater.web.paging import Page, cursor_id, encode_cursor

# Names of people by their ids; those that are not known are left out.
ActorNames = Callable[[Tx, Iterable[int]], Mapping[int, str]]


def history(
    tx: Tx, codec: Codec, record: Record, limit: int, cursor: str | None, names: ActorNames
) -> Page[dict[str, Any]]:
    """A page of changes as native.md section 3 writes them. Fields that are gone are not in them.

    The log keeps only what was before: what came after is the next change's before, or the record.
    """
    below = None if cursor is None else cursor_id(cursor)
    state = _state(codec, record)
    fields = {str(each.id): each.name for each in codec.module.fields}
    found: list[tuple[LoggedChange, dict[str, Any]]] = []
    with closing(changes.of_record(tx, record.id)) as log:
        for change in log:
            before = state if change.before is None and change.op == "create" else change.before or {}
            if below is None or change.revision < below:
                if len(found) == limit:
                    break
                found.append((change, _differences(change, before, state, fields)))
            state = {**state, **(change.before or {})}
        else:
            return _page(tx, found, names, None)
    return _page(tx, found, names, encode_cursor([found[-1][0].revision]))


def _state(codec: Codec, record: Record) -> dict[str, Any]:
    values = codec.values_json(record.values)
    state = {str(each.id): values.get(each.name) for each in codec.module.fields}
    return {**state, "extra": record.extra} if record.extra else state


def _differences(
    change: LoggedChange, before: Mapping[str, Any], state: Mapping[str, Any], fields: Mapping[str, str]
) -> dict[str, Any]:
    is_create = change.op == "create"
    found = {}
    for key in before:
        name = fields.get(key, "extra" if key == "extra" else None)
        after = state.get(key)
        if name is None or (is_create and after is None):
            continue
        found[name] = {"before": None if is_create else before[key], "after": after}
    return found


def _page(
    tx: Tx, found: list[tuple[LoggedChange, dict[str, Any]]], names: ActorNames, cursor: str | None
) -> Page[dict[str, Any]]:
    people = names(tx, {change.actor_id for change, _ in found if change.actor_id})
    return Page([_entry(change, differences, people) for change, differences in found], cursor)


def _entry(change: LoggedChange, differences: dict[str, Any], people: Mapping[int, str]) -> dict[str, Any]:
    name = "Headwater" if change.actor_kind == "system" else people.get(change.actor_id, "")
    return {
        "revision": change.revision,
        "op": change.op,
        "at": rfc3339(change.at),
        "actor": {"kind": change.actor_kind, "id": change.actor_id, "name": name},
        "changes": differences,
    }
