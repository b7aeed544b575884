"""Mappings of records (the integrator's Mapper 1.0 and 2.0), compiled once to a Python function; contract
section 10.
"""

import copy
from collections.abc import Callable, Mapping
from typing import Any

from headwater.expr import mapping_fields, mapping_objects, paths
from headwater.expr.mapping_writer import Operation, Writer, as_elements
from headwater.kernel.errors import Fault, InvalidError

Map = Callable[[Any], dict[str, Any]]
_FUNCTIONS = {"write": paths.write, "as_elements": as_elements, "deepcopy": copy.deepcopy}


def compile(
    document: Any, *, operation: Operation | None = None, settings: Mapping[str, Any] | None = None
) -> Map | None:
    """The function `map(record) -> dict` of an import document, or None when it has no mapping (the record
    goes as it is).

    `document` is an import (`mappings`, `mapping`, `lookups`), or a mapping alone: a list is Mapper 2.0, an
    object with `fields` or `lists` is 1.0. `operation` decides `record_created`, `record_updated` and
    `immutable`; without it all apply. The function raises SkipError `mapping` or `lookup` for a record that
    it cannot map, and never changes its record. Every fault of the document is reported at once, as
    InvalidError `invalid_mapping`.
    """
    whole = _as_import(document)
    chosen = whole.get("mappings") or whole.get("mapping")
    if not chosen:
        return None
    writer = Writer(_lookups(whole.get("lookups")), settings or {}, operation)
    if isinstance(chosen, list):
        mapping_objects.write(writer, chosen)
    elif isinstance(chosen, dict):
        mapping_fields.write(writer, chosen)
    else:
        writer.fault("mapping", "A mapping is an object with fields, or an array.")
    if writer.faults:
        raise _refusal(writer.faults)
    writer.source.line("return out")
    return writer.source.function(_FUNCTIONS)


def _as_import(document: Any) -> Mapping[str, Any]:
    if isinstance(document, list):
        return {"mappings": document}
    if not isinstance(document, Mapping):
        return {}
    return {"mapping": document} if "fields" in document or "lists" in document else document


def _lookups(document: Any) -> dict[str, Any]:
    listed = document if isinstance(document, list) else []
    return {
        each["name"]: each for each in listed if isinstance(each, dict) and isinstance(each.get("name"), str)
    }


def _refusal(faults: list[Fault]) -> InvalidError:
    return InvalidError(
        "invalid_mapping",
        f"The mapping cannot be used: {faults[0].detail}",
        hint="The faults name each field of the mapping.",
        faults=faults[:100],
    )
