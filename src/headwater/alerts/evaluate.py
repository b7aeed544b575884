"""Evaluation: what committed changes do to queues, in the transaction of the change itself (Q19)."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from itertools import groupby
from typing import Any

from headwater.alerts import queue_store
from headwater.alerts.model import Entry, is_fired
from headwater.alerts.related import RelatedRecords, filter_values, rows_of
from headwater.alerts.watches import Watch, Watches
from headwater.changes.model import Change
from headwater.db.database import Tx
from headwater.kernel.events import Events
from headwater.records.service import Records


@dataclass(slots=True)
class Outcome:
    """What the changes of one batch mean for one alert, by record id, in order."""

    queued: dict[int, Change] = field(default_factory=dict)
    removed: dict[int, None] = field(default_factory=dict)
    matching: dict[int, bool] = field(default_factory=dict)


class Evaluator:
    """The subscriber of record changes: compares them with the module's alerts and fills the queues."""

    def __init__(self, watches: Watches, records: Records, events: Events) -> None:
        """`events` tells the live feed which alerts have news."""
        self._watches = watches
        self._records = records
        self._events = events

    def is_interested(self, tx: Tx, module_id: int) -> bool:
        """Whether a module has an alert, enabled or not: a disabled one still hears of deletes."""
        return module_id in self._watches.of_modules(tx)

    def __call__(self, tx: Tx, changes: Sequence[Change]) -> None:
        """Queue what the changes fire. Written as one batch for each alert."""
        watches = self._watches.of_modules(tx)
        if not watches:
            return
        for module_id, group in groupby(changes, key=lambda change: change.module_id):
            found = watches.get(module_id, ())
            batch = list(group) if found else []
            for watch in found:
                self._apply(tx, watch, self._outcome(tx, watch, batch))

    def _outcome(self, tx: Tx, watch: Watch, changes: Sequence[Change]) -> Outcome:
        outcome, alert = Outcome(), watch.alert
        if not alert.enabled:
            outcome.removed.update((change.record_id, None) for change in changes if change.op == "delete")
            return outcome
        values = self._values(tx, watch, changes)
        related = RelatedRecords(tx, self._records, watch.scope)
        for name in watch.references:
            related.load(name, values)
        is_tracked = watch.is_tracked
        for change, each in zip(changes, values, strict=True):
            if change.op == "delete":
                _deleted(watch, change, outcome, passed=alert.include_deletes and watch.passes(each, related))
                continue
            fires = is_fired(alert, change)
            passes = (fires or is_tracked) and watch.passes(each, related)
            if fires and passes:
                outcome.queued[change.record_id] = change
            if is_tracked:
                outcome.matching[change.record_id] = passes
        return outcome

    def _values(self, tx: Tx, watch: Watch, changes: Sequence[Change]) -> list[Mapping[str, Any]]:
        if not watch.needs_row:
            return [change.after for change in changes]
        rows = rows_of(tx, self._records, watch.module, {change.record_id for change in changes})
        return [
            {**filter_values(rows[change.record_id]), **change.after}
            if change.record_id in rows
            else {"id": change.record_id, **change.after}
            for change in changes
        ]

    def _apply(self, tx: Tx, watch: Watch, outcome: Outcome) -> None:
        alert_id = watch.alert.id
        if outcome.matching:
            passing = [record_id for record_id, passes in outcome.matching.items() if passes]
            failing = [record_id for record_id, passes in outcome.matching.items() if not passes]
            queue_store.note_matching(tx, alert_id, passing)
            queue_store.forget_matching(tx, alert_id, failing)
        changed = bool(outcome.removed) and queue_store.remove(tx, alert_id, list(outcome.removed)) > 0
        fresh = outcome.queued
        if fresh and watch.alert.is_one_time:
            burnt = queue_store.burn(tx, alert_id, list(fresh))
            fresh = {record_id: change for record_id, change in fresh.items() if record_id in burnt}
        if fresh:
            put_changes(tx, alert_id, fresh)
        if fresh or changed:
            signal_alert(tx, self._events, alert_id)


def put_changes(tx: Tx, alert_id: int, changes: Mapping[int, Change]) -> None:
    """Have the records of these changes wait, in their order."""
    positions = tx.next_ids(len(changes))
    queue_store.put(
        tx,
        alert_id,
        [
            Entry(record_id, position, change.at, change.op)
            for position, (record_id, change) in zip(positions, changes.items(), strict=True)
        ],
    )


def signal_alert(tx: Tx, events: Events, alert_id: int) -> None:
    """Tell the live feed, once this is committed, that an alert has other totals or settings."""
    tx.after_commit(lambda: events.signal({"type": "alert.changed", "id": alert_id}))


def _deleted(watch: Watch, change: Change, outcome: Outcome, *, passed: bool) -> None:
    record_id = change.record_id
    if passed:
        outcome.queued[record_id] = change
    elif not watch.alert.include_deletes:
        outcome.queued.pop(record_id, None)
        outcome.removed[record_id] = None
    if watch.is_tracked:
        outcome.matching[record_id] = False
