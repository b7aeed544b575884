"""JSON Patch (RFC 6902: add, remove, replace, test) on the few places of a document that may be patched
(W10 to W12).
"""

import copy
from collections.abc import Mapping
from typing import Any

from headwater.flows.documents_model import Kind, refusal
from headwater.kernel import clock, json
from headwater.kernel.errors import Fault, InvalidError

Document = dict[str, Any]
MAX_OPERATIONS = 1_000

_FLOW = (
    *(
        "/name",
        "/description",
        "/schedule",
        "/timezone",
        "/disabled",
        "/runPageGeneratorsInParallel",
        "/aliases",
    ),
    *("/pageGenerators/*/schedule", "/pageGenerators/*/skipRetries"),
    *("/routers/*/name", "/routers/*/branches/*/name", "/routers/*/branches/*/description"),
)
PATCHABLE: Mapping[Kind, tuple[str, ...]] = {
    "flow": _FLOW,
    "export": ("/name", "/description", "/debugUntil", "/aliases"),
    "import": ("/name", "/description", "/debugUntil", "/aliases"),
    "connection": ("/name", "/description", "/offline", "/debugUntil"),
    "integration": ("/name", "/description", "/aliases"),
    "script": ("/name", "/description", "/debugUntil"),
}


def patched(kind: Kind, document: Mapping[str, Any], operations: Any, now: int) -> Document:
    """A patched copy. Unreadable operations are refused as `invalid_field`, other places as
    `update_not_allowed`.

    Nothing is changed when one operation fails.
    """
    if not isinstance(operations, list) or len(operations) > MAX_OPERATIONS:
        raise _refusal("", "invalid_field", f"A patch is an array of at most {MAX_OPERATIONS} operations.")
    result = copy.deepcopy(dict(document))
    for at, operation in enumerate(operations):
        _apply(kind, result, operation, str(at))
    _check_debugging(result.get("debugUntil"), now)
    return result


def _check_debugging(until: Any, now: int) -> None:
    """Debugging is switched on for an hour at most (W12); a time that has passed is harmless."""
    if until is None:
        return
    try:
        moment = clock.parse(until) if isinstance(until, str) else None
    except InvalidError:
        moment = None
    if moment is None or moment > now + 3600 * clock.SECOND:
        raise _refusal("debugUntil", "invalid_field", "debugUntil wants a time at most one hour ahead.")


def _apply(kind: Kind, document: Document, operation: Any, place: str) -> None:
    if not isinstance(operation, Mapping):
        raise _refusal(place, "invalid_field", "An operation is an object with op, path and value.")
    name, path = operation.get("op"), operation.get("path")
    if name not in ("add", "remove", "replace", "test"):
        raise _refusal(
            f"{place}.op",
            "invalid_field",
            f"Operation '{str(name)[:40]}' is not add, remove, replace or test.",
        )
    steps = _steps(path, f"{place}.path")
    if not any(_fits(steps, allowed) for allowed in PATCHABLE[kind]):
        detail = f"Path '{str(path)[:60]}' cannot be patched; use PUT. Allowed: {', '.join(PATCHABLE[kind])}."
        raise _refusal(f"{place}.path", "update_not_allowed", detail)
    if name != "remove" and "value" not in operation:
        raise _refusal(f"{place}.value", "missing_required_field", "value is required.")
    target = _parent(document, steps, f"{place}.path")
    _change(target, steps[-1], name, operation.get("value"), f"{place}.path")


def _steps(path: Any, place: str) -> list[str]:
    if not isinstance(path, str) or not path.startswith("/") or len(path) > 1_000:
        raise _refusal(place, "invalid_field", "A path is a JSON pointer, such as /name.")
    return [step.replace("~1", "/").replace("~0", "~") for step in path[1:].split("/")]


def _fits(steps: list[str], allowed: str) -> bool:
    pattern = allowed[1:].split("/")
    return len(steps) >= len(pattern) and all(
        part in ("*", step) for part, step in zip(pattern, steps, strict=False)
    )


def _parent(document: Any, steps: list[str], place: str) -> Any:
    target = document
    for step in steps[:-1]:
        if isinstance(target, dict) and step in target:
            target = target[step]
        elif isinstance(target, list) and step.isdecimal() and len(step) < 7 and int(step) < len(target):
            target = target[int(step)]
        else:
            raise _refusal(place, "invalid_field", f"There is nothing at '{step[:40]}'.")
    return target


def _change(target: Any, step: str, name: str, value: Any, place: str) -> None:
    if isinstance(target, list):
        _change_list(target, step, name, value, place)
    elif not isinstance(target, dict):
        raise _refusal(place, "invalid_field", f"There is nothing at '{step[:40]}'.")
    elif name == "test":
        _test(target.get(step), value, place)
    elif name == "remove":
        if step not in target:
            raise _refusal(place, "invalid_field", f"There is nothing at '{step[:40]}'.")
        del target[step]
    else:  # replace sets a key that is not there yet too: an absent key stands for its default
        target[step] = value


def _change_list(target: list[Any], step: str, name: str, value: Any, place: str) -> None:
    if name == "add" and step == "-":
        target.append(value)
        return
    limit = len(target) + (1 if name == "add" else 0)
    if not (step.isdecimal() and len(step) < 7 and int(step) < limit):
        raise _refusal(place, "invalid_field", f"There is nothing at '{step[:40]}'.")
    index = int(step)
    if name == "add":
        target.insert(index, value)
    elif name == "remove":
        del target[index]
    elif name == "replace":
        target[index] = value
    else:
        _test(target[index], value, place)


def _test(found: Any, wanted: Any, place: str) -> None:
    if json.encode(found) != json.encode(wanted):  # equal in type too: true is not 1
        raise _refusal(place, "update_not_allowed", "The test of this operation failed; nothing was changed.")


def _refusal(field: str, code: str, detail: str) -> InvalidError:
    return refusal([Fault(field, code, detail)])
