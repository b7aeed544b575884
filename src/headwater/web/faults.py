"""Every fault of a decoded value at once: msgspec stops at the first, so a failed value is converted key by
key.
"""

import re
from typing import Any

import msgspec

from headwater.kernel.errors import Fault

_AT = re.compile(r" - at `(?:key in )?\$(.*)`$")
_INDEX = re.compile(r"\[(\d+)\]")
_SECRET = re.compile("password|secret|token|key")
_CODES = (
    ("Invalid enum value", "unknown_value"),
    ("timezone component", "time_without_zone"),
    ("Invalid RFC3339", "invalid_time"),
    ("matching regex", "wrong_form"),
    ("of length", "wrong_length"),
    (" >= ", "out_of_range"),
    (" <= ", "out_of_range"),
    (" > ", "out_of_range"),
    (" < ", "out_of_range"),
)
_KINDS = {
    "int": "a whole number",
    "str": "text",
    "float": "a number",
    "bool": "true or false",
    "object": "an object",
    "array": "a list",
    "null": "null",
    "datetime": "a time",
    "date": "a date",
    "decimal": "a decimal number",
}


def faults_of(value: Any, kind: Any, *, strict: bool = True, at: str = "") -> list[Fault]:
    """All faults of `value` against a msgspec type, each with its dotted path; empty when it converts."""
    info = msgspec.inspect.type_info(kind) if not isinstance(kind, msgspec.inspect.Type) else kind
    return _faults(value, info, kind, strict, at)


def _faults(value: Any, info: Any, kind: Any, strict: bool, at: str) -> list[Fault]:  # noqa: FBT001 - msgspec's own name
    if isinstance(info, msgspec.inspect.UnionType):
        info, kind = _chosen(value, info, kind)
    if isinstance(info, msgspec.inspect.StructType) and isinstance(value, dict):
        return _struct_faults(value, info, strict, at)
    if isinstance(info, msgspec.inspect.ListType) and isinstance(value, list):
        found = [
            _faults(each, info.item_type, None, strict, _join(at, str(n)))
            for n, each in enumerate(value[:10_000])
        ]
        nested = [fault for each in found for fault in each]
        if nested or kind is None:
            return nested
    return _one(value, info, kind, strict, at)


def _chosen(value: Any, info: Any, kind: Any) -> tuple[Any, Any]:
    """The struct or list of a union that the value looks like, or the union itself."""
    wanted: Any = {dict: msgspec.inspect.StructType, list: msgspec.inspect.ListType}.get(type(value))  # type: ignore[call-overload]
    for each in info.types:
        if wanted is not None and isinstance(each, wanted):
            return each, None
    return info, kind


def _struct_faults(value: dict[str, Any], info: Any, strict: bool, at: str) -> list[Fault]:  # noqa: FBT001
    fields = {field.encode_name: field for field in info.fields}
    faults = []
    if info.forbid_unknown_fields:
        names = ", ".join(sorted(fields))
        faults = [
            Fault(_join(at, str(name)), "unknown_field", f"'{name}' is not known here; known are {names}.")
            for name in value
            if name not in fields and not (info.tag_field and name == info.tag_field)
        ]
    hints = {field.encode_name: field.type for field in msgspec.structs.fields(info.cls)}
    for name, field in fields.items():
        if name in value:
            faults += _faults(value[name], field.type, hints.get(name), strict, _join(at, name))
        elif field.required:
            faults.append(Fault(_join(at, name), "required", f"'{name}' is required."))
    return faults


def _one(value: Any, info: Any, kind: Any, strict: bool, at: str) -> list[Fault]:  # noqa: FBT001
    kind = kind if kind is not None else getattr(info, "cls", None)
    if kind is None:
        kind = _SIMPLE.get(type(info), Any)
    try:
        msgspec.convert(value, kind, strict=strict)
    except (msgspec.ValidationError, RecursionError) as error:
        return [fault_of(str(error), value, at)]
    return []


_SIMPLE: dict[Any, Any] = {
    msgspec.inspect.IntType: int,
    msgspec.inspect.StrType: str,
    msgspec.inspect.BoolType: bool,
    msgspec.inspect.FloatType: float,
    msgspec.inspect.DictType: dict,
    msgspec.inspect.ListType: list,
}


def fault_of(message: str, value: Any, at: str = "") -> Fault:
    """One msgspec message as a fault: its place as a dotted path, a code of ours, and plain words."""
    place = _AT.search(message)
    path = _INDEX.sub(r".\1", place.group(1).replace("[...]", ".*")).strip(".") if place else ""
    text = _AT.sub("", message)
    code = next((code for part, code in _CODES if part in text), "wrong_type")
    for name, words in _KINDS.items():
        text = text.replace(f"`{name}`", words)
    text = text.replace(" | ", " or ").replace("`", "'").replace("Expected", "Wants", 1)
    name = _join(at, path)
    is_short = isinstance(value, str | int | float) and len(str(value)) < 60
    shown = f" (got {value!r})" if is_short and not _SECRET.search(name) else ""
    return Fault(name, code, f"{text}{shown}.")


def _join(at: str, name: str) -> str:
    return f"{at}.{name}" if at and name else at or name
