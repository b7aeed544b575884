"""How many alerts there are and how much waits in their queues, for the home page."""

from headwater.access.actor import Actor
from headwater.access.permissions import may
from headwater.db.database import Tx


def count_alerts(tx: Tx, actor: Actor) -> dict[str, int]:
    """`alerts`, `queued` and `processing`, for whoever holds the scope for every module."""
    if not may(actor, "alerts"):
        return {}
    return {
        "alerts": tx.scalar("select count(*) from alert"),
        "queued": tx.scalar("select count(*) from queue_entry"),
        "processing": int(
            tx.scalar("select coalesce(sum(record_count), 0) from poll_job where finished_at is null")
        ),
    }
