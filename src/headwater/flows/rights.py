"""With whose rights something starts that nobody asks for now: what its owner had, and still has."""

from dataclasses import replace

from headwater.access.actor import Actor
from headwater.access.permissions import exceeds
from headwater.accounts.person_store import user_of_id
from headwater.db.database import Tx
from headwater.kernel.errors import ForbiddenError


def rights_now(tx: Tx, actor: Actor) -> Actor:
    """The actor of a schedule or of a retry that comes by itself, with no more than the person holds today.

    ForbiddenError `owner_gone` when the person was removed or disabled. The system, and the administrator's
    token of the settings, are nobody's.
    """
    if actor.kind == "system" or actor.id == 0:
        return actor
    user = user_of_id(tx, actor.id)
    if user is None or user.is_disabled:
        raise ForbiddenError(
            "owner_gone",
            f"{actor.name}, with whose rights this runs, can no longer sign in.",
            hint="Have somebody else save the flow.",
        )
    person = Actor("user", user.id, user.name, user.scopes)
    return replace(actor, scopes=actor.scopes - frozenset(exceeds(actor.scopes, person)))
