"""With whose rights something starts that nobody asks for now: what its owner had, and still has."""

from collections.abc import Iterable
from dataclasses import replace

from headwater.access.actor import Actor
from headwater.access.permissions import exceeds
from headwater.accounts.person_store import user_of_id
from headwater.accounts.token_store import token_of_id
from headwater.db.database import Tx
from headwater.kernel.errors import ForbiddenError


def rights_now(tx: Tx, actor: Actor, now: int) -> Actor:
    """The actor of a schedule or of a retry that comes by itself, with no more than he holds today.

    ForbiddenError `owner_gone` when the person was removed or disabled, or when a token that is nobody's has
    ended. The system, and the administrator's token of the settings, never end.
    """
    if actor.kind == "system":
        return actor
    if actor.id == 0:
        token = None if actor.token_id is None else token_of_id(tx, actor.token_id)
        if actor.token_id is not None and (token is None or not token.is_live(now)):
            raise _gone(actor)
        return actor
    user = user_of_id(tx, actor.id)
    if user is None or user.is_disabled:
        raise _gone(actor)
    person = Actor("user", user.id, user.name, user.scopes)
    return replace(actor, scopes=actor.scopes - frozenset(exceeds(actor.scopes, person)))


def shared_rights(first: Actor, others: Iterable[Actor]) -> Actor:
    """The first actor with only those rights that every other one holds too.

    A flow does what all of its documents say; whoever saved one must not borrow the rights of another.
    """
    shared = first
    for other in others:
        mine = shared.scopes - frozenset(exceeds(shared.scopes, other))
        theirs = other.scopes - frozenset(exceeds(other.scopes, shared))
        shared = replace(shared, scopes=mine | theirs)
    return shared


def _gone(actor: Actor) -> ForbiddenError:
    return ForbiddenError(
        "owner_gone",
        f"{actor.name}, with whose rights this runs, can no longer sign in.",
        hint="Have somebody else save the flow and what it uses.",
    )
