"""The catalogue: every module as it is in a transaction, kept in memory until one changes."""

from collections.abc import Sequence
from typing import Any

from headwater.db.database import Tx
from headwater.kernel.errors import NotFoundError
from headwater.records import module_store
from headwater.records.model import Module

_VERSIONS_KEPT = 4


class Snapshot:
    """The modules of one catalogue version."""

    def __init__(self, modules: Sequence[Module]) -> None:
        """Index them by handle, by id, and by id as text; `scopes` is for `records.scope`."""
        self.all = list(modules)
        self.by_ref: dict[str | int, Module] = {}
        self.scopes: dict[int, Any] = {}
        for module in modules:
            self.by_ref[module.handle] = self.by_ref[module.id] = self.by_ref[str(module.id)] = module


class Catalogue:
    """Finds modules by handle or id. No version number is used twice, so what is kept is right."""

    def __init__(self) -> None:
        """Start with nothing loaded."""
        self._kept: dict[int, Snapshot] = {}

    def get(self, tx: Tx, ref: str | int) -> Module:
        """The module with this handle or id (also as text); NotFoundError `module_unknown`."""
        module = self.find(tx, ref)
        if module is None:
            raise unknown_module(ref)
        return module

    def find(self, tx: Tx, ref: str | int) -> Module | None:
        """The module, or None."""
        return self.snapshot(tx).by_ref.get(ref)

    def all(self, tx: Tx) -> list[Module]:
        """Every module, by id."""
        return list(self.snapshot(tx).all)

    def snapshot(self, tx: Tx) -> Snapshot:
        """All modules as this transaction sees them."""
        version = tx.catalogue_version()
        kept = self._kept.get(version)
        if kept is None:
            kept = Snapshot(module_store.load(tx))
            if len(self._kept) >= _VERSIONS_KEPT:
                self._kept = dict(list(self._kept.items())[-1:])
            self._kept[version] = kept
        return kept


def unknown_module(ref: str | int) -> NotFoundError:
    """The error for a module that is not there or not visible."""
    return NotFoundError(
        "module_unknown", f"There is no module '{str(ref)[:80]}'.", hint="GET /api/modules lists them."
    )
