"""`headwater import`: a file into a module, with a bar on a terminal; it goes on where it broke off."""

import hashlib
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Annotated, Any
from urllib.parse import quote, urlencode

import typer

from headwater.cli.bar import Bar
from headwater.cli.client import Api, connect
from headwater.cli.options import Data
from headwater.kernel import json
from headwater.kernel.errors import ConflictError, Fault, NotFoundError
from headwater.kernel.ids import new_uuid

PIECE_BYTES = 8 * 1024 * 1024
LOOK_EVERY_SECONDS = 0.2
FINISHED = frozenset({"ok", "error", "cancelled"})
Pairs = list[str] | None


def import_file(  # noqa: PLR0913  each is an option of the command line
    module: Annotated[str, typer.Argument(help="Handle of the module.", show_default=False)],
    file: Annotated[Path, typer.Argument(help="A file of CSV or JSON lines.", show_default=False)],
    key: Annotated[str | None, typer.Option(help="Unique field: change the records that it names.")] = None,
    column: Annotated[Pairs, typer.Option("--map", help="COLUMN=FIELD; may be repeated.")] = None,
    reference: Annotated[
        Pairs, typer.Option(help="FIELD=FIELD OF THE OTHER MODULE that the file's values name.")
    ] = None,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Check only.")] = False,  # noqa: FBT002  an option
    again: Annotated[bool, typer.Option("--again", help="As a new import.")] = False,  # noqa: FBT002  an option
    data: Data = None,
) -> None:
    """Import FILE into MODULE. Exit code 1 when a row was rejected."""
    options: dict[str, Any] = {"references": _pairs(reference, "--reference"), "dry_run": dry_run}
    options |= {"key": key} if key else {}
    options |= {"mapping": _pairs(column, "--map")} if column else {}
    if not file.is_file():
        raise NotFoundError("file_unknown", f"There is no file {file}.")
    with connect(data) as api:
        done = send_file(api, module, file, options, is_again=again)
        print(summary(done))
        if done.get("is_repeated"):
            text = "This file was imported before, with these counts; --again imports it once more."
            print(text, file=sys.stderr)
        rejects = _keep_rejects(api, done, file)
    if done["status"] != "ok":
        error = done.get("error") or {}
        faults = [Fault(each["field"], each["code"], each["detail"]) for each in error.get("errors", ())]
        detail = error.get("detail", f"The import is {done['status']}.")
        raise ConflictError(error.get("code", "import_stopped"), detail, faults=faults)
    if rejects is not None:
        print(f"Rejected rows with their reasons: {rejects}", file=sys.stderr)
        raise typer.Exit(1)


def send_file(
    api: Api, module: str, file: Path, options: dict[str, Any], *, is_again: bool = False
) -> dict[str, Any]:
    """Import a file and wait for the end; the import as the API shows it.

    The same file with the same options is the same import: one that broke off goes on, one that is over is
    only shown, with `is_repeated`. `is_again` makes it a new one.
    """
    name = new_uuid() if is_again else _fingerprint(module, file, options)
    headers = {"Upload-Length": str(file.stat().st_size), "Idempotency-Key": name}
    path = f"/api/modules/{quote(module)}/imports?{urlencode({'file_name': file.name})}"
    reply = api.send("POST", path, json.encode(options), {**headers, "Content-Type": "application/json"})
    import_id = json.loads(reply.body)["id"]
    if reply.headers.get("idempotent-replayed") == "true":
        known: dict[str, Any] = api.get(f"/api/imports/{import_id}")
        if known["status"] in FINISHED:
            return {**known, "is_repeated": True}
    with Bar() as bar:
        _upload(api, import_id, file, bar)
        return _follow(api, import_id, bar)


def summary(done: dict[str, Any]) -> str:
    """The counts of an import in one line."""
    counts = ", ".join(f"{done[name]:,} {name}" for name in ("created", "updated", "skipped", "rejected"))
    return f"{done['rows_read']:,} rows read: {counts}."


def _upload(api: Api, import_id: int, file: Path, bar: Bar) -> None:
    content = f"/api/imports/{import_id}/content"
    head = api.send("HEAD", content).headers
    offset, total = int(head["upload-offset"]), int(head["upload-length"])
    for piece, start in _pieces(file, offset):
        api.send("PATCH", content, piece, {"Upload-Offset": str(start)})
        bar.show("Sending", start + len(piece), total, "bytes")


def _pieces(file: Path, offset: int) -> Iterator[tuple[bytes, int]]:
    with file.open("rb") as source:
        source.seek(offset)
        while piece := source.read(PIECE_BYTES):
            yield piece, offset
            offset += len(piece)


def _follow(api: Api, import_id: int, bar: Bar) -> dict[str, Any]:
    while True:
        found: dict[str, Any] = api.get(f"/api/imports/{import_id}")
        bar.show("Importing", found["bytes_done"], found["bytes_total"], f"{found['rows_read']:,} rows")
        if found["status"] in FINISHED:
            return found
        time.sleep(LOOK_EVERY_SECONDS)


def _keep_rejects(api: Api, done: dict[str, Any], file: Path) -> Path | None:
    if not done["rejected"]:
        return None
    path = file.with_name(f"{file.stem}.rejects{file.suffix}")
    path.write_bytes(api.send("GET", f"/api/imports/{done['id']}/rejects").body)
    return path


def _fingerprint(module: str, file: Path, options: dict[str, Any]) -> str:
    with file.open("rb") as source:
        digest = hashlib.file_digest(source, "sha256")
    digest.update(json.encode([module, file.name, options]))
    return f"import-{digest.hexdigest()}"


def _pairs(given: Pairs, option: str) -> dict[str, str]:
    found = {}
    for pair in given or ():
        left, equals, right = pair.partition("=")
        if not equals or not left or not right:
            raise typer.BadParameter(f"{option} wants A=B; got '{pair}'.")
        found[left] = right
    return found
