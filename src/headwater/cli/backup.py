"""`headwater backup FILE`: a consistent copy of everything while the server goes on."""

import sys
from pathlib import Path
from typing import Annotated

import typer

from headwater.cli.client import connect
from headwater.cli.options import Data


def backup(
    file: Annotated[
        Path, typer.Argument(help="The tar file to write; it must not exist.", show_default=False)
    ],
    with_key: Annotated[  # noqa: FBT002 - an option
        bool, typer.Option("--with-key", help="Put the secret key in, which opens stored secrets.")
    ] = False,
    data: Data = None,
) -> None:
    """Write the database and the stored files of one moment into a tar file (mode 0600)."""
    with connect(data) as api:
        made = api.post("/api/backup", {"file": str(file.absolute()), "with_key": with_key})
    print(
        f"Wrote {made['file']}, {made['bytes']:,} bytes. Unpack it into an empty data folder.",
        file=sys.stderr,
    )
