"""The lock of a data folder: one process writes it, and the others learn where that one listens."""

import fcntl
import os
import time
from dataclasses import dataclass
from io import FileIO
from pathlib import Path
from types import TracebackType

import msgspec

from headwater.kernel.errors import ConflictError

FILE_NAME = "server.lock"
PATIENCE_SECONDS = 0.5
STEP_SECONDS = 0.05


@dataclass(frozen=True)
class Holder:
    """What the process that holds a folder says of itself: its address, and the key for local commands."""

    address: str
    key: str


class DataLock:
    """Held from `acquire` to `release`, or until the process ends in whatever way: the kernel lets it go."""

    def __init__(self, file: FileIO) -> None:
        """Use `acquire`."""
        self._file: FileIO | None = file

    def __enter__(self) -> "DataLock":
        """The lock itself."""
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Let go."""
        self.release()

    def announce(self, holder: Holder) -> None:
        """Write down where this process can be reached, once it listens."""
        if self._file is not None:
            self._file.seek(0)
            self._file.truncate()
            self._file.write(msgspec.json.encode(holder))

    def release(self) -> None:
        """Let go and take the address away. A second call does nothing."""
        if self._file is not None:
            self._file.truncate(0)
            self._file.close()
            self._file = None


def acquire(folder: Path, holder: Holder | None = None) -> DataLock:
    """Hold the folder, making it when it is not there. ConflictError `data_in_use` when another does."""
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    file = _open(folder, os.O_RDWR | os.O_CREAT)
    if not _try_lock(file):
        words = _read(file)
        file.close()
        raise ConflictError(
            "data_in_use",
            f"Another process holds {folder}" + (f": it listens at {words.address}." if words else "."),
            hint="Stop it first, use its address, or name another data folder.",
        )
    lock = DataLock(file)
    lock.announce(holder or Holder("", ""))
    return lock


def holder_of(folder: Path) -> Holder | None:
    """Who holds the folder and has said where it listens; None when nobody does."""
    try:
        file = _open(folder, os.O_RDONLY)
    except FileNotFoundError:
        return None
    with file:
        try:
            fcntl.flock(file, fcntl.LOCK_SH | fcntl.LOCK_NB)
        except BlockingIOError:
            words = _read(file)
            return words if words and words.address else None
    return None


def _open(folder: Path, flags: int) -> FileIO:
    return FileIO(
        os.open(folder / FILE_NAME, flags | os.O_CLOEXEC, 0o600), "r+" if flags & os.O_RDWR else "r"
    )


def _try_lock(file: FileIO) -> bool:
    """Wait a moment: a command that only looks for the holder has it for an instant."""
    end = time.monotonic() + PATIENCE_SECONDS
    while True:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
            return True
        except BlockingIOError:
            if time.monotonic() > end:
                return False
            time.sleep(STEP_SECONDS)


def _read(file: FileIO) -> Holder | None:
    file.seek(0)
    try:
        return msgspec.json.decode(file.read(), type=Holder)
    except msgspec.DecodeError:
        return None  # it holds the folder and has not said where it listens yet
