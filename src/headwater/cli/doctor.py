"""`headwater doctor`: looks over an installation and says what is wrong."""

import shutil
import stat
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

import typer

from headwater import __version__
from headwater.cli.client import Api, connect
from headwater.cli.options import Data
from headwater.db.lock import holder_of
from headwater.kernel.errors import HeadwaterError
from headwater.kernel.secrets import KEY_FILE
from headwater.kernel.settings import Settings, load

_LEAST_FREE_BYTES = 1024**3


class Finding(NamedTuple):
    """One thing that was looked at; `is_good` False makes the command fail."""

    words: str
    is_good: bool = True


def doctor(data: Data = None) -> None:
    """Check settings, data folder, database and server; exit code 1 when something is wrong."""
    settings = load(overrides={"data": data})
    findings = list(_findings(settings))
    for finding in findings:
        print(f"{'ok ' if finding.is_good else 'BAD'} {finding.words}")
    if not all(finding.is_good for finding in findings):
        raise typer.Exit(1)


def _findings(settings: Settings) -> Iterator[Finding]:
    yield Finding(f"Python {sys.version.split()[0]}, Headwater {__version__}")
    yield Finding(f"settings read; data folder {settings.data.absolute()}")
    yield from _folder(settings.data)
    holder = holder_of(settings.data)
    yield Finding(
        f"a server runs at {holder.address}" if holder else "no server runs; one is started to look"
    )
    try:
        with connect(settings.data) as api:
            yield from _server(api)
    except HeadwaterError as error:
        yield Finding(f"the server does not work: {error.detail} {error.hint or ''}".strip(), is_good=False)


def _folder(folder: Path) -> Iterator[Finding]:
    if not folder.exists():
        yield Finding("the data folder is not there yet; the first start makes it")
        return
    free = shutil.disk_usage(folder).free
    yield Finding(f"{free // 1024**2:,} MB free on its disk", free > _LEAST_FREE_BYTES)
    key = folder / KEY_FILE
    if key.exists():
        mode = stat.S_IMODE(key.stat().st_mode)
        yield Finding(f"{KEY_FILE} has mode {mode:04o}; others must not read it", not mode & 0o077)


def _server(api: Api) -> Iterator[Finding]:
    api.get("/readyz")
    yield Finding("the database takes writes and its migrations are done")
    about = api.get("/api/settings")
    same = about["version"] == __version__
    yield Finding(f"the server is version {about['version']}, its database {about['database']}", same)
    page = api.send("GET", "/", headers={"Accept": "text/html"}).body
    yield Finding("the user interface is built", b'id="app"' in page)
