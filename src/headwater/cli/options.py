"""Options that several commands take."""

from pathlib import Path
from typing import Annotated

import typer

Data = Annotated[
    Path | None,
    typer.Option(
        "--data", help="The data folder; HEADWATER_DATA, or ./data, without it.", show_default=False
    ),
]
