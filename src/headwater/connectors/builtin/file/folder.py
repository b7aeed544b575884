"""A local folder that a connection opens: no path leads out of it, and none into our own data."""

import os
from collections.abc import Callable
from pathlib import Path

from headwater.kernel.errors import FatalError, InvalidError

EXCHANGE = "folders"


def root_of(directory: str, data: Path) -> Path:
    """The folder of a connection: a relative one lies below `<data>/folders`.

    InvalidError `folder_refused` for one that holds, or lies in, the rest of our data folder: the database
    and the secret key are there.
    """
    own = data.resolve()
    exchange = own / EXCHANGE
    root = (exchange / directory).resolve()
    in_exchange = root.is_relative_to(exchange)
    if not in_exchange and (root.is_relative_to(own) or own.is_relative_to(root)):
        raise InvalidError(
            "folder_refused",
            f"The folder '{directory}' touches Headwater's own data.",
            hint=f"Name a folder elsewhere, or a relative one: it lies below {exchange}.",
        )
    return root


def below(root: Path, path: str) -> Path:
    """A path below `root`, symbolic links followed; one that leads out is InvalidError `path_outside`."""
    if "\0" in path:
        raise InvalidError("path_outside", "A path holds no NUL character.")
    found = (root / path).resolve()
    if not found.is_relative_to(root):
        raise InvalidError(
            "path_outside",
            f"'{path}' lies outside the connection's folder.",
            hint="Use a path inside the folder; links that lead out of it are not followed.",
        )
    return found


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
