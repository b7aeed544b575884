"""Runs every check of the project, all of them even when one fails, and counts them in its last line."""

import subprocess
import sys
import time
from pathlib import Path
from typing import NamedTuple

ROOT = Path(__file__).resolve().parent.parent
SCRIPTS = Path(sys.executable).parent
LIMIT_SECONDS = 1800
PYTEST = [sys.executable, "-m", "pytest", "--durations=8"]
NODE = [sys.executable, "web/build.py", "npm"]


class Check(NamedTuple):
    """One gate: what it is called in the summary, and the command that passes with 0."""

    name: str
    command: list[str]


CHECKS = [
    Check("format", [str(SCRIPTS / "ruff"), "format", "--check", "."]),
    Check("lint", [str(SCRIPTS / "ruff"), "check", "."]),
    Check("types", [str(SCRIPTS / "mypy"), "-p", "headwater"]),
    Check("layers", [str(SCRIPTS / "lint-imports")]),
    Check("ui lint and types", [*NODE, "run", "check"]),
    # A module's server and database are made once, so a file stays in one process.
    Check("tests", [*PYTEST, "-n", "2", "--dist", "loadfile", "--ignore=tests/browser"]),
    # One server and one browser for all journeys, so one process.
    Check("browser tests", [*PYTEST, "-n", "0", "tests/browser"]),
]


def passes(check: Check) -> bool:
    """Run one check with its output shown; False when it fails or runs longer than the limit."""
    print(f"\n== {check.name}: {' '.join(check.command[:6])}", flush=True)
    try:
        return subprocess.run(check.command, cwd=ROOT, timeout=LIMIT_SECONDS).returncode == 0
    except subprocess.TimeoutExpired:
        print(f"Stopped after {LIMIT_SECONDS} seconds.", flush=True)
        return False


def main() -> int:
    """Run them all and print a table; 1 when any failed."""
    results = []
    for check in CHECKS:
        started = time.monotonic()
        results.append((check.name, passes(check), time.monotonic() - started))
    print("\n== summary")
    for name, is_good, seconds in results:
        print(f"{'passed' if is_good else 'FAILED':>8}  {seconds:6.1f} s  {name}")
    failed = sum(not is_good for _, is_good, _ in results)
    print(f"checks: {len(results) - failed} passed, {failed} failed", flush=True)
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
