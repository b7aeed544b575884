"""The Alert, its triggers, and what waits in its queue: data and pure rules (wire/fluxx.md 6 and 8)."""

from collections.abc import Mapping
from dataclasses import dataclass
from dataclasses import field as attribute
from typing import Any, Literal, NamedTuple, get_args

from headwater.changes.model import Change

Trigger = Literal["filter", "state", "one_time_filter", "field"]
TRIGGERS: tuple[Trigger, ...] = get_args(Trigger)
MAX_BATCH = 1000
REMEMBERED_DAYS = 30


@dataclass(frozen=True, slots=True)
class Alert:
    """A saved watch on a module. `filter` is the document as it was written; times are microseconds.

    `field_ids` are the ids that the names of the alert had when it was saved, so that it follows renames.
    `owner_id` is the person whose rights were asked for the extra fields.
    """

    id: int
    name: str
    module_id: int
    trigger: Trigger
    queue_uuid: str
    state_field: str | None = None
    states: tuple[str, ...] = ()
    field: str | None = None
    filter: Any = None
    extra_fields: tuple[str, ...] = ()
    field_ids: Mapping[str, int] = attribute(default_factory=dict)
    enabled: bool = True
    include_deletes: bool = False
    include_existing: bool = False
    owner_id: int = 0
    revision: int = 1
    created_at: int = 0
    updated_at: int = 0
    last_queued_at: int | None = None
    last_finished_at: int | None = None

    @property
    def is_one_time(self) -> bool:
        """Whether it queues each record once for ever."""
        return self.trigger == "one_time_filter"


class Entry(NamedTuple):
    """A record that waits in a queue. `position` is drawn when it is first queued and stays."""

    record_id: int
    position: int
    queued_at: int
    operation: str


@dataclass(frozen=True, slots=True)
class Totals:
    """What an alert shows beside its settings: records waiting and records in the open job."""

    queued: int = 0
    processing: int = 0
    last_queued_at: int | None = None


def is_fired(alert: Alert, change: Change) -> bool:
    """Whether the trigger, without the filter, fires for a change that is no delete.

    A record that is restored is new to the queue's consumer, as a created one is.
    """
    is_new = change.op != "update"
    if alert.trigger == "state":
        name = alert.state_field or ""
        return change.after.get(name) in alert.states and (is_new or name in change.before)
    if alert.trigger == "field":
        name = alert.field or ""
        return name in change.before or (is_new and change.after.get(name) not in (None, "", []))
    return True
