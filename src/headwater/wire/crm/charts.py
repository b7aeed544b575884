"""Charts over the records that the caller may read: one aggregate, shown as rows (wire/crm.md section 9)."""

from typing import Any

from headwater.access.actor import Actor
from headwater.access.permissions import may
from headwater.db.database import Tx
from headwater.expr.folding import fold
from headwater.records.catalogue import Catalogue
from headwater.records.finder import Finder
from headwater.records.model import Module
from headwater.wire.crm.chart_field import ChartField
from headwater.wire.crm.chart_question import ROWS, ChartParameters, Question, understand
from headwater.wire.crm.chart_rows import Labels, sorted_rows
from headwater.wire.crm.envelope import NO_ID


class CrmCharts:
    """Computes the charts that are drawn from rows, and the overview of all modules."""

    def __init__(self, finder: Finder, catalogue: Catalogue) -> None:
        """`finder` computes the figures."""
        self._finder = finder
        self._catalogue = catalogue
        self._labels = Labels(finder, catalogue)

    def get(self, tx: Tx, actor: Actor, module_id: int, asked: ChartParameters) -> dict[str, Any]:
        """The chart of a module; of module 0 the overview."""
        if module_id == 0:
            return self._overview(tx, actor, asked)
        module = self._catalogue.get(tx, module_id)
        question = understand(module, asked)
        groups = self._finder.aggregate(tx, actor, module, question.aggregate(actor.time_zone))
        pairs = [(each["key"][0], each["values"][question.measure]) for each in groups]
        labels = self._labels.of(tx, actor, question.key, [key for key, _ in pairs if key is not None])
        return {
            "kind": asked.kind,
            "data": sorted_rows(question.key, pairs, labels),
            "fields": {question.key.name: {"kind": question.key.kind}},
            "meta": _meta(module, question),
        }

    def _overview(self, tx: Tx, actor: Actor, asked: ChartParameters) -> dict[str, Any]:
        modules = [each for each in self._catalogue.all(tx) if may(actor, "records:read", each.handle)]
        rows = [(each.name, self._finder.count(tx, actor, each, None)) for each in modules]
        rows.sort(key=lambda row: fold(row[0]))
        heads = {"module": {"kind": "string"}, "records": {"kind": "number"}}
        meta = {"name": asked.name, "description": asked.description, "kind": asked.kind}
        meta |= {"module": NO_ID, "x": NO_ID, "y": NO_ID}
        if asked.kind in ROWS:
            return {"kind": asked.kind, "data": rows, "fields": {"module": heads["module"]}, "meta": meta}
        data = [["module", *(name for name, _ in rows)], ["records", *(count for _, count in rows)]]
        fields = {head: {**kind, "name": head} for head, kind in heads.items()}
        return {"kind": asked.kind, "data": data, "fields": fields, "meta": meta}


def _meta(module: Module, question: Question) -> dict[str, Any]:
    asked = question.parameters
    optional = {
        "xmin": asked.xMin,
        "xmax": asked.xMax,
        "groupby": _id(question.group_by),
        "sum": _id(question.sum),
        "count": _id(question.count) or asked.count,
    }
    return {
        "name": asked.name,
        "description": asked.description,
        "kind": asked.kind,
        "module": str(module.id),
        "x": _id(question.x) or NO_ID,
        "y": _id(question.y) or NO_ID,
        **{name: text for name, text in optional.items() if text},
    }


def _id(field: ChartField | None) -> str:
    return field.id if field else ""
