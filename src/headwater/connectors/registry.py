"""The connectors that come with Headwater, by kind, and those that installed packages add."""

from importlib.metadata import entry_points
from pathlib import Path

from headwater.connectors.builtin.file.connector import FileConnector
from headwater.connectors.contract import Connector
from headwater.kernel.settings import Settings

GROUP = "headwater.connectors"


def builtin(settings: Settings) -> dict[str, Connector]:
    """Ours, by kind. Those to our own slices live in the slices; app.py adds them."""
    return {"file": FileConnector(Path(settings.data))}


def installed() -> dict[str, Connector]:
    """What packages add through the entry-point group `headwater.connectors`: a class without arguments."""
    return {point.name: point.load()() for point in entry_points(group=GROUP)}
