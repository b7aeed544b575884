"""Waiting for what another process or thread will do, with a deadline."""

import time


def wait_for(condition, seconds=30):
    """Ask until `condition` gives something true, and give that back; a deadline bounds it."""
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline:
        found = condition()
        if found:
            return found
        time.sleep(0.01)
    raise AssertionError(f"nothing within {seconds} s: {condition}")
