"""The commands: `headwater serve`, `token`, `backup`, `doctor` and those of the slices."""

import sys

import typer

from headwater.cli import backup, doctor, flow, importing, serve, token
from headwater.cli.demo.command import demo
from headwater.kernel.errors import HeadwaterError

USAGE = 2
FAILED = 1

app = typer.Typer(
    help="Headwater: applications, records, changes and flows in one self-hosted service.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    rich_markup_mode=None,
)
app.command()(serve.serve)
app.add_typer(token.app)
app.command()(backup.backup)
app.command()(doctor.doctor)
app.command("import")(importing.import_file)
app.add_typer(flow.app)
app.command()(demo)


def main() -> None:
    """Run the command of the command line. Exit codes: 0 done, 1 failed, 2 wrong usage."""
    try:
        app()
    except HeadwaterError as error:
        say_error(error)
        sys.exit(USAGE if error.code == "invalid_setting" else FAILED)
    except OSError as error:  # a full disk, a folder that may not be written: the operator's to mend
        place = f": {error.filename}" if error.filename else ""
        print(f"headwater: {error.strerror or error}{place}", file=sys.stderr)
        sys.exit(FAILED)


def say_error(error: HeadwaterError) -> None:
    """What is wrong, where, and what to do, on standard error."""
    print(f"headwater: {error.detail}", file=sys.stderr)
    for fault in error.faults:
        print(f"  {fault.field}: {fault.detail}", file=sys.stderr)
    if error.hint:
        print(f"  {error.hint}", file=sys.stderr)
