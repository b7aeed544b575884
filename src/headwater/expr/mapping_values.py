"""What a mapping does to one value: data types, dates, static lookups. Each refusal is the record's own
SkipError.
"""

import json
from collections.abc import Callable, Mapping
from typing import Any

from headwater.expr import date_formats, values
from headwater.expr.paths import MISSING
from headwater.kernel.errors import InvalidError, SkipError

SCALARS = ("string", "number", "boolean")
ARRAYS = {
    "stringarray": "string",
    "numberarray": "number",
    "booleanarray": "boolean",
    "objectarray": "object",
    "arrayarray": "array",
}
DATA_TYPES = frozenset((*SCALARS, "object", *ARRAYS))


def _refusal(field: str, kind: str, value: Any) -> SkipError:
    shown = values.text(value)
    shown = shown if len(shown) <= 60 else shown[:60] + "..."
    return SkipError(
        "mapping", f"Field '{field}' wants {kind}; got '{shown}'.", hint="Change the mapping or the data."
    )


def to_string(value: Any, field: str) -> str:
    """Text of a scalar or a list."""
    return values.text(value)


def to_number(value: Any, field: str) -> int | float:
    """A number; whole ones are int. Text that is none is refused, a decimal comma included (M6)."""
    result = values.number(value)
    if result != result or value is True or value is False:
        raise _refusal(field, "a number", value)
    if isinstance(result, float) and result.is_integer():
        return int(result)
    return result


def to_boolean(value: Any, field: str) -> bool:
    """True or false, also from their words."""
    result = values.boolean(value)
    if result is None:
        raise _refusal(field, "true or false", value)
    return result


def to_object(value: Any, field: str) -> Any:
    """An object, also from its JSON text."""
    if isinstance(value, str):
        value = _parse(value)
    if not isinstance(value, dict):
        raise _refusal(field, "an object", value)
    return value


def _parse(text: str) -> Any:
    try:
        return json.loads(text)
    except (ValueError, RecursionError):
        return text


def _to_array(value: Any, field: str) -> Any:
    if not isinstance(value, list):
        raise _refusal(field, "an array", value)
    return value


CONVERTERS: dict[str, Callable[[Any, str], Any]] = {
    "string": to_string,
    "number": to_number,
    "boolean": to_boolean,
    "object": to_object,
    "array": _to_array,
}


def array_converter(data_type: str) -> Callable[[Any, str], list[Any]]:
    """A function that converts every element; one value alone becomes a list of one."""
    convert = CONVERTERS[ARRAYS[data_type]]

    def to_array(value: Any, field: str) -> list[Any]:
        elements = value if isinstance(value, list) else [value]
        return [element if element is None else convert(element, field) for element in elements]

    return to_array


def converter(data_type: str) -> Callable[[Any, str], Any]:
    """The function `(value, field)` of a data type; it raises SkipError `mapping`."""
    return CONVERTERS[data_type] if data_type in CONVERTERS else array_converter(data_type)


def date_converter(field: Mapping[str, Any], name: str) -> Callable[[Any], Any] | None:
    """A function that rewrites a date as the field's date keys say, or None when it has none.

    Read by `extractDateFormat` (else ISO) in `extractDateTimezone`, written in `generateDateFormat` (else ISO
    with milliseconds) in `generateDateTimezone`; both zones are UTC when absent.
    """
    source, target = field.get("extractDateFormat"), field.get("generateDateFormat")
    if not source and not target:
        return None
    zone_in = date_formats.zone_of(field.get("extractDateTimezone"))
    zone_out = date_formats.zone_of(field.get("generateDateTimezone"))
    read = date_formats.reader(source) if source else date_formats.read_any
    write = date_formats.writer(target) if target else date_formats.iso_milliseconds

    def redate(value: Any) -> Any:
        moment = read(values.text(value), zone_in)
        if moment is None:
            raise _refusal(name, f"a date in the form {source or 'ISO 8601'}", value)
        return write(moment.astimezone(zone_out))

    return redate


def lookup(document: Mapping[str, Any]) -> Callable[[Any], Any]:
    """A static lookup (K1): the mapped value, else the lookup's default, null with `allowFailures`, else
    SkipError `lookup`.

    Anything but a static `map` is InvalidError `invalid_mapping`.
    """
    table, name = document.get("map"), document.get("name")
    if not isinstance(table, Mapping):
        raise InvalidError(
            "invalid_mapping", f"Lookup '{name}' has no static map; other lookups are not supported."
        )
    is_forgiving = document.get("default") is not None or bool(document.get("allowFailures"))
    default = document.get("default")

    def look_up(key: Any) -> Any:
        if key is None or key == "" or key is MISSING:
            return None
        found = table.get(values.text(key))
        if found is None and not is_forgiving:
            raise SkipError("lookup", f"Lookup '{name}' has no value for '{values.text(key)[:60]}'.")
        return default if found is None else found

    return look_up
