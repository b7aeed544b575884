"""Files of a folder as a source: read in name order, page by page, resumable behind any page."""

import asyncio
import itertools
import os
from collections.abc import Iterator, Mapping
from typing import Any

from headwater.connectors.builtin.file.arranging import arranged, is_arranged
from headwater.connectors.builtin.file.folder import Folder, names_in, unreadable
from headwater.connectors.builtin.file.rows import Chunk, chunks_of
from headwater.connectors.contract import Cursor, Page
from headwater.kernel.errors import FatalError


class FileSource:
    """Reads every file that is there when the run begins. The cursor is `{last, name, chunks, done}`: the
    last name to read, the file and how much of it was read, and the files read whole, when those are to go.
    """

    def __init__(self, folder: Folder, parameters: Mapping[str, Any], rows_per_page: int) -> None:
        """`folder` is the connection's; `parameters` are those of the connector's spec."""
        self._root = folder
        self._folder = folder.path(parameters.get("directory") or "")
        self._parameters = parameters
        self._rows_per_page = rows_per_page
        self._chunks: Iterator[Chunk] = iter(())
        self._stands_at: Cursor = None

    async def read(self, cursor: Cursor) -> Page:
        """The next rows, at most one page of one file."""
        return await asyncio.to_thread(self._read, cursor)

    async def finish(self, cursor: Cursor) -> None:
        """Move or delete the files that were read, unless they are kept."""
        if cursor and not self._parameters.get("keep", True):
            await asyncio.to_thread(self._remove, cursor["done"])

    def _read(self, cursor: Cursor) -> Page:
        if cursor is None:
            cursor = self._begin()
        if cursor["name"] is None:
            return Page((), cursor, is_last=True)
        try:
            chunk = self._next_chunk(cursor)
        except OSError as error:
            raise unreadable(self._folder / cursor["name"], error) from error
        following = {**cursor, "chunks": cursor["chunks"] + 1}
        if chunk.is_last:
            following = self._next_file(cursor)
        self._stands_at = following
        return Page(chunk.records, following, is_last=following["name"] is None, bad=chunk.bad)

    def _begin(self) -> dict[str, Any]:
        names = names_in(self._folder, self._is_wanted)
        first, last = (names[0], names[-1]) if names else (None, None)
        return {"last": last, "name": first, "chunks": 0, "done": []}

    def _next_chunk(self, cursor: dict[str, Any]) -> Chunk:
        if self._stands_at != cursor or cursor["chunks"] == 0:
            path = self._root.path(str(self._folder / cursor["name"]))
            read = arranged if is_arranged(self._parameters) else chunks_of
            self._chunks = read(path, self._parameters, self._rows_per_page)
            for _ in itertools.islice(self._chunks, cursor["chunks"]):
                pass
        chunk = next(self._chunks, None)
        if chunk is None:
            raise FatalError(
                "file_changed", f"'{cursor['name']}' became shorter while the run was interrupted."
            )
        return chunk

    def _next_file(self, cursor: dict[str, Any]) -> dict[str, Any]:
        names = names_in(self._folder, self._is_wanted)
        name = next((name for name in names if cursor["name"] < name <= cursor["last"]), None)
        keep = self._parameters.get("keep", True)
        return {
            **cursor,
            "name": name,
            "chunks": 0,
            "done": [] if keep else [*cursor["done"], cursor["name"]],
        }

    def _is_wanted(self, name: str) -> bool:
        parameters = self._parameters
        if parameters.get("name"):
            return bool(name == parameters["name"])
        begins, ends = parameters.get("name_prefix") or "", parameters.get("name_suffix") or ""
        return name.startswith(begins) and name.endswith(ends) and not name.startswith(".")

    def _remove(self, names: list[str]) -> None:
        backup = self._parameters.get("backup_directory")
        target = self._root.path(backup) if backup else None
        if target is not None:
            target.mkdir(parents=True, exist_ok=True)
        for name in names:
            path = self._folder / name
            if target is None:
                path.unlink(missing_ok=True)
            elif path.exists():
                os.replace(path, target / name)
