"""What an actor may do: pure tests of scopes and abilities, and the error when the answer is no."""

from headwater.access.actor import Actor
from headwater.access.scopes import ABILITIES
from headwater.kernel.errors import ForbiddenError


def may(actor: Actor, scope: str, module: str | None = None) -> bool:
    """Whether the actor holds the scope or ability, for one module or, without one, for all of them.

    `admin` includes everything; `records:read:city` answers for the module city only; an ability is also
    included in the scope that clust.md 2.1 names.
    """
    held = actor.scopes
    if scope in held or "admin" in held:
        return True
    if module is not None and f"{scope}:{module}" in held:
        return True
    return ABILITIES.get(scope) in held


def require(actor: Actor, scope: str, module: str | None = None) -> None:
    """Go on, or raise ForbiddenError `scope_missing` that names the scope."""
    if may(actor, scope, module):
        return
    where = f" in module '{module}'" if module else ""
    raise ForbiddenError(
        "scope_missing",
        f"This needs the scope '{scope}'{where}, which {actor.name} does not hold.",
        hint=f"Use a token with the scope '{scope}', or ask an administrator for it.",
    )


def modules_of(actor: Actor, scope: str) -> frozenset[str] | None:
    """The handles of the modules for which the actor holds the scope; None means every module."""
    if may(actor, scope):
        return None
    prefix = scope + ":"
    return frozenset(each.removeprefix(prefix) for each in actor.scopes if each.startswith(prefix))


def exceeds(scopes: frozenset[str], actor: Actor) -> list[str]:
    """Those of `scopes` that the actor does not hold, sorted: nobody can give what he does not have."""
    return sorted(each for each in scopes if not _holds(actor, each))


def _holds(actor: Actor, scope: str) -> bool:
    return may(actor, scope) or may(actor, *_split(scope))


def _split(scope: str) -> tuple[str, str | None]:
    head, _, module = scope.rpartition(":")
    return (head, module) if head else (scope, None)
