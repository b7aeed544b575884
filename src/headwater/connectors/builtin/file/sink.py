"""A file as a sink: one for each run, or one for each page, there whole or not at all, and exactly once.

What is written first lies in hidden part files, whose lengths are committed with the engine's progress.
After a crash a part is cut back to its committed length; a part gets its name only after the commit that
completed it.
"""

import asyncio
import os
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any, BinaryIO

from headwater.connectors.builtin.file.folder import Folder
from headwater.connectors.builtin.file.names import file_name
from headwater.connectors.builtin.file.writing import complete_csv, csv_rows, json_lines
from headwater.connectors.contract import OK, Batch, Opening, Outcome, Trouble, Written
from headwater.connectors.uncut import uncut
from headwater.kernel.disk import is_full
from headwater.kernel.errors import FatalError, HeadwaterError, RetryError

Part = dict[str, Any]  # {"part": hidden name, "name": final name, "length": bytes, "columns": [names]}


class FileSink:
    """The state is `{"open": part or None, "ready": [complete parts that wait for their names]}`."""

    def __init__(self, folder: Folder, opening: Opening) -> None:
        """`folder` is the connection's; parameters as in the connector's spec."""
        self._parameters = opening.parameters
        self._root = folder
        self._folder = folder.path(opening.parameters.get("directory") or "")
        self._opening = opening

    async def write(self, batch: Batch, state: Any) -> Written:
        """Append the batch to the part of the run, or write a part for each page in it."""
        return await uncut(asyncio.to_thread(self._guarded, self._write, batch, state))

    async def finish(self, state: Any) -> None:
        """Give the complete files their names."""
        if state is not None:
            await uncut(asyncio.to_thread(self._guarded, self._publish_all, state))

    def _guarded(self, work: Any, *arguments: Any) -> Any:
        try:
            return work(*arguments)
        except OSError as error:
            raise _unwritable(self._folder, error) from error

    def _write(self, batch: Batch, state: Any) -> Written:
        self._folder.mkdir(parents=True, exist_ok=True)
        state = state or {"open": None, "ready": []}
        for part in state["ready"]:
            self._publish(part)
        records, outcomes = _writable(batch.mapped)
        if not records:
            return Written(outcomes, {**state, "ready": []})
        if self._parameters.get("per_page"):
            ready = [self._write_page(page, some) for page, some in _pages(batch, outcomes)]
            return Written(outcomes, {"open": None, "ready": ready})
        part = state["open"] or self._new_part(None, records[0])
        return Written(outcomes, {"open": self._append(part, records), "ready": []})

    def _write_page(self, page: int, records: Sequence[Any]) -> Part:
        return self._append(self._new_part(page, records[0]), records)

    def _new_part(self, page: int | None, record: Any) -> Part:
        name = file_name(self._parameters, self._opening, page, record)
        self._named(name)
        hidden = f".{self._opening.run_id}-{self._opening.step_id}-{0 if page is None else page}.part"
        return {"part": hidden, "name": name, "length": 0, "columns": []}

    def _named(self, name: str) -> Path:
        return self._root.path(str(self._folder / name))

    def _append(self, part: Part, records: Sequence[Any]) -> Part:
        columns = list(part["columns"])
        flags = os.O_RDWR | os.O_CREAT | os.O_NOFOLLOW
        with os.fdopen(os.open(self._folder / part["part"], flags, 0o640), "r+b") as file:
            _cut_back(file, part)
            file.write(self._bytes(records, columns))
            file.flush()
            os.fsync(file.fileno())
            return {**part, "length": file.tell(), "columns": columns}

    def _bytes(self, records: Sequence[Any], columns: list[str]) -> bytes:
        if self._is_csv:
            return csv_rows(records, columns, self._delimiter)
        return json_lines(records)

    def _publish_all(self, state: Any) -> None:
        for part in [*state["ready"], *([state["open"]] if state["open"] else [])]:
            self._publish(part)

    def _publish(self, part: Part) -> None:
        hidden, final = self._folder / part["part"], self._named(part["name"])
        if not hidden.exists():
            return  # it got its name before a crash
        os.truncate(hidden, part["length"])
        final.parent.mkdir(parents=True, exist_ok=True)
        if self._is_csv and self._parameters.get("has_header", True):
            self._publish_csv(part, hidden, final)
        else:
            os.replace(hidden, final)
        _sync_folder(final.parent)

    def _publish_csv(self, part: Part, hidden: Path, final: Path) -> None:
        whole = hidden.with_suffix(".whole")
        with open(whole, "wb") as out:
            complete_csv(hidden, out, part["columns"], self._delimiter)
            out.flush()
            os.fsync(out.fileno())
        os.replace(whole, final)
        hidden.unlink()

    @property
    def _is_csv(self) -> bool:
        return self._parameters.get("format") == "csv"

    @property
    def _delimiter(self) -> str:
        return self._parameters.get("delimiter") or ","


def _cut_back(file: BinaryIO, part: Part) -> None:
    """Drop what was written behind the last commit."""
    if file.seek(0, os.SEEK_END) < part["length"]:
        raise FatalError("file_changed", f"The unfinished '{part['name']}' became shorter than it was.")
    file.truncate(part["length"])
    file.seek(part["length"])


def _writable(mapped: Sequence[Any]) -> tuple[Sequence[Any], list[Outcome]]:
    if all(record.__class__ is dict for record in mapped):
        return mapped, [OK] * len(mapped)
    trouble = Trouble("internal", "no_object", "A file takes objects as records.")
    outcomes = [OK if isinstance(record, dict) else Outcome(trouble=trouble) for record in mapped]
    return [record for record in mapped if isinstance(record, dict)], outcomes


def _pages(batch: Batch, outcomes: Sequence[Outcome]) -> Iterator[tuple[int, list[Any]]]:
    pages: dict[int, list[Any]] = {}
    for at, record in enumerate(batch.mapped):
        if outcomes[at].trouble is None:
            pages.setdefault(batch.page(at), []).append(record)
    yield from pages.items()


def _sync_folder(folder: Path) -> None:
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def _unwritable(folder: Path, error: OSError) -> HeadwaterError:
    if is_full(error):
        return RetryError(
            "disk_full", f"There is no room to write in '{folder.name}'.", hint="Make room; it tries again."
        )
    return FatalError(
        "file_unwritable",
        f"Writing in '{folder.name}' failed: {error.strerror or type(error).__name__}.",
        hint="Look whether the folder may be written by the user that runs Headwater.",
    )
