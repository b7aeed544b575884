"""Who holds a job: claim, renew, take over from the dead, and settle only what is still ours."""

import os
import secrets
import socket
from collections.abc import Iterable
from pathlib import Path

from headwater.db.database import Database, Tx
from headwater.jobs import store
from headwater.jobs.model import MAX_CLAIMS, Job
from headwater.jobs.outcome import Outcome
from headwater.jobs.service import Jobs
from headwater.kernel.clock import SECOND

# A dead process is noticed one lease and two looks after its last sign of life: within 15 seconds.
LEASE_SECONDS = 9
RENEW_SECONDS = 3


def new_worker() -> str:
    """A name for this process that no other process ever had: machine, process id and a random part."""
    return f"{machine()}:{os.getpid()}:{secrets.token_hex(4)}"


def machine() -> str:
    """Where a process id means the same process: host name, boot, and the container's own list of processes.

    Containers may share a host name and count their processes each for itself.
    """
    try:
        boot = Path("/proc/sys/kernel/random/boot_id").read_text(encoding="ascii")[:8]
        return f"{socket.gethostname()}/{boot}/{Path('/proc/self/ns/pid').stat().st_ino}"
    except OSError:  # no Linux
        return socket.gethostname()


def is_alone(database: Database) -> bool:
    """Whether no other process can hold jobs: one process writes a SQLite data folder."""
    return database.dialect == "sqlite"


def claim(tx: Tx, jobs: Jobs, job: Job, worker: str, now: int) -> Job | None:
    """Hold a ready job; the job as it is then, or None when another process was quicker."""
    values = {
        "attempts": job.attempts + 1,
        "started_at": job.started_at or now,
        "worker": worker,
        "lease_until": now + LEASE_SECONDS * SECOND,
    }
    if not store.hold(tx, job.id, values):
        return None
    jobs.tell(tx, job.id)
    return store.get(tx, job.id)


def renew(tx: Tx, held: Iterable[int], worker: str, now: int) -> list[int]:
    """Prolong the leases of this process; the ids that it holds no more."""
    mine = store.renew(tx, worker, now + LEASE_SECONDS * SECOND)
    return [job_id for job_id in held if job_id not in mine]


def take_over(tx: Tx, jobs: Jobs, worker: str, now: int, *, is_alone: bool) -> None:
    """Put the jobs of dead processes back into the queue; one that was claimed too often is given up."""
    for job in store.running_to_change(tx):
        if job.worker == worker or not (is_alone or _is_dead(job, now)):
            continue
        if job.attempts >= MAX_CLAIMS:
            detail = f"The job was begun {job.attempts} times and never ended."
            jobs.set_status(
                tx, job, "error", finished_at=now, error={"code": "job_crashed", "detail": detail}
            )
            continue
        jobs.set_status(tx, job, "queued", worker=None, lease_until=None)
        jobs.append_log(tx, job.id, "Taken over: the process that ran it has ended.", level="warning")


def settle(tx: Tx, jobs: Jobs, job: Job, worker: str, outcome: Outcome, now: int) -> None:
    """Write what came of an attempt, unless another process took the job over meanwhile."""
    current = store.get_to_change(tx, job.id)
    if current is None or current.status != "running" or current.worker != worker:
        return
    if current.is_cancel_requested and outcome.status == "queued":
        outcome = Outcome("cancelled", {"finished_at": now}, "Cancelled.")
    jobs.set_status(tx, current, outcome.status, **{"worker": None, "lease_until": None, **outcome.values})
    if outcome.message:
        jobs.append_log(tx, job.id, outcome.message, level=outcome.level)


def _is_dead(job: Job, now: int) -> bool:
    place, process, _ = (job.worker or ":0:").rsplit(":", 2)
    if place == machine() and (int(process) == os.getpid() or not _is_alive(int(process))):
        return True
    return (job.lease_until or 0) < now


def _is_alive(process: int) -> bool:
    try:
        os.kill(process, 0)
    except ProcessLookupError:
        return False
    except PermissionError:
        return True
    return True
