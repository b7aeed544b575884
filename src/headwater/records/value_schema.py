"""The JSON Schema of a module's values, which `/openapi.json?module=` adds to the document."""

from typing import Any

from headwater.records.fields import KINDS
from headwater.records.model import Field, Module


def value_schema(module: Module) -> dict[str, Any]:
    """An object with every living field; other names are refused, as the routes of records refuse them."""
    fields = [each for each in module.fields if not each.is_dead]
    return {
        "type": "object",
        "title": module.name,
        "properties": {each.name: _field_schema(each) for each in fields},
        "required": [each.name for each in fields if each.required],
        "additionalProperties": False,
    }


def _field_schema(field: Field) -> dict[str, Any]:
    one = KINDS[field.kind].schema(field)
    whole = {"type": "array", "items": one} if field.multi else one
    empty = whole if field.required else {"anyOf": [whole, {"type": "null"}]}
    return {"title": field.label, **empty} if field.label else empty
