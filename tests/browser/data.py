"""Makes what a journey needs, through the API; every journey has modules of its own."""

import itertools

import httpx

_names = itertools.count(1)

FIELDS = [
    {"name": "code", "kind": "String", "label": "Code", "unique": True},
    {"name": "name", "kind": "String", "label": "Name", "required": True, "indexed": True},
    {"name": "population", "kind": "Number", "label": "Population", "indexed": True},
    {"name": "area", "kind": "Number", "scale": 2, "label": "Area"},
    {"name": "size", "kind": "Select", "label": "Size", "options": ["small", "large"]},
    {"name": "capital", "kind": "Bool", "label": "Capital"},
    {"name": "founded", "kind": "DateTime", "label": "Founded"},
    {"name": "names", "kind": "String", "label": "Other names", "multi": True},
    {"name": "notes", "kind": "Text", "label": "Notes"},
    {
        "name": "status",
        "kind": "State",
        "label": "Status",
        "states": [{"value": "draft", "label": "Draft"}, {"value": "ready", "label": "Ready to pay"}],
        "initial": "draft",
        "transitions": [{"from": "draft", "to": "ready"}],
    },
]


def make_module(client: httpx.Client, name: str = "Town", more: list[dict] | None = None) -> str:
    """A module with a field of each kind but Record; its handle."""
    handle = f"{name.lower()}_{next(_names)}"
    body = {"handle": handle, "name": name, "label_field": "name", "fields": [*FIELDS, *(more or [])]}
    answer = client.post("/api/modules", json=body)
    assert answer.status_code == 201, answer.text
    return handle


def make_records(client: httpx.Client, module: str, rows: list[dict]) -> list[int]:
    """Their ids, in order."""
    ids = []
    for some in itertools.batched(rows, 5000) if hasattr(itertools, "batched") else [rows]:
        body = {"create": [{"values": row} for row in some], "atomic": True}
        answer = client.post(f"/api/modules/{module}/records/bulk", json=body)
        assert answer.status_code == 200, answer.text
        ids += [each["id"] for each in answer.json()["results"]]
    return ids


def towns(count: int) -> list[dict]:
    """Rows of a town module; the population of the n-th is n."""
    return [
        {
            "code": f"T{number}",
            "name": f"Town {number:05}",
            "population": number,
            "area": f"{number % 90}.25",
            "size": "large" if number % 5 == 0 else "small",
            "capital": number % 7 == 0,
        }
        for number in range(count)
    ]
