"""What the search box finds here: modules by name, records by their label and their indexed texts."""

from headwater.access.actor import Actor
from headwater.access.permissions import may
from headwater.db.database import Tx
from headwater.expr.folding import fold
from headwater.records.catalogue import Catalogue
from headwater.records.fields import KINDS
from headwater.records.model import Field, Module, Record
from headwater.records.query import Query
from headwater.records.service import Records
from headwater.records.visibility import may_see
from headwater.web.search import Hit

_PER_MODULE = 5


class ModuleSearch:
    """Finds modules whose name or handle has the text in it."""

    def __init__(self, catalogue: Catalogue) -> None:
        """Look through `catalogue`."""
        self._catalogue = catalogue

    def __call__(self, tx: Tx, actor: Actor, text: str, limit: int) -> list[Hit]:
        """The visible ones, in the order of their ids."""
        folded = fold(text)
        found = [
            module
            for module in self._catalogue.all(tx)
            if (folded in fold(module.name) or folded in module.handle) and may_see(actor, module)
        ]
        return [
            Hit("module", module.id, module.name, module.handle, f"/records/{module.handle}")
            for module in found[:limit]
        ]


class RecordSearch:
    """Finds records by texts that begin with what was typed, and in small modules by texts that hold it.

    Only indexed texts are looked through in modules of more than 10,000 records, so that a search stays
    quick.
    """

    def __init__(self, catalogue: Catalogue, records: Records) -> None:
        """Look through `records`, with the rights of the actor."""
        self._catalogue = catalogue
        self._records = records

    def __call__(self, tx: Tx, actor: Actor, text: str, limit: int) -> list[Hit]:
        """At most five of each module that the actor may read."""
        found: list[Hit] = []
        for module in self._catalogue.all(tx):
            if len(found) >= limit:
                break
            if may(actor, "records:read", module.handle):
                found += self._of_module(tx, actor, module, text)
        return found[:limit]

    def _of_module(self, tx: Tx, actor: Actor, module: Module, text: str) -> list[Hit]:
        is_small = not self._records.list(tx, actor, module, Query(limit=1, total="capped")).total_is_capped
        found: dict[int, Record] = {}
        for field in _texts(module):
            if not (is_small or field.indexed or field.unique):
                continue
            operator = "contains" if is_small else "starts_with"
            query = Query(filter=[field.name, operator, text], sort=(field.name,), limit=_PER_MODULE)
            found.update((record.id, record) for record in self._records.list(tx, actor, module, query).items)
            if len(found) >= _PER_MODULE:
                break
        return [_hit(module, record) for record in list(found.values())[:_PER_MODULE]]


def _texts(module: Module) -> list[Field]:
    """The label first, then the other texts in their order."""
    fields = [each for each in module.fields if KINDS[each.kind].is_text and not each.multi]
    return sorted(fields, key=lambda each: each.name != module.label_field)


def _hit(module: Module, record: Record) -> Hit:
    label = record.values.get(module.label_field or "")
    title = str(label) if label is not None else f"{module.name} {record.id}"
    return Hit("record", record.id, title, module.name, f"/records/{module.handle}/{record.id}")
