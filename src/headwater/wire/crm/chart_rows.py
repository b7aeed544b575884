"""The groups of a chart as rows of label and number, in their order (wire/crm.md section 9)."""

from collections.abc import Iterable, Mapping, Sequence
from decimal import Decimal
from typing import Any

from headwater.access.actor import Actor
from headwater.access.permissions import may
from headwater.accounts.person_store import user_of_id
from headwater.db.database import Tx
from headwater.expr.filter import Condition
from headwater.expr.folding import fold
from headwater.records.catalogue import Catalogue
from headwater.records.fields import KINDS
from headwater.records.finder import Finder
from headwater.records.model import Field, Module
from headwater.records.query import Query
from headwater.wire.crm.chart_field import ChartField
from headwater.wire.crm.value_text import show_value, trimmed

EMPTY = "(empty)"
Row = tuple[str, Any]


class Labels:
    """How the keys of groups are labelled: choices and references by their labels."""

    def __init__(self, finder: Finder, catalogue: Catalogue) -> None:
        """References are looked up in the module that `catalogue` finds."""
        self._finder = finder
        self._catalogue = catalogue

    def of(self, tx: Tx, actor: Actor, key: ChartField, values: Sequence[Any]) -> dict[Any, str]:
        """The label of each value; what cannot be looked up is labelled by its id."""
        if key.ours.kind == "reference" and key.field is not None:
            return self._of_references(tx, actor, key.field, values)
        if key.name == "userID" and key.field is None:
            users = {each: user_of_id(tx, each) for each in values}
            return {each: user.name if user else str(each) for each, user in users.items()}
        known = _choices(key.field)
        return {each: known.get(each, _text(key, each)) for each in values}

    def _of_references(self, tx: Tx, actor: Actor, field: Field, values: Sequence[Any]) -> dict[Any, str]:
        labels = {each: str(each) for each in values}
        target = self._catalogue.find(tx, field.options["module"])
        label = _label_field(target)
        if target is None or label is None or not may(actor, "records:read", target.handle):
            return labels
        asked = Query(
            filter=Condition(("id",), "in", tuple(values)),
            fields=[label],
            limit=len(values) or 1,
            deleted="with",
        )
        for record in self._finder.records(tx, actor, target, asked).items:
            if record.values.get(label) is not None:
                labels[record.id] = show_value(record.values[label])
        return labels


def sorted_rows(key: ChartField, groups: Iterable[tuple[Any, Any]], labels: Mapping[Any, str]) -> list[Row]:
    """The rows of pairs of key and figure: choices in their order, others by label, the empty key last."""
    order = {value: index for index, value in enumerate(_choices(key.field))}

    def place(pair: tuple[Any, Any]) -> tuple[Any, ...]:
        value = pair[0]
        if value is None:
            return (2,)
        if key.ours.kind == "number":
            return (0, Decimal(value))
        return (0, order[value]) if value in order else (1, fold(labels[value]), value)

    ordered = sorted(groups, key=place)
    return [(EMPTY if value is None else labels[value], number(figure)) for value, figure in ordered]


def number(figure: Any) -> Any:
    """A figure as a JSON number; decimals come as text."""
    if not isinstance(figure, str):
        return figure
    exact = Decimal(figure)
    return int(exact) if exact == exact.to_integral_value() else float(exact)


def _choices(field: Field | None) -> dict[str, str]:
    if field is None:
        return {}
    options = field.options.get("options" if field.kind == "Select" else "states", [])
    return {each["value"]: each["label"] for each in options}


def _text(key: ChartField, value: Any) -> str:
    text = show_value(value)
    return trimmed(text) if key.ours.kind == "number" else text


def _label_field(target: Module | None) -> str | None:
    """The field that records are labelled with; without one, the first text of the module."""
    if target is None:
        return None
    return target.label_field or next(
        (each.name for each in target.fields if KINDS[each.kind].is_text and not each.multi), None
    )
