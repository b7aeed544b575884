"""Filters and mappings of integrator documents, beside the same work written by hand in Python."""

import time
from collections.abc import Callable
from typing import Any

from bench.figure import Figure
from headwater.expr import mapping, patterns, rules
from headwater.expr.templates import template

RULES = [
    "and",
    ["equals", ["string", ["extract", "type"]], "sail"],
    ["greaterthan", ["number", ["extract", "length"]], 8],
    ["notempty", ["extract", "name"]],
]
FIELDS = [
    {"extract": "id", "generate": "id"},
    {"extract": "name", "generate": "title", "dataType": "string"},
    {"extract": "length", "generate": "metres", "dataType": "number"},
    {"extract": "harbour", "default": "n/a", "generate": "harbour"},
    {"hardCodedValue": "EUR", "generate": "currency"},
]
TREE = [
    {"status": "Active", "generate": "id", "dataType": "number", "extract": "$.id"},
    {"status": "Active", "generate": "title", "dataType": "string", "extract": "$.name"},
    {"status": "Active", "generate": "metres", "dataType": "number", "extract": "$.length"},
    {
        "status": "Active",
        "generate": "harbour",
        "dataType": "string",
        "extract": "$.harbour",
        "default": "n/a",
    },
    {"status": "Active", "generate": "currency", "dataType": "string", "extract": "EUR"},
]
EMAIL = r"^[\w.]+@\w+\.com$"
ADDRESS = "/boats/{{record.id}}?name={{record.name}}"


def main(scale: float) -> list[Figure]:
    """Records per second through a filter of three conditions and a mapping of five fields."""
    count = max(1_000, round(300_000 * scale))
    records = [{"id": n, "name": "Odda", "length": "8.5", "type": "sail"} for n in range(count)]
    passes = rules.compile(RULES)
    floor = _rate(records, _by_hand)
    note = f"{count:,} records; the floor is a loop written by hand"
    figures = []
    for name, document in (("1.0", {"fields": FIELDS}), ("2.0", TREE)):
        convert: Any = mapping.compile(document)
        rate = _rate(records, lambda record, convert=convert: passes(record) and convert(record))
        figures.append(Figure(f"filter + 5-field mapping {name}", floor, rate, "records/s", 200_000, note))
    render, found = template.compile(ADDRESS, "uri"), patterns.compile(EMAIL).is_found
    return [
        *figures,
        Figure("template of two names into a URI", None, _rate(records, render), "records/s", None, ""),
        Figure(
            "`matches` on an address of 28 letters",
            None,
            _rate(records, lambda record: found("some.person.name@example.com")),
            "records/s",
            None,
            "linear time, whatever the pattern",
        ),
    ]


def _by_hand(record: dict[str, Any]) -> dict[str, Any] | None:
    if record.get("type") != "sail" or not float(record.get("length") or "nan") > 8 or not record.get("name"):
        return None
    return {
        "id": record["id"],
        "title": str(record["name"]),
        "metres": float(record["length"]),
        "harbour": record.get("harbour") or "n/a",
        "currency": "EUR",
    }


def _rate(records: list[dict[str, Any]], work: Callable[[Any], Any]) -> float:
    started = time.perf_counter()
    for record in records:
        work(record)
    return len(records) / (time.perf_counter() - started)
