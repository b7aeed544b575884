"""How many jobs there are, for the home page."""

from headwater.access.actor import Actor
from headwater.access.permissions import may
from headwater.db.database import Tx


def count_jobs(tx: Tx, actor: Actor) -> dict[str, int]:
    """`jobs`, `jobs_queued` and `jobs_running`."""
    if not may(actor, "jobs"):
        return {}
    return {
        "jobs": tx.scalar("select count(*) from job"),
        "jobs_queued": tx.scalar("select count(*) from job where status = 'queued'"),
        "jobs_running": tx.scalar("select count(*) from job where status = 'running'"),
    }
