"""Files on their way in: written piece by piece, each piece on disk before its length is told."""

import asyncio
import hashlib
import os
import time
from collections.abc import AsyncIterator, Collection
from pathlib import Path
from typing import BinaryIO

from headwater.kernel.disk import is_full
from headwater.kernel.errors import ConflictError, NotFoundError, StorageFullError, TooLargeError
from headwater.kernel.ids import new_uuid

_COPIES = (".utf8", ".draft")


class Spool:
    """A folder of files that imports read; a file is there until its import is over."""

    def __init__(self, root: Path, max_bytes: int) -> None:
        """Use `root`, made with the first file; no file grows above `max_bytes`."""
        self._root = root
        self.max_bytes = max_bytes
        self._growing: dict[str, BinaryIO] = {}

    def create(self) -> str:
        """The name of a new empty file."""
        self._root.mkdir(parents=True, exist_ok=True)
        name = new_uuid()
        (self._root / name).touch()
        return name

    def path(self, name: str) -> Path:
        """Where a file lies. Raises NotFoundError `upload_lost` when it is gone."""
        path = self._root / name
        if not path.exists():
            raise NotFoundError("upload_lost", "The uploaded file is no longer there.", hint="Send it again.")
        return path

    def size(self, name: str) -> int:
        """How many bytes of it have come."""
        if name in self._growing:
            self._growing[name].flush()
        return self.path(name).stat().st_size

    def refuse_above_limit(self, total: int) -> None:
        """Raise TooLargeError `upload_too_large` for a file that will be larger than any may be."""
        if total > self.max_bytes:
            raise _too_large(self.max_bytes)

    async def append(self, name: str, chunks: AsyncIterator[bytes], offset: int, total: int | None) -> str:
        """Add a stream behind `offset`, where the file must end; the SHA-256 in hex of what was added.

        Another end is ConflictError `wrong_offset`; more than `total` or the limit TooLargeError. What came
        before the stream broke off stays, so that the caller goes on from there. One who lost his connection
        may be back before the server knows of it: the stream that came last is the one that counts.
        """
        if self.size(name) != offset:
            raise wrong_offset(self.size(name))
        limit = self.max_bytes if total is None else min(total, self.max_bytes)
        try:
            return await self._grow(name, chunks, limit)
        except OSError as error:
            if is_full(error):
                raise StorageFullError(
                    "storage_full", "The disk has no room for the file.", hint="Make room, then continue."
                ) from error
            raise

    async def _grow(self, name: str, chunks: AsyncIterator[bytes], limit: int) -> str:
        digest = hashlib.sha256()
        with self.path(name).open("ab") as file:
            self._growing[name] = file
            try:
                async for chunk in chunks:
                    if self._growing.get(name) is not file:
                        raise wrong_offset(self.size(name))
                    if file.tell() + len(chunk) > limit:
                        raise _too_large(limit)
                    file.write(chunk)
                    digest.update(chunk)
            finally:
                if self._growing.get(name) is file:
                    del self._growing[name]
                file.flush()
                # the disk may take seconds for a large file; other requests are served meanwhile
                await asyncio.to_thread(os.fsync, file.fileno())
        return digest.hexdigest()

    def remove(self, name: str) -> None:
        """Let a file go, and the copies that were made of it."""
        for suffix in ("", *_COPIES):
            (self._root / f"{name}{suffix}").unlink(missing_ok=True)

    def keep_only(self, wanted: Collection[str], fresh_seconds: float) -> None:
        """Let every file go that is not wanted, but those that were written to in the last seconds."""
        if not self._root.is_dir():
            return
        for path in self._root.iterdir():
            age = time.time() - path.stat().st_mtime
            if path.stem not in wanted and age > fresh_seconds:
                self.remove(path.stem)


def _too_large(limit: int) -> TooLargeError:
    return TooLargeError("upload_too_large", f"The file is larger than {limit} bytes.")


def wrong_offset(size: int) -> ConflictError:
    """The error for a piece that does not begin where the file ends; the header says where that is."""
    return ConflictError(
        "wrong_offset",
        f"The upload has {size} bytes; go on from there.",
        hint="HEAD tells the offset.",
        headers={"upload-offset": str(size)},
    )
