"""The catalogue of field types, and which of our kinds each of them is (wire/crm.md section 5)."""

from typing import Any

CATALOGUE = {
    "bool": "Boolean value (yes / no)",
    "stamp": "Date/time input",
    "email": "E-mail input",
    "hidden": "Hidden value",
    "related": "Related content",
    "related_multi": "Related content (multiple)",
    "enum": "Single option picker",
    "text": "Text input",
    "textarea": "Text input (multi-line)",
}
OTHERS = {
    "Date": "Date input",
    "Number": "Number input",
    "State": "State picker",
    "Url": "Web address input",
    "User": "User picker",
}
# Every other kind is a String, those included that nobody knows.
OUR_KINDS = {
    "bool": "Bool",
    "Bool": "Bool",
    "stamp": "DateTime",
    "DateTime": "DateTime",
    "Date": "DateTime",
    "enum": "Select",
    "Select": "Select",
    "State": "State",
    "textarea": "Text",
    "Text": "Text",
    "Number": "Number",
    "related": "Record",
    "Record": "Record",
}
MULTIPLE_REFERENCES = "related_multi"


def field_types(*, has_others: bool) -> list[dict[str, str]]:
    """The types by name; with `has_others` also those that only we have."""
    types = {**CATALOGUE, **OTHERS} if has_others else CATALOGUE
    return sorted((_shown(each, name) for each, name in types.items()), key=lambda shown: shown["name"])


def field_type(name: str) -> dict[str, Any]:
    """One type; both texts are empty when nobody knows it."""
    known = {**CATALOGUE, **OTHERS}
    return _shown(name, known[name]) if name in known else _shown("", "")


def _shown(type_name: str, name: str) -> dict[str, str]:
    return {"name": name, "type": type_name}
