"""Alerts made ready to evaluate: names followed through renames, filters parsed and compiled."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import NamedTuple

from headwater.alerts import filters, store
from headwater.alerts.model import Alert
from headwater.db.database import Tx
from headwater.expr import predicate
from headwater.expr.calendar import WINDOWS, Calendar
from headwater.expr.filter import EVERYTHING, Condition, Filter, Or, both, conditions, references
from headwater.expr.predicate import Predicate
from headwater.kernel.errors import InvalidError
from headwater.records.catalogue import Catalogue, Snapshot
from headwater.records.model import Module
from headwater.records.scope import ModuleScope, scope_of

_NOTHING: Filter = Or(())
_VERSIONS_KEPT = 4


@dataclass(frozen=True)
class Watch:
    """One alert in its module as it is now.

    `problem` says why the alert can match nothing, such as a field of its filter that was deleted. `standing`
    is what a record must pass, event or not: the filter, in one of the states, with a value in the watched
    field. `references` are looked through by the filter; `needs_row`: it asks for values that a change lacks.
    """

    alert: Alert
    module: Module
    scope: ModuleScope
    filter: Filter
    standing: Filter
    passes: Predicate
    references: tuple[str, ...]
    needs_row: bool
    is_relative: bool
    problem: str | None = None

    @property
    def is_tracked(self) -> bool:
        """Whether it must be known which records passed at the last evaluation."""
        if self.alert.is_one_time:
            return not self.alert.include_existing
        return self.is_relative and self.alert.trigger == "filter"

    @property
    def is_swept(self) -> bool:
        """Whether records can come to match without a write of their own."""
        return self.alert.enabled and self.problem is None and (self.is_tracked or self.alert.is_one_time)


class Watches:
    """Keeps the watches of every alert for some catalogue versions."""

    def __init__(self, catalogue: Catalogue, calendar: Calendar) -> None:
        """`calendar` is that of the relative operators."""
        self._catalogue = catalogue
        self.calendar = calendar
        self._kept: dict[int, _Loaded] = {}

    def of_modules(self, tx: Tx) -> dict[int, tuple[Watch, ...]]:
        """The watches by module id; modules without an alert are left out."""
        return self._loaded(tx).by_module

    def of(self, tx: Tx, alert: Alert) -> Watch | None:
        """The watch of one alert, stored or not; None when its module is gone."""
        kept = self._loaded(tx).by_id.get(alert.id)
        if kept is None or kept.alert.revision != alert.revision:
            return self._make(tx, alert)
        return replace(kept, alert=following_renames(alert, kept.module))

    def _loaded(self, tx: Tx) -> "_Loaded":
        version = tx.catalogue_version()
        kept = self._kept.get(version)
        if kept is None:
            kept = self._load(tx)
            if len(self._kept) >= _VERSIONS_KEPT:
                self._kept = dict(list(self._kept.items())[-1:])
            self._kept[version] = kept
        return kept

    def _load(self, tx: Tx) -> "_Loaded":
        loaded = _Loaded({}, {})
        for alert in store.every(tx):
            made = self._make(tx, alert)
            if made is not None:
                loaded.by_id[alert.id] = made
                others = loaded.by_module.get(alert.module_id, ())
                loaded.by_module[alert.module_id] = (*others, made)
        return loaded

    def _make(self, tx: Tx, alert: Alert) -> Watch | None:
        snapshot = self._catalogue.snapshot(tx)
        module = snapshot.by_ref.get(alert.module_id)
        return None if module is None else watch(alert, module, snapshot, self.calendar)


class _Loaded(NamedTuple):
    by_id: dict[int, Watch]
    by_module: dict[int, tuple[Watch, ...]]


def watch(alert: Alert, module: Module, modules: Snapshot, calendar: Calendar) -> Watch:
    """The watch of an alert. A filter that cannot be read any more is a `problem` and matches nothing."""
    alert, scope = following_renames(alert, module), scope_of(module, modules)
    problem = missing_field(alert, module)
    try:
        parsed = filters.parse(alert.filter, scope)
    except InvalidError as error:
        problem, parsed = error.detail, _NOTHING
    if problem:
        parsed = _NOTHING
    own = [condition.field[0] for condition in conditions(parsed)]
    every = conditions(parsed, through_references=True)
    return Watch(
        alert=alert,
        module=module,
        scope=scope,
        filter=parsed,
        standing=both(_required(alert), parsed),
        passes=predicate.compile(parsed, scope, calendar),
        references=tuple(dict.fromkeys(references(parsed))),
        needs_row=any(module.field(name) is None for name in own),
        is_relative=any(condition.operator in WINDOWS for condition in every),
        problem=problem,
    )


def following_renames(alert: Alert, module: Module) -> Alert:
    """The alert with the names that its fields have now."""
    living = {field.id: field.name for field in module.fields}
    names = {old: living[key] for old, key in alert.field_ids.items() if living.get(key, old) != old}
    if not names:
        return alert
    return replace(
        alert,
        filter=filters.renamed(alert.filter, names),
        state_field=_renamed(alert.state_field, names),
        field=_renamed(alert.field, names),
        extra_fields=tuple(_renamed(name, names) or name for name in alert.extra_fields),
    )


def missing_field(alert: Alert, module: Module) -> str | None:
    """What to say when the field that the trigger is about was deleted."""
    name = {"state": alert.state_field, "field": alert.field}.get(alert.trigger)
    if name is None or module.field(name) is not None:
        return None
    return f"Field '{name}' of the trigger is gone."


def _renamed(name: str | None, names: dict[str, str]) -> str | None:
    if name is None:
        return None
    head, dot, rest = name.partition(".")
    return names.get(head, head) + dot + rest


def _required(alert: Alert) -> Filter:
    if alert.trigger == "state" and alert.state_field:
        return Condition((alert.state_field,), "in", alert.states)
    if alert.trigger == "field" and alert.field:
        return Condition((alert.field,), "not_empty")
    return EVERYTHING


def names_of(alert: Alert, filter: Filter) -> Sequence[str]:
    """The names of the module's own fields that an alert speaks of."""
    names = [condition.field[0] for condition in conditions(filter)] + list(references(filter))
    names += [name.partition(".")[0] for name in alert.extra_fields]
    names += [name for name in (alert.state_field, alert.field) if name]
    return list(dict.fromkeys(names))
