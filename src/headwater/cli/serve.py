"""`headwater serve`: the server."""

from typing import Annotated

import typer

from headwater.cli.options import Data
from headwater.kernel.settings import load


def serve(
    host: Annotated[str | None, typer.Option(help="The address to listen at.", show_default=False)] = None,
    port: Annotated[int | None, typer.Option(help="The port to listen at.", show_default=False)] = None,
    data: Data = None,
) -> None:
    """Serve until a signal ends it; at first start it prints a one-time link for the administrator."""
    # the other commands, beside a running server, need none of it
    from headwater import server  # noqa: PLC0415

    server.serve(load(overrides={"host": host, "port": port, "data": data}))
