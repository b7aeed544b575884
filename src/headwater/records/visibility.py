"""Who may see a module: a module that an actor may not see is not there for him."""

from headwater.access.actor import Actor
from headwater.access.permissions import may, modules_of, require
from headwater.db.database import Tx
from headwater.records.catalogue import Catalogue, unknown_module
from headwater.records.model import Module


def visible_module(tx: Tx, actor: Actor, catalogue: Catalogue, ref: Module | str | int, scope: str) -> Module:
    """The module, when the actor holds the scope for it.

    Whoever may only see other modules gets NotFoundError `module_unknown`; whoever sees this one, or none
    at all,
    without the scope, ForbiddenError `scope_missing`.
    """
    module = ref if isinstance(ref, Module) else catalogue.get(tx, ref)
    if may(actor, scope, module.handle):
        return module
    if not may_see(actor, module) and _sees_any(actor):
        raise unknown_module(ref if isinstance(ref, str | int) else module.handle)
    require(actor, scope, module.handle)
    return module


def may_see(actor: Actor, module: Module) -> bool:
    """Whether the actor may know of the module: he reads or writes its records, or defines it."""
    return any(may(actor, scope, module.handle) for scope in ("records:read", "records:write", "schema"))


def _sees_any(actor: Actor) -> bool:
    return any(
        modules_of(actor, scope) != frozenset() for scope in ("records:read", "records:write", "schema")
    )
