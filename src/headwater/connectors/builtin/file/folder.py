"""A local folder that a connection opens: no path leads out of it, and none into our own data."""

import os
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from headwater.kernel.errors import FatalError, InvalidError

EXCHANGE = "folders"
# What lies there are no files: among them is our own environment, with the secret key and the tokens.
OF_THE_KERNEL = (Path("/proc"), Path("/sys"), Path("/dev"))


@dataclass(frozen=True, slots=True)
class Folder:
    """The root of a connection, and our own folders, which hold the database, the secret key and documents.

    Relative roots lie in `exchange`, which is open though it is one of ours.
    """

    root: Path
    own: tuple[Path, ...]
    exchange: Path

    def path(self, text: str) -> Path:
        """A path below the root, symbolic links followed. One that leads out is InvalidError `path_outside`,
        one into our own data, or into what the kernel shows of itself, `folder_refused`.
        """
        if "\0" in text:
            raise InvalidError("path_outside", "A path holds no NUL character.")
        found = (self.root / text).resolve()
        if not found.is_relative_to(self.root):
            raise InvalidError(
                "path_outside",
                f"'{text}' lies outside the connection's folder.",
                hint="Use a path inside the folder; links that lead out of it are not followed.",
            )
        if any(found.is_relative_to(each) for each in OF_THE_KERNEL):
            raise InvalidError(
                "folder_refused", f"'{found}' is no folder of files.", hint="Name another one."
            )
        if any(map(found.is_relative_to, self.own)) and not found.is_relative_to(self.exchange):
            raise InvalidError(
                "folder_refused",
                f"'{found}' lies in Headwater's own data.",
                hint=f"Name a folder elsewhere, or a relative one: it lies below {self.exchange}.",
            )
        return found


def open_folder(directory: str, data: Path, *more: Path) -> Folder:
    """The folder of a connection; a relative one lies below `<data>/folders`. Refuses as `path` does."""
    own = (data.resolve(), *(each.resolve() for each in more))
    exchange = own[0] / EXCHANGE
    folder = Folder((exchange / directory).resolve(), own, exchange)
    folder.path("")
    return folder


def names_in(folder: Path, is_wanted: Callable[[str], bool]) -> list[str]:
    """The names of the files to read, in name order; hidden ones never are. FatalError without a folder."""
    try:
        with os.scandir(folder) as entries:
            return sorted(entry.name for entry in entries if is_wanted(entry.name) and entry.is_file())
    except OSError as error:
        raise unreadable(folder, error) from error


def unreadable(path: Path, error: OSError) -> FatalError:
    """The error for a file or folder that cannot be read; the run cannot go on."""
    return FatalError(
        "file_unreadable",
        f"'{path.name}' cannot be read: {error.strerror or type(error).__name__}.",
        hint="Look whether it exists and may be read by the user that runs Headwater.",
    )
