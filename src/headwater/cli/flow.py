"""`headwater flow run` and `flow check`: a stored flow by its id, or one in a file with all it refers to."""

import sys
import time
from pathlib import Path
from typing import Annotated, Any
from urllib.parse import quote

import typer

from headwater.cli.bar import Bar
from headwater.cli.client import Api, connect
from headwater.cli.options import Data
from headwater.kernel import json
from headwater.kernel.errors import ConflictError, InvalidError, MalformedError

LOOK_EVERY_SECONDS = 0.2
FINISHED = frozenset({"ok", "error", "cancelled"})

app = typer.Typer(name="flow", help="Run and check flows.", no_args_is_help=True)
Flow = Annotated[
    str,
    typer.Argument(
        metavar="FILE|ID",
        help='A file {"flow", "exports", "imports", "connections"}, or the id of a stored flow.',
        show_default=False,
    ),
]


@app.command()
def run(flow: Flow, data: Data = None) -> None:
    """Run a flow and wait for its end. Exit code 1 when it breaks or a record fails."""
    document = _document(flow)
    with connect(data) as api:
        if document is None:
            started = api.post(f"/api/flows/{quote(flow, safe='')}/run", {})
        else:
            started = api.post("/api/runs", document)
        done = _follow(api, started["id"])
        print(summary(done))
    if done["status"] != "ok":
        error = done.get("error") or {}
        detail = error.get("detail") or f"The run is {done['status']}."
        raise ConflictError(error.get("code", "run_stopped"), detail)
    if done["records"]["failed"]:
        where = f"GET /api/flows/{done['flow_id']}/failures?run_id={done['id']}"
        print(f"Records that failed, with their reasons: {where}", file=sys.stderr)
        raise typer.Exit(1)


@app.command()
def check(flow: Flow, data: Data = None) -> None:
    """Say all that keeps a flow from running, and what is odd in it. Exit code 1 when it cannot run."""
    document = _document(flow)
    with connect(data) as api:
        if document is None:
            found = api.post(f"/api/flows/{quote(flow, safe='')}/check")
        else:
            found = api.post("/api/flows/check", document)
    for kind in ("errors", "warnings"):
        for each in found[kind]:
            print(f"{kind[:-1]}: {each['field']}: {each['detail']}")
    print("The flow can be run." if found["is_runnable"] else "The flow cannot be run.", file=sys.stderr)
    if not found["is_runnable"]:
        raise typer.Exit(1)


def summary(done: dict[str, Any]) -> str:
    """The counts of a run: the records, then each step."""
    records = done["records"]
    lines = [
        f"{records['read']:,} records read: {records['ok']:,} ok, {records['ignored']:,} ignored, "
        f"{records['failed']:,} failed."
    ]
    lines += [
        f"  {step['position']} {step['kind']:<9} {step['name']}: {step['success']:,} ok, "
        f"{step['ignored']:,} ignored, {step['failed']:,} failed"
        for step in done["steps"]
    ]
    return "\n".join(lines)


def _document(flow: str) -> Any:
    """The document of a file; None when the argument names no file and so is an id."""
    path = Path(flow)
    if not path.is_file():
        if path.suffix or len(path.parts) > 1:
            raise InvalidError("file_unknown", f"There is no file {flow}.")
        return None
    try:
        return json.decode_body(path.read_bytes())
    except MalformedError as error:
        raise InvalidError("malformed_json", f"{flow} is not JSON: {error.detail}") from error


def _follow(api: Api, run_id: int) -> dict[str, Any]:
    with Bar() as bar:
        while True:
            found: dict[str, Any] = api.get(f"/api/runs/{run_id}")
            records = found["records"]
            done = records["ok"] + records["ignored"] + records["failed"]
            bar.show("Running", done, max(done, records["read"], 1), f"{done:,} records")
            if found["status"] in FINISHED:
                return found
            time.sleep(LOOK_EVERY_SECONDS)
