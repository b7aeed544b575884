"""Alerts as people set them up: create, edit, delete, preview, backfill (wire/fluxx.md section 6)."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from headwater.access.actor import Actor
from headwater.access.permissions import may, modules_of, require
from headwater.alerts import queue_store, store
from headwater.alerts.draft import Draft
from headwater.alerts.errors import invalid_alert, unknown_alert
from headwater.alerts.evaluate import signal_alert
from headwater.alerts.model import Alert, Totals
from headwater.alerts.sweep import BATCH, Sweeper
from headwater.alerts.watches import Watch, Watches, names_of
from headwater.db.database import Tx
from headwater.kernel.clock import Clock
from headwater.kernel.errors import Fault, NotFoundError, PreconditionError
from headwater.kernel.events import Events
from headwater.kernel.ids import new_uuid
from headwater.kernel.settings import Settings
from headwater.records.catalogue import Catalogue
from headwater.records.model import Module
from headwater.records.scope import scope_of
from headwater.records.visibility import visible_module

# What a first scan or a backfill does in its own transaction; the routes and the sweep do the rest.
FIRST_SCAN = 10 * BATCH
_SETTINGS = ("name", "trigger", "state_field", "states", "field", "filter", "extra_fields")


@dataclass(frozen=True, slots=True)
class AlertState:
    """An alert with its module and its figures. `problem` says why it can match nothing."""

    alert: Alert
    module: Module
    totals: Totals
    problem: str | None


class Alerts:
    """The service of alerts; their queues are the service `Queues`."""

    def __init__(
        self,
        clock: Clock,
        settings: Settings,
        catalogue: Catalogue,
        watches: Watches,
        sweeper: Sweeper,
        events: Events,
    ) -> None:
        """Wire it to what it uses."""
        self._clock = clock
        self._settings = settings
        self._catalogue = catalogue
        self._watches = watches
        self._sweeper = sweeper
        self._events = events

    def create(self, tx: Tx, actor: Actor, values: Mapping[str, Any]) -> AlertState:
        """A new alert from its settings by name; `module` is a handle or id. It starts now (Q15).

        InvalidError `invalid_alert` tells everything that is wrong. A one-time alert looks at the records
        that exist, unless `include_existing` is false: at about 10,000 matches here, the rest in the sweep.
        """
        module = self._module(tx, actor, values.get("module", ""))
        now = self._clock.now()
        read = self._read(tx, actor, module, values)
        alert = Alert(
            id=tx.next_id(),
            module_id=module.id,
            queue_uuid=new_uuid(),
            enabled=values.get("enabled", True),
            include_deletes=values.get("include_deletes", False),
            include_existing=values.get("include_existing", True),
            owner_id=actor.id,
            created_at=now,
            updated_at=now,
            **read,
        )
        alert = self._with_field_ids(tx, alert, module)
        store.insert(tx, alert)
        return self._saved(tx, alert, is_new_rule=True)

    def get(self, tx: Tx, actor: Actor, alert_id: int) -> AlertState:
        """The alert; NotFoundError `alert_unknown` also for one whose module the actor may not see."""
        return self._state(tx, self._visible(tx, actor, store.find(tx, alert_id), alert_id))

    def list(
        self, tx: Tx, actor: Actor, after_id: int, limit: int, module: str | None = None
    ) -> Sequence[AlertState]:
        """The alerts that the actor may see behind an id, by id; of one module when it is named."""
        if modules_of(actor, "alerts") == frozenset():
            require(actor, "alerts")
        wanted = None if module is None else self._module(tx, actor, module).id
        found = []
        for alert in store.every(tx):
            watch = self._watches.of(tx, alert)
            if alert.id > after_id and watch is not None and wanted in (None, alert.module_id):
                found += [watch] if may(actor, "alerts", watch.module.handle) else []
        found = found[:limit]
        totals = queue_store.totals(tx, [watch.alert.id for watch in found])
        return [_state_of(watch, totals) for watch in found]

    def update(
        self,
        tx: Tx,
        actor: Actor,
        alert_id: int,
        values: Mapping[str, Any],
        *,
        if_revision: int | None = None,
    ) -> AlertState:
        """The alert with these settings replaced; its queue, and what waits and is held there, stays (Q17).

        `filter` or `basic_filter` replaces the whole filter. PreconditionError `revision_mismatch`.
        """
        watch = self._visible(tx, actor, store.find_to_change(tx, alert_id), alert_id)
        current = watch.alert
        if if_revision is not None and if_revision != current.revision:
            raise _mismatch(current)
        merged = {name: getattr(current, name) for name in _SETTINGS}
        if "basic_filter" in values:
            merged["filter"] = None
        merged.update(values)
        read = self._read(tx, actor, watch.module, merged)
        flags = ("enabled", "include_deletes", "include_existing")
        read.update({name: values[name] for name in flags if name in values})
        alert = replace(current, **read, revision=current.revision + 1, updated_at=self._clock.now())
        alert = self._with_field_ids(tx, alert, watch.module)
        store.update(tx, alert)
        rule = (*_SETTINGS[1:-1], *flags)
        is_new_rule = any(getattr(alert, name) != getattr(current, name) for name in rule)
        return self._saved(tx, alert, is_new_rule=is_new_rule)

    def delete(self, tx: Tx, actor: Actor, alert_id: int, *, if_revision: int | None = None) -> None:
        """Delete an alert with what waits and is held in its queue; its UUID is unknown for ever (Q18)."""
        watch = self._visible(tx, actor, store.find_to_change(tx, alert_id), alert_id)
        if if_revision is not None and if_revision != watch.alert.revision:
            raise _mismatch(watch.alert)
        store.delete(tx, alert_id)
        tx.bump_catalogue()
        signal_alert(tx, self._events, alert_id)

    def preview(self, tx: Tx, actor: Actor, values: Mapping[str, Any]) -> int:
        """How many records would match these settings now; a name is not needed. May take long."""
        module = self._module(tx, actor, values.get("module", ""))
        read = self._read(tx, actor, module, {"trigger": "filter", **values, "name": "preview"})
        watch = self._watches.of(tx, Alert(id=0, module_id=module.id, queue_uuid="", **read))
        return 0 if watch is None else self._sweeper.count(tx, watch)

    def backfill(self, tx: Tx, actor: Actor, alert_id: int, after_record: int = 0) -> tuple[int, int | None]:
        """Queue a batch of the records behind `after_record` that match now: how many, and where to go on.

        For the trigger `state` these are the records in one of its states, for `field` those with a value in
        it, always with the filter. Where to go on is None at the end.
        """
        watch = self._visible(tx, actor, store.find(tx, alert_id), alert_id)
        found = self._sweeper.standing_batch(tx, watch, after_record)
        queued = self._sweeper.put(tx, watch, found, "backfill")
        return queued, found[-1] if len(found) == BATCH else None

    def _read(self, tx: Tx, actor: Actor, module: Module, values: Mapping[str, Any]) -> dict[str, Any]:
        draft = Draft(actor, values, scope_of(module, self._catalogue.snapshot(tx)))
        read = draft.read(self._settings.alert_extra_fields)
        if draft.faults:
            raise invalid_alert(draft.faults)
        return read

    def _with_field_ids(self, tx: Tx, alert: Alert, module: Module) -> Alert:
        watch = self._watches.of(tx, replace(alert, field_ids={}))
        fields = {} if watch is None else {name: module.field(name) for name in names_of(alert, watch.filter)}
        return replace(alert, field_ids={name: field.id for name, field in fields.items() if field})

    def _saved(self, tx: Tx, alert: Alert, *, is_new_rule: bool) -> AlertState:
        tx.bump_catalogue()
        signal_alert(tx, self._events, alert.id)
        watch = self._watches.of(tx, alert)
        if watch is None:
            raise unknown_alert(alert.id)
        if is_new_rule:
            self._sweeper.set_baseline(tx, watch)
            if watch.is_swept:
                self._sweeper.sweep_in(tx, alert.id, FIRST_SCAN)
        return self._state(tx, watch)

    def _module(self, tx: Tx, actor: Actor, ref: str | int) -> Module:
        try:
            module = visible_module(tx, actor, self._catalogue, ref, "records:read")
        except NotFoundError as error:
            raise invalid_alert([Fault("module", "unknown_value", error.detail)]) from error
        require(actor, "alerts", module.handle)
        return module

    def _visible(self, tx: Tx, actor: Actor, alert: Alert | None, alert_id: int) -> Watch:
        if modules_of(actor, "alerts") == frozenset():
            require(actor, "alerts")
        watch = self._watches.of(tx, alert) if alert else None
        if watch is None or not may(actor, "alerts", watch.module.handle):
            raise unknown_alert(alert_id)
        return watch

    def _state(self, tx: Tx, watch: Watch) -> AlertState:
        return _state_of(watch, queue_store.totals(tx, [watch.alert.id]))


def _state_of(watch: Watch, totals: Mapping[int, Totals]) -> AlertState:
    return AlertState(watch.alert, watch.module, totals.get(watch.alert.id, Totals()), watch.problem)


def _mismatch(alert: Alert) -> PreconditionError:
    return PreconditionError(
        "revision_mismatch",
        f"Alert {alert.id} is at revision {alert.revision}.",
        hint="Look at the alert again, merge, and send its revision in If-Match.",
        headers={"etag": f'"{alert.revision}"'},
    )
