"""`records` and `queue` parts: our own data as a source or destination, without a connection."""

from collections.abc import Mapping
from typing import Any

from headwater.flows.formats.integrator.parts import filled, part, text


def export_parameters(document: Mapping[str, Any]) -> dict[str, Any]:
    """`{"records": {"module", "filter", "sort"}}`."""
    records = part(document, "records")
    return filled({name: records.get(name) for name in ("module", "filter", "sort")})


def import_parameters(document: Mapping[str, Any]) -> dict[str, Any]:
    """`{"records": {"module", "operation", "key"}}`; without an operation records are inserted."""
    records = part(document, "records")
    named = {name: records.get(name) for name in ("module", "operation", "key")}
    return filled({**named, "operation": named["operation"] or "insert"})


def queue_parameters(document: Mapping[str, Any]) -> dict[str, Any]:
    """`{"queue": {"queueUUID"}}`."""
    return filled({"queue_uuid": text(part(document, "queue"), "queueUUID")})
