"""Drafts: what somebody writes of an alert, checked whole, with every fault at once."""

from collections.abc import Mapping
from typing import Any

from headwater.access.actor import Actor
from headwater.access.permissions import may
from headwater.alerts import filters
from headwater.alerts.model import TRIGGERS
from headwater.expr.scope import resolve
from headwater.kernel.errors import Fault, InvalidError
from headwater.records.model import Field
from headwater.records.scope import ModuleScope
from headwater.records.visibility import refuse_hidden

MAX_NAME = 200


class Draft:
    """The settings of an alert by name (`name`, `trigger`, `filter`, ...), and what is wrong with them.

    `basic_filter` and `filter` are two ways to write one filter: both must hold.
    """

    def __init__(self, actor: Actor, values: Mapping[str, Any], scope: ModuleScope) -> None:
        """`actor` will own the alert; `scope` is that of the module to watch."""
        self._actor = actor
        self._given = values
        self._scope = scope
        self.faults: list[Fault] = []

    def read(self, max_extra_fields: int) -> dict[str, Any]:
        """The attributes of the Alert. What the owner may not read is a fault as well."""
        trigger = self._given.get("trigger")
        if trigger not in TRIGGERS:
            self._fault("trigger", "unknown_value", f"A trigger is one of {', '.join(TRIGGERS)}.")
        state_field = self._state_field() if trigger == "state" else None
        return {
            "name": self._name(),
            "trigger": trigger,
            "state_field": state_field.name if state_field else None,
            "states": self._states(state_field) if state_field else (),
            "field": self._watched_field() if trigger == "field" else None,
            "filter": self.filter(),
            "extra_fields": self._extra_fields(max_extra_fields),
        }

    def filter(self) -> Any:
        """The one stored form of the filter."""
        basic, advanced = self._given.get("basic_filter"), self._given.get("filter")
        for index, condition in enumerate(basic if isinstance(basic, list) else ()):
            self._check_filter(condition, f"basic_filter.{index}")
        self._check_filter(advanced, "filter")
        try:
            return filters.joined(basic, advanced)
        except InvalidError as error:
            self.faults += error.faults
            return None

    def _check_filter(self, document: Any, place: str) -> None:
        try:
            refuse_hidden(self._actor, filters.parse(document, self._scope, place), self._scope)
        except InvalidError as error:
            self.faults += error.faults

    def _name(self) -> str:
        name = str(self._given.get("name") or "").strip()
        if not 0 < len(name) <= MAX_NAME or "\0" in name:
            self._fault("name", "wrong_length", f"A name has 1 to {MAX_NAME} characters.")
        return name

    def _state_field(self) -> Field | None:
        fields = {field.name: field for field in self._scope.module.fields if field.kind == "State"}
        name = self._given.get("state_field")
        if name is None and len(fields) == 1:
            return next(iter(fields.values()))
        if name in fields:
            return fields[name]
        choices = f"its State fields are: {', '.join(fields) or 'none'}"
        if name is None:
            self._fault("state_field", "required", f"Name the State field of the module; {choices}.")
        else:
            self._fault(
                "state_field", "unknown_field", f"'{name}' is no State field of the module; {choices}."
            )
        return None

    def _states(self, field: Field) -> tuple[str, ...]:
        known = [state["value"] for state in field.options.get("states", ())]
        states = self._given.get("states") or ()
        if not states:
            self._fault("states", "required", f"Name at least one state of: {', '.join(known)}.")
        for index, state in enumerate(states):
            if state not in known:
                detail = f"'{state}' is no state of '{field.name}'; there are: {', '.join(known)}."
                self._fault(f"states.{index}", "unknown_value", detail)
        return tuple(dict.fromkeys(states))

    def _watched_field(self) -> str | None:
        name = self._given.get("field")
        if name is not None and self._scope.module.field(name) is not None:
            return str(name)
        known = ", ".join(field.name for field in self._scope.module.fields)
        code = "required" if name is None else "unknown_field"
        self._fault("field", code, f"Name the field to watch, one of: {known}.")
        return None

    def _extra_fields(self, limit: int) -> tuple[str, ...]:
        names = tuple(dict.fromkeys(self._given.get("extra_fields") or ()))
        if len(names) > limit:
            detail = f"An alert has at most {limit} extra fields, because each one costs every poll."
            self._fault("extra_fields", "too_many", detail)
        for index, name in enumerate(names):
            self._check_extra_field(name, f"extra_fields.{index}")
        return names

    def _check_extra_field(self, name: str, place: str) -> None:
        path = tuple(name.split("."))
        if resolve(self._scope, path) is None:
            known = ", ".join(self._scope.names())
            detail = (
                f"There is no field '{name}'; there are: {known}, and 'reference.field' behind a reference."
            )
            self._fault(place, "unknown_field", detail)
            return
        target = self._scope.related(path[0]) if len(path) == 2 else None
        if target is not None and not may(self._actor, "records:read", target.module.handle):
            detail = f"The owner of the alert may not read module '{target.module.handle}'."
            self._fault(place, "not_readable", detail)

    def _fault(self, field: str, code: str, detail: str) -> None:
        self.faults.append(Fault(field, code, detail))
