"""PostgreSQL servers of test runs that were killed: the next run stops and removes them."""

import json
import shutil
import signal
from contextlib import suppress
from pathlib import Path

import psutil

PREFIX = "headwater-postgres-"
STOP_SECONDS = 20


def remove_left_over(parent: Path) -> None:
    """Stop the servers in `parent` whose test runs are gone, and remove their folders."""
    for folder in parent.glob(f"{PREFIX}*"):
        if not folder.is_dir() or _is_used(folder):
            continue
        with suppress(psutil.AccessDenied):  # another person's
            _stop(folder)
            shutil.rmtree(folder, ignore_errors=True)


def _is_used(folder: Path) -> bool:
    """Whether a process that asked for the server is alive; each adds its id to this file."""
    users = folder / ".handle_pids.json"
    try:
        process_ids, written_at = json.loads(users.read_text()), users.stat().st_mtime
    except FileNotFoundError:  # the run was killed before it came so far
        return False
    except ValueError:  # it is being written
        return True
    return any(_has_lived_since(process_id, written_at + 5) for process_id in process_ids)


def _has_lived_since(process_id: int, moment: float) -> bool:
    try:
        # One that began later only has the same id; five seconds are for a system clock that was set.
        return psutil.Process(process_id).create_time() <= moment
    except psutil.NoSuchProcess:
        return False


def _stop(folder: Path) -> None:
    try:
        server = psutil.Process(int((folder / "postmaster.pid").read_text().split()[0]))
        if str(folder) not in server.cmdline():
            return
        server.send_signal(signal.SIGINT)
        server.wait(STOP_SECONDS)
    except psutil.TimeoutExpired:
        server.kill()
    except (OSError, ValueError, IndexError, psutil.NoSuchProcess):
        return  # it has stopped already
