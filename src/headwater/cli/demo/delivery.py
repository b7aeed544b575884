"""The end of the demo's path: the flow is run when something waits, and what arrived is counted."""

import time
from pathlib import Path
from typing import Any

from headwater.cli.client import Api
from headwater.cli.demo.making import INTEGRATOR
from headwater.kernel import json
from headwater.kernel.errors import FatalError

LOOK_EVERY_SECONDS = 0.1
WAIT_SECONDS = 60
RUNNING = frozenset({"queued", "running", "retrying"})


def run_flow(api: Api, flow_id: str, alert_id: int) -> dict[str, Any] | None:
    """Run the flow and wait for its end; None when nothing waits in the alert's queue."""
    if not api.get(f"/api/alerts/{alert_id}")["queued"]:
        return None
    job_id = api.post(f"{INTEGRATOR}/flows/{flow_id}/run", {})["_jobId"]
    deadline = time.monotonic() + WAIT_SECONDS
    while time.monotonic() < deadline:
        job: dict[str, Any] = api.get(f"{INTEGRATOR}/jobs/{job_id}")
        if job["status"] not in RUNNING:
            return job
        time.sleep(LOOK_EVERY_SECONDS)
    raise FatalError("flow_unfinished", f"The flow did not end within {WAIT_SECONDS} seconds.")


def delivered_lines(folder: Path) -> list[dict[str, Any]]:
    """What the flow wrote to its files, in the order of runs."""
    files = sorted(folder.glob("*.jsonl"))
    return [json.loads(line) for file in files for line in file.read_bytes().splitlines() if line]


def delivered_records(api: Api) -> list[dict[str, Any]]:
    """What the flow wrote to the module Delivery."""
    page = api.get("/api/modules/delivery/records", sort="id", limit=1000)
    return [record["values"] for record in page["items"]]
