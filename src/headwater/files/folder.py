"""Bytes of stored files in a local folder, each content once, under its SHA-256."""

import asyncio
import hashlib
import os
import tempfile
from collections.abc import AsyncIterator
from dataclasses import dataclass
from pathlib import Path
from types import TracebackType

from headwater.kernel.disk import is_full
from headwater.kernel.errors import NotFoundError, StorageFullError, TooLargeError


@dataclass(frozen=True, slots=True)
class Content:
    """What was written: its hash in hex and its size in bytes."""

    sha256: str
    size: int


class FileFolder:
    """A folder of contents. A content is complete and on disk before `save` returns, so a row may name it."""

    def __init__(self, root: Path) -> None:
        """Use `root`, made when the first file comes."""
        self._root = root

    def path(self, sha256: str) -> Path:
        """Where a content lies, whether it is there or not."""
        return self._root / sha256[:2] / sha256[2:]

    def open_path(self, sha256: str) -> Path:
        """Where a content lies. Raises NotFoundError `file_lost` when the folder no longer has it."""
        path = self.path(sha256)
        if not path.exists():
            raise NotFoundError(
                "file_lost",
                f"The content {sha256} is not in the file folder.",
                hint="Restore the folder `files` from a backup.",
            )
        return path

    async def save(self, chunks: AsyncIterator[bytes], max_bytes: int) -> Content:
        """Keep a stream of at most `max_bytes`. Raises TooLargeError, and StorageFullError on a full disk."""
        try:
            with _Draft(self._root) as draft:
                async for chunk in chunks:
                    draft.write(chunk)
                    if draft.size > max_bytes:
                        raise TooLargeError("file_too_large", f"The file is larger than {max_bytes} bytes.")
                # the disk may take long; other requests are served meanwhile
                return await asyncio.to_thread(draft.keep, self.path(draft.sha256))
        except OSError as error:
            if is_full(error):
                raise StorageFullError(
                    "storage_full",
                    "The disk has no room for the file; nothing was kept.",
                    hint="Make room and send it again.",
                ) from error
            raise


class _Draft:
    """A content under a temporary name until it is complete; gone when it is not kept."""

    def __init__(self, root: Path) -> None:
        root.mkdir(parents=True, exist_ok=True)
        self._file = tempfile.NamedTemporaryFile(dir=root, prefix="draft-", delete=False)  # noqa: SIM115  kept by rename
        self._hash = hashlib.sha256()
        self.size = 0

    def __enter__(self) -> "_Draft":
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        try:
            self._file.close()  # it may still have bytes that find no room
        finally:
            Path(self._file.name).unlink(missing_ok=True)

    @property
    def sha256(self) -> str:
        return self._hash.hexdigest()

    def write(self, chunk: bytes) -> None:
        self._file.write(chunk)
        self._hash.update(chunk)
        self.size += len(chunk)

    def keep(self, path: Path) -> Content:
        """Make the content durable under its final name."""
        self._file.flush()
        os.fsync(self._file.fileno())
        path.parent.mkdir(parents=True, exist_ok=True)
        Path(self._file.name).replace(path)
        folder = os.open(path.parent, os.O_RDONLY)
        try:
            os.fsync(folder)
        finally:
            os.close(folder)
        return Content(self.sha256, self.size)
