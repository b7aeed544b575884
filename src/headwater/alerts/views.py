"""The JSON forms of alerts: what the API takes and gives (wire/fluxx.md 6, wire/native.md 5)."""

from typing import Annotated, Any, Literal

from msgspec import UNSET, Meta, Struct, UnsetType

from headwater.alerts.filters import basic_conditions
from headwater.alerts.model import Trigger
from headwater.alerts.service import AlertState
from headwater.alerts.snapshot import Item
from headwater.kernel.clock import rfc3339
from headwater.web.paging import ListQuery

MAX_WAIT_SECONDS = 60
MAX_DELAY_SECONDS = 30 * 86_400


class AlertSettings(Struct, forbid_unknown_fields=True, kw_only=True):
    """What can be written of an alert at any time."""

    name: str | UnsetType = UNSET
    trigger: Trigger | UnsetType = UNSET
    state_field: str | UnsetType | None = UNSET
    states: list[str] | UnsetType | None = UNSET
    field: str | UnsetType | None = UNSET
    basic_filter: list[Any] | UnsetType | None = UNSET
    filter: Any | UnsetType = UNSET
    extra_fields: list[str] | UnsetType | None = UNSET
    enabled: bool | UnsetType = UNSET
    include_deletes: bool | UnsetType = UNSET
    include_existing: bool | UnsetType = UNSET

    def given(self) -> dict[str, Any]:
        """The settings that were written, by name."""
        found = {name: getattr(self, name) for name in self.__struct_fields__}
        return {name: value for name, value in found.items() if value is not UNSET}


class NewAlert(AlertSettings, kw_only=True):
    """An alert to make."""

    name: str
    module: str | int
    trigger: Trigger


class AlertPreview(AlertSettings, kw_only=True):
    """Settings of an alert, of which only the module is needed."""

    module: str | int


class AlertsQuery(ListQuery):
    """Which alerts: all of them, or those of a module."""

    module: str | None = None


class AlertView(Struct):
    """An alert as the API shows it; times are RFC 3339."""

    id: int
    name: str
    module: str
    trigger: Trigger
    state_field: str | None
    states: list[str]
    field: str | None
    filter: Any
    basic_filter: list[Any] | None
    extra_fields: list[str]
    queue_uuid: str
    enabled: bool
    include_deletes: bool
    include_existing: bool
    queued: int
    processing: int
    revision: int
    created_at: str
    updated_at: str
    last_queued_at: str | None
    last_finished_at: str | None
    problem: str | None


class AlertPage(Struct):
    """A slice of alerts."""

    items: list[AlertView]
    next_cursor: str | None


class Count(Struct):
    """How many records match now."""

    count: int


class Queued(Struct):
    """How many records wait because of this call."""

    queued: int


class Released(Struct):
    """How many records of the open job wait again."""

    released: int


class Poll(Struct, forbid_unknown_fields=True, kw_only=True):
    """How many records at most, and how long to wait for one."""

    limit: Annotated[int, Meta(ge=1, le=1000)] = 1000
    wait_seconds: Annotated[float, Meta(ge=0, le=MAX_WAIT_SECONDS)] = 0


class QueuedRecord(Struct):
    """One record of a job; `values` are the alert's extra fields."""

    id: int
    queued_at: str
    change: Literal["create", "update", "delete", "restore", "sweep", "backfill"]
    values: dict[str, Any]
    deleted: bool = False


class PollAnswer(Struct):
    """The job that the caller holds now; null with no records when nothing waits."""

    job_uuid: str | None
    records: list[QueuedRecord]


class ReleasedRecord(Struct, forbid_unknown_fields=True, kw_only=True):
    """A record that the consumer could not handle, and when it may come again."""

    id: int
    reason: str = ""
    delay_seconds: Annotated[float, Meta(ge=0, le=MAX_DELAY_SECONDS)] = 0


class Finish(Struct, forbid_unknown_fields=True, kw_only=True):
    """The job to finish, and the records of it to give back."""

    job_uuid: str
    release: list[ReleasedRecord] = []


class FinishAnswer(Struct):
    """How many records are done with, and how many wait again."""

    cleared: int
    released: int


def alert_view(state: AlertState) -> AlertView:
    """The JSON form of an alert with its figures."""
    alert, totals = state.alert, state.totals
    latest = max(totals.last_queued_at or 0, alert.last_queued_at or 0)
    return AlertView(
        id=alert.id,
        name=alert.name,
        module=state.module.handle,
        trigger=alert.trigger,
        state_field=alert.state_field,
        states=list(alert.states),
        field=alert.field,
        filter=alert.filter,
        basic_filter=basic_conditions(alert.filter),
        extra_fields=list(alert.extra_fields),
        queue_uuid=alert.queue_uuid,
        enabled=alert.enabled,
        include_deletes=alert.include_deletes,
        include_existing=alert.include_existing,
        queued=totals.queued,
        processing=totals.processing,
        revision=alert.revision,
        created_at=rfc3339(alert.created_at),
        updated_at=rfc3339(alert.updated_at),
        last_queued_at=rfc3339(latest) if latest else None,
        last_finished_at=rfc3339(alert.last_finished_at) if alert.last_finished_at else None,
        problem=state.problem,
    )


def queued_record(item: Item) -> QueuedRecord:
    """The JSON form of a record of a job."""
    operation: Any = item.operation
    return QueuedRecord(item.record_id, rfc3339(item.queued_at), operation, item.values, item.is_deleted)
