"""`headwater token create`: API tokens, JWTs of the CRM dialect and OAuth clients."""

import sys
from typing import Annotated

import typer

from headwater.access.scopes import ABILITIES
from headwater.cli.client import connect
from headwater.cli.options import Data
from headwater.kernel import json

app = typer.Typer(name="token", help="Make tokens.", no_args_is_help=True)


@app.callback()
def token() -> None:
    """Make tokens."""


@app.command()
def create(
    name: Annotated[str, typer.Argument(help="What the token is for.", show_default=False)],
    scope: Annotated[
        list[str], typer.Option(help="A scope or ability; may be repeated.", show_default=False)
    ],
    jwt: Annotated[bool, typer.Option("--jwt", help="An HS256 token of the CRM dialect.")] = False,  # noqa: FBT002 - an option
    oauth: Annotated[bool, typer.Option("--oauth", help="An OAuth client: id and secret.")] = False,  # noqa: FBT002 - an option
    data: Data = None,
) -> None:
    """Print a new token alone on standard output; with --oauth JSON with client_id and client_secret."""
    if jwt and oauth:
        raise typer.BadParameter("--jwt and --oauth exclude each other.")
    body = {
        "name": name,
        "kind": "jwt" if jwt else "client" if oauth else "token",
        "scopes": [each for each in scope if each not in ABILITIES],
        "abilities": [each for each in scope if each in ABILITIES],
    }
    with connect(data) as api:
        made = api.post("/api/tokens", body)
    print(f"Token {made['id']} '{name}' may: {', '.join(scope)}. It is shown only now.", file=sys.stderr)
    if oauth:
        print(json.dumps({"client_id": made["client_id"], "client_secret": made["client_secret"]}))
    else:
        print(made["token"])
