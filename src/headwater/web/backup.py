"""`POST /api/backup`: the database and the stored files of one moment in one tar file, while serving."""

import asyncio
import os
import tarfile
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

import msgspec

from headwater.db.backup import back_up
from headwater.db.database import Database
from headwater.db.opening import FILE_NAME
from headwater.kernel.errors import ConflictError, Fault, ForbiddenError, InvalidError
from headwater.kernel.secrets import KEY_FILE
from headwater.kernel.settings import Settings
from headwater.web.answer import Answer
from headwater.web.call import Call
from headwater.web.route import Route

_OF_DATA = ("folders",)
"""The folders of connections."""
_OF_FILES = ("files", "imports")
"""Stored files, and those whose import is not finished."""


class Backup(msgspec.Struct, forbid_unknown_fields=True):
    """Where to write, a whole path on the server's machine, and whether the secret key goes in."""

    file: str
    with_key: bool = False


class BackupDone(msgspec.Struct):
    """What was written."""

    file: str
    bytes: int


async def _create(call: Call) -> Answer:
    body: Backup = call.body
    if call.actor.kind != "system":
        # it writes to any path the server may write to, so it is for whoever can read the data folder
        raise ForbiddenError(
            "local_only", "A backup is made on the server's own machine: headwater backup FILE."
        )
    target = Path(body.file)
    if not target.is_absolute() or not target.parent.is_dir():
        fault = Fault("file", "bad_path", "Name a whole path in a folder that exists.")
        raise InvalidError("invalid_body", f"file: {fault.detail}", faults=[fault])
    await asyncio.to_thread(archive, call.database, call.settings, target, with_key=body.with_key)
    return Answer(BackupDone(str(target), target.stat().st_size), 201)


def archive(database: Database, settings: Settings, target: Path, *, with_key: bool) -> None:
    """Write the tar file (0600), whole or not at all. ConflictError `backup_exists` when it is there."""
    if target.exists():
        raise ConflictError("backup_exists", f"{target} is there already.", hint="Name another file.")
    copy = target.with_name(f"{target.name}.database")
    partial = target.with_name(f"{target.name}.partial")
    copy.unlink(missing_ok=True)
    try:
        back_up(database, copy)
        with _private(partial) as file, tarfile.open(fileobj=file, mode="w") as tar:
            tar.add(copy, FILE_NAME)
            for name in ("headwater.toml", *((KEY_FILE,) if with_key else ())):
                _add(tar, settings.data / name, name)
            for root, folders in ((settings.data, _OF_DATA), (settings.file_folder, _OF_FILES)):
                for path in _stored(root, folders):
                    _add(tar, path, path.relative_to(root).as_posix())
            file.flush()
            os.fsync(file.fileno())
        partial.rename(target)
    finally:
        copy.unlink(missing_ok=True)
        partial.unlink(missing_ok=True)


def _stored(root: Path, folders: Iterable[str]) -> Iterator[Path]:
    for name in folders:
        yield from (
            path for path in sorted((root / name).rglob("*")) if path.is_file() and not path.is_symlink()
        )


def _add(tar: tarfile.TarFile, path: Path, name: str) -> None:
    try:
        with path.open("rb") as file:
            tar.addfile(tar.gettarinfo(arcname=name, fileobj=file), file)
    except FileNotFoundError:  # never there, or finished and taken away since the folder was read
        return


def _private(path: Path) -> Any:
    return os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "wb")


def routes() -> list[Route]:
    """The one route."""
    summary = "Write a backup on the server's machine; for the local command only"
    return [
        Route(
            "POST",
            "/api/backup",
            _create,
            summary,
            body=Backup,
            answer=BackupDone,
            status=201,
            tag="operations",
        )
    ]
