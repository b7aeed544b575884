"""What a connector can do, as data: its connection, its operations and their parameters."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Literal

from headwater.kernel.errors import Fault

Kind = Literal["text", "number", "bool", "list", "object", "name_or_id", "any"]
Role = Literal["source", "sink", "lookup"]

_ACCEPTED: Mapping[Kind, tuple[type, ...]] = {
    "text": (str,),
    "number": (int, float),
    "bool": (bool,),
    "list": (list, tuple),
    "object": (dict,),
    "name_or_id": (str, int),
    "any": (object,),
}


@dataclass(frozen=True)
class Parameter:
    """One value that a connection or an operation takes."""

    name: str
    kind: Kind
    title: str
    required: bool = False
    choices: tuple[str, ...] = ()
    is_secret: bool = False


@dataclass(frozen=True)
class Operation:
    """One thing a connector does: reading as a source, writing as a sink, answering as a lookup."""

    role: Role
    title: str
    parameters: tuple[Parameter, ...]


@dataclass(frozen=True)
class Spec:
    """A kind of system. `connection` is empty when the connector needs none."""

    kind: str
    title: str
    connection: tuple[Parameter, ...]
    operations: tuple[Operation, ...]

    def operation(self, role: Role) -> Operation | None:
        """What it does in this role, or None when it cannot."""
        return next((each for each in self.operations if each.role == role), None)


def check(parameters: tuple[Parameter, ...], values: Mapping[str, Any], place: str) -> list[Fault]:
    """Every fault of these values: missing, of the wrong kind, not a choice. None counts as missing."""
    faults = (
        _fault(parameter, values.get(parameter.name), f"{place}.{parameter.name}") for parameter in parameters
    )
    return [fault for fault in faults if fault is not None]


def _fault(parameter: Parameter, value: Any, place: str) -> Fault | None:
    if value is None or value == "":
        return Fault(place, "missing_required_field", f"{place} is required.") if parameter.required else None
    is_flag = isinstance(value, bool) and parameter.kind in ("number", "name_or_id")
    if is_flag or not isinstance(value, _ACCEPTED[parameter.kind]):
        return Fault(place, "invalid_field", f"{place} wants {parameter.kind}; got {type(value).__name__}.")
    if parameter.choices and value not in parameter.choices:
        return Fault(
            place, "invalid_field", f"{place} is one of {', '.join(parameter.choices)}; got '{value}'."
        )
    return None


def check_role(
    spec: Spec, role: Role, parameters: Mapping[str, Any], connection: Mapping[str, Any]
) -> list[Fault]:
    """Every fault of a connection and the parameters of one operation against the spec."""
    operation = spec.operation(role)
    if operation is None:
        return [Fault("", "invalid_field", f"The connector '{spec.kind}' cannot be a {role}.")]
    return [
        *check(spec.connection, connection, "connection"),
        *check(operation.parameters, parameters, spec.kind),
    ]
