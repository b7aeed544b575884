"""How many applications there are, for the home page."""

from headwater.access.actor import Actor
from headwater.access.permissions import may
from headwater.db.database import Tx


def count_applications(tx: Tx, actor: Actor) -> dict[str, int]:
    """`applications` that are not deleted."""
    if not may(actor, "dossiers:read"):
        return {}
    return {"applications": tx.scalar("select count(*) from application where deleted_at is null")}
