"""Who may see a module: a module that an actor may not see is not there for him."""

from typing import NoReturn

from headwater.access.actor import Actor
from headwater.access.permissions import may, modules_of, require
from headwater.db.database import Tx
from headwater.expr.filter import Filter, references
from headwater.kernel.errors import Fault, InvalidError, NotFoundError
from headwater.records.catalogue import Catalogue, unknown_module
from headwater.records.model import Module
from headwater.records.scope import ModuleScope


def visible_module(tx: Tx, actor: Actor, catalogue: Catalogue, ref: Module | str | int, scope: str) -> Module:
    """The module, when the actor holds the scope for it; otherwise the errors of `refuse_module`."""
    module = ref if isinstance(ref, Module) else catalogue.get(tx, ref)
    if not may(actor, scope, module.handle):
        refuse_module(actor, module, scope, ref)
    return module


def refuse_module(actor: Actor, module: Module, scope: str, ref: Module | str | int) -> NoReturn:
    """Refuse an actor without the scope for a module that was asked for as `ref`.

    Whoever may only see other modules gets NotFoundError `module_unknown`, which tells no more than `ref`;
    whoever sees this one, or none at all, ForbiddenError `scope_missing`.
    """
    if not may_see(actor, module) and _sees_any(actor):
        raise unknown_module(module.handle if isinstance(ref, Module) else ref)
    require(actor, scope, module.handle)
    raise AssertionError("an actor who holds the scope is not refused")


def may_see(actor: Actor, module: Module) -> bool:
    """Whether the actor may know of the module: he reads or writes its records, or defines it."""
    return any(may(actor, scope, module.handle) for scope in ("records:read", "records:write", "schema"))


def refuse_hidden(actor: Actor, filter: Filter, scope: ModuleScope) -> None:
    """Refuse a filter that looks into a module whose records the actor may not read: `invalid_filter`."""
    for name in references(filter):
        target = scope.related(name)
        if target is not None and not may(actor, "records:read", target.module.handle):
            detail = f"You may not look through '{name}' of module '{scope.module.handle}'."
            raise InvalidError("invalid_filter", detail, faults=[Fault("filter", "not_visible", detail)])


def unknown_record(module: Module, record_id: int) -> NotFoundError:
    """The error for a record that is not there, or deleted."""
    return NotFoundError("record_unknown", f"Module '{module.handle}' has no record {record_id}.")


def _sees_any(actor: Actor) -> bool:
    return any(
        modules_of(actor, scope) != frozenset() for scope in ("records:read", "records:write", "schema")
    )
