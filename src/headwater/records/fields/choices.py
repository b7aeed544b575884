"""Lists of choices: the options of a Select and the states of a State."""

from collections.abc import Mapping, Sequence
from typing import Any

from headwater.expr.folding import fold
from headwater.records.errors import BadValueError
from headwater.records.fields.text_value import MAX_INDEXED

MAX_CHOICES = 5_000


def read_choices(raw: Any, what: str) -> list[dict[str, str]]:
    """`[{"value","label"}]` from a list of texts or such objects. Two that fold alike are refused."""
    if not isinstance(raw, list) or len(raw) > MAX_CHOICES:
        raise BadValueError("wrong_type", f"wants a list of at most {MAX_CHOICES} {what}", option=what)
    choices = [_read_choice(each, what) for each in raw]
    seen: set[str] = set()
    for choice in choices:
        folded = fold(choice["value"])
        if folded in seen:
            raise BadValueError(
                "duplicate_value", f"has '{choice['value']}' twice among its {what}", option=what
            )
        seen.add(folded)
    return choices


def values_of(choices: Sequence[Mapping[str, str]]) -> list[str]:
    """The values alone, in order."""
    return [each["value"] for each in choices]


def listing(values: list[str]) -> str:
    """The first values as one text for a message."""
    shown = ", ".join(f"'{each}'" for each in values[:10])
    return f"{shown} and {len(values) - 10} more" if len(values) > 10 else shown


def _read_choice(each: Any, what: str) -> dict[str, str]:
    if isinstance(each, str):
        each = {"value": each}
    if not isinstance(each, Mapping) or not set(each) <= {"value", "label"}:
        raise BadValueError(
            "wrong_type", f"wants texts, or objects of value and label, as {what}", option=what
        )
    value, label = each.get("value"), each.get("label")
    if not isinstance(value, str) or not 0 < len(value) <= MAX_INDEXED or "\0" in value:
        detail = f"wants a text of at most {MAX_INDEXED} characters as the value of each of its {what}"
        raise BadValueError("wrong_type", detail, option=what)
    if label is not None and (not isinstance(label, str) or "\0" in label):
        raise BadValueError("wrong_type", f"wants a text as the label of each of its {what}", option=what)
    return {"value": value, "label": label or value}
