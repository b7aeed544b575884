"""Finds records: lists, counts, figures and histories, of modules that the actor may read."""

from collections.abc import Sequence
from typing import Any

from headwater.access.actor import Actor
from headwater.access.permissions import may
from headwater.db.database import Tx
from headwater.expr.calendar import Calendar
from headwater.expr.filter import Filter
from headwater.records import aggregates, expanding, listing, store
from headwater.records.catalogue import Catalogue
from headwater.records.codec import Codec
from headwater.records.compiled import CompiledModules
from headwater.records.history import ActorNames, history
from headwater.records.listing import Listing
from headwater.records.model import Module, Record
from headwater.records.query import Aggregate, Query
from headwater.records.scope import ModuleScope, scope_of
from headwater.records.selection import parsed, where
from headwater.records.visibility import refuse_hidden, unknown_record, visible_module
from headwater.web.paging import Page

Ref = Module | str | int


class Finder:
    """Everything that is asked of records without changing them, one record by its id excepted."""

    def __init__(
        self, catalogue: Catalogue, compiled: CompiledModules, calendar: Calendar, actor_names: ActorNames
    ) -> None:
        """`calendar` says what `today` is in filters and where days begin."""
        self._catalogue = catalogue
        self._compiled = compiled
        self._calendar = calendar
        self._actor_names = actor_names

    def records(self, tx: Tx, actor: Actor, ref: Ref, query: Query) -> Page[Record]:
        """One page of records."""
        found = self.understand(tx, actor, ref, query)
        return listing.page(tx, found, self._calendar, found.reading.record)

    def documents(self, tx: Tx, actor: Actor, ref: Ref, query: Query) -> Page[dict[str, Any]]:
        """One page in its JSON form, for encoding only, with the records that `expand` asks for."""
        return self.page(tx, actor, self.understand(tx, actor, ref, query))

    def page(self, tx: Tx, actor: Actor, found: Listing) -> Page[dict[str, Any]]:
        """The documents of a query that is understood."""
        page = listing.page(tx, found, self._calendar, found.reading.document)
        if found.query.expand:
            self.expand(tx, actor, found.scope.module, page.items, found.query.expand)
        return page

    def understand(self, tx: Tx, actor: Actor, ref: Ref, query: Query) -> Listing:
        """The query, read and allowed, before anything is searched."""
        _, scope, codec = self._open(tx, actor, ref)
        found = listing.understand(scope, codec, query)
        refuse_hidden(actor, found.filter, scope)
        return found

    def count(self, tx: Tx, actor: Actor, ref: Ref, filter: Any) -> int:
        """How many living records pass the filter."""
        module, scope, _ = self._open(tx, actor, ref)
        condition = where(
            scope, self._filter(actor, filter, scope), None, "without", self._calendar, tx.dialect
        )
        return listing.count(tx, module, condition)

    def aggregate(self, tx: Tx, actor: Actor, ref: Ref, ask: Aggregate) -> list[dict[str, Any]]:
        """The groups with their figures."""
        _, scope, _ = self._open(tx, actor, ref)
        self._filter(actor, ask.filter, scope)
        return aggregates.aggregate(tx, aggregates.understand(scope, ask, self._calendar, tx.dialect))

    def history(
        self, tx: Tx, actor: Actor, ref: Ref, record_id: int, *, limit: int = 50, cursor: str | None = None
    ) -> Page[dict[str, Any]]:
        """Changes of a record, deleted or not, newest first."""
        module, _, codec = self._open(tx, actor, ref)
        record = store.find(tx, codec, record_id)
        if record is None:
            raise unknown_record(module, record_id)
        return history(tx, codec, record, limit, cursor, self._actor_names)

    def expand(
        self, tx: Tx, actor: Actor, ref: Ref, documents: Sequence[dict[str, Any]], names: Sequence[str]
    ) -> None:
        """Put the records that these references lead to under `expanded` of each document."""
        module = ref if isinstance(ref, Module) else self._catalogue.get(tx, ref)
        for field in expanding.fields_to_expand(module, names):
            target = self._catalogue.find(tx, field.options["module"])
            if target is not None and may(actor, "records:read", target.handle):
                codec = self._compiled.of(target, tx.dialect).codec
                expanding.expand(tx, codec, field, documents)

    def _open(self, tx: Tx, actor: Actor, ref: Ref) -> tuple[Module, ModuleScope, Codec]:
        module = visible_module(tx, actor, self._catalogue, ref, "records:read")
        scope = scope_of(module, self._catalogue.snapshot(tx))
        return module, scope, self._compiled.of(module, tx.dialect).codec

    def _filter(self, actor: Actor, filter: Any, scope: ModuleScope) -> Filter:
        found = parsed(filter, scope)
        refuse_hidden(actor, found, scope)
        return found
