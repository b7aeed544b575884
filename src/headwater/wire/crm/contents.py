"""Contents in this dialect: created, read, merged, deleted and listed (wire/crm.md section 7)."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import Any

from headwater.access.actor import Actor
from headwater.db.database import Tx
from headwater.kernel.errors import InvalidError, NotFoundError
from headwater.records.catalogue import Catalogue
from headwater.records.finder import Finder
from headwater.records.model import Module, Record
from headwater.records.query import Query
from headwater.records.service import Records
from headwater.wire.crm.content import ContentView
from headwater.wire.crm.content_form import ContentForm, Item, in_their_words, read_content
from headwater.wire.crm.content_list import ContentQuery, read_sort


class CrmContents:
    """Translates calls about contents; the service of records does all of the work."""

    def __init__(self, records: Records, finder: Finder, catalogue: Catalogue) -> None:
        """`catalogue` finds the module of a path."""
        self._records = records
        self._finder = finder
        self._catalogue = catalogue

    def list(self, tx: Tx, actor: Actor, module_id: int, query: ContentQuery) -> dict[str, Any]:
        """One page, and how many contents there are in all."""
        module = self._catalogue.get(tx, module_id)
        asked = Query(
            sort=read_sort(module, query.sort),
            search=query.query.strip() or None,
            limit=query.per_page,
            offset=query.offset,
            total="exact",
        )
        page = self._finder.records(tx, actor, module, asked)
        view = ContentView(tx, module)
        contents = [view.document(each, self._values(module, each)) for each in page.items]
        return {"meta": query.meta(page.total or 0), "contents": contents}

    def get(self, tx: Tx, actor: Actor, module_id: int, content_id: int) -> dict[str, Any]:
        """The content; NotFoundError when it is not one of this module."""
        module = self._module(tx, module_id)
        return self._document(tx, module, self._records.get(tx, actor, module, content_id))

    def create(self, tx: Tx, actor: Actor, module_id: int, items: Sequence[Item]) -> dict[str, Any]:
        """A new content, every fault of it told at once."""
        module = self._catalogue.find(tx, module_id)
        if module is None or not module.fields:
            raise NotFoundError("crm_module_without_fields", "Module has no fields")
        form = read_content(module, items)
        with _telling(module, form):
            record = self._records.create(tx, actor, module, form.values, extra=form.extra)
        return self._document(tx, module, record)

    def update(
        self, tx: Tx, actor: Actor, module_id: int, content_id: int, items: Sequence[Item]
    ) -> dict[str, Any]:
        """The content with these values put in; 0 makes a new one."""
        if content_id == 0:
            return self.create(tx, actor, module_id, items)
        module = self._module(tx, module_id)
        form = read_content(module, items)
        with _telling(module, form):
            record = self._records.update(tx, actor, module, content_id, form.values, extra=form.extra)
        return self._document(tx, module, record)

    def delete(self, tx: Tx, actor: Actor, module_id: int, content_id: int) -> None:
        """Delete the content softly; one that is not there is no fault."""
        try:
            self._records.delete(tx, actor, module_id, content_id)
        except NotFoundError:
            return

    def _module(self, tx: Tx, module_id: int) -> Module:
        module = self._catalogue.find(tx, module_id)
        if module is None:
            raise NotFoundError("record_unknown", "Content not found")
        return module

    def _document(self, tx: Tx, module: Module, record: Record) -> dict[str, Any]:
        return ContentView(tx, module).document(record, self._values(module, record))

    def _values(self, module: Module, record: Record) -> dict[str, Any]:
        return self._records.values_json(module, record.values)


@contextmanager
def _telling(module: Module, form: ContentForm) -> Iterator[None]:
    """Tell the faults of a record in the words of this dialect."""
    try:
        yield
    except InvalidError as error:
        raise in_their_words(error, module, form) from error
