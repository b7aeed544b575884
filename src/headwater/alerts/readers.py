"""Who may drain a queue: the token's person must be allowed to read the module (Q23)."""

from headwater.access.actor import Actor
from headwater.access.permissions import may, require
from headwater.accounts import person_store
from headwater.db.database import Tx


def require_reader(tx: Tx, actor: Actor, handle: str) -> None:
    """Go on when the actor, or the person whose token it is, may read the module; else ForbiddenError.

    The queue gives only what its alert's owner chose, so a token with the scope `alerts` alone may drain it.
    """
    if may(actor, "records:read", handle) or _may_person(tx, actor, handle):
        return
    require(actor, "records:read", handle)


def _may_person(tx: Tx, actor: Actor, handle: str) -> bool:
    if actor.kind != "token":
        return False
    if not actor.id:
        return True  # made with the administrator's token of the settings, which is nobody's
    person = person_store.user_of_id(tx, actor.id)
    return person is not None and may(
        Actor("user", person.id, person.name, person.scopes), "records:read", handle
    )
