"""State: where a record stands, with the moves that are allowed."""

from collections.abc import Mapping
from typing import Any, ClassVar

from headwater.records.errors import BadValueError
from headwater.records.fields.choices import read_choices, values_of
from headwater.records.fields.kind import Convert, Kind
from headwater.records.fields.select import choice_reader
from headwater.records.model import Field


class State(Kind):
    """One of a list of states; a record starts in `initial`."""

    name = "State"
    filter_kind = "choice"
    is_text = True
    option_names: ClassVar[frozenset[str]] = frozenset({"states", "initial", "transitions"})

    def read_options(self, document: Mapping[str, Any]) -> dict[str, Any]:
        """`states`, `initial` (default the first) and `transitions` (absent: every move is allowed)."""
        states = read_choices(document.get("states") or [], "states")
        if not states:
            raise BadValueError("required", "wants at least one of its states", option="states")
        values = values_of(states)
        initial = document.get("initial") or values[0]
        if initial not in values:
            raise BadValueError("unknown_state", f"has no state '{initial}' to begin with", option="initial")
        options = {"states": states, "initial": initial}
        if document.get("transitions") is not None:
            options["transitions"] = _read_transitions(document["transitions"], values)
        return options

    def initial(self, field: Field) -> Any:
        """The default, or the first state."""
        return field.default or field.options["initial"]

    def reader(self, field: Field) -> Convert:
        """A text that is one of the states."""
        return choice_reader(values_of(field.options["states"]), "unknown_state")

    def schema(self, field: Field) -> dict[str, Any]:
        """A string out of the states."""
        return {"type": "string", "enum": values_of(field.options["states"])}


def may_move(field: Field, before: str | None, after: str | None) -> bool:
    """Whether a record may go from one state to the other. A record without a state may enter any."""
    transitions = field.options.get("transitions")
    if transitions is None or before is None or before == after:
        return True
    return any(each["from"] == before and each["to"] == after for each in transitions)


def _read_transitions(raw: Any, values: list[str]) -> list[dict[str, str]]:
    if not isinstance(raw, list):
        raise BadValueError(
            "wrong_type", "wants a list of objects of from and to as transitions", option="transitions"
        )
    for each in raw:
        if not isinstance(each, Mapping) or set(each) != {"from", "to"}:
            raise BadValueError(
                "wrong_type", "wants objects of from and to as transitions", option="transitions"
            )
        for end in each.values():
            if end not in values:
                raise BadValueError(
                    "unknown_state", f"has a transition with the unknown state '{end}'", option="transitions"
                )
    return [{"from": each["from"], "to": each["to"]} for each in raw]
