"""How many flows there are and how many failures are open, for the home page."""

from headwater.access.actor import Actor
from headwater.access.permissions import may
from headwater.db.database import Tx


def count_flows(tx: Tx, actor: Actor) -> dict[str, int]:
    """`flows` and `failures`."""
    if not may(actor, "flows"):
        return {}
    return {
        "flows": tx.scalar("select count(*) from flow_document where kind = 'flow'"),
        "failures": tx.scalar("select count(*) from flow_failure where status = 'open'"),
    }
