"""The connectors that come with Headwater, by kind, and those that installed packages add."""

from importlib.metadata import entry_points

from headwater.connectors.builtin.file.connector import FileConnector
from headwater.connectors.builtin.http.connector import HttpConnector
from headwater.connectors.contract import Connector
from headwater.connectors.outbound import OutboundPolicy
from headwater.kernel.clock import Clock
from headwater.kernel.settings import Settings

GROUP = "headwater.connectors"


def builtin(settings: Settings, clock: Clock) -> dict[str, Connector]:
    """Ours, by kind. Those to our own slices live in the slices; app.py adds them."""
    policy = OutboundPolicy(settings.outbound_allow, settings.outbound_deny)
    return {"file": FileConnector(settings.data, settings.file_folder), "http": HttpConnector(policy, clock)}


def installed() -> dict[str, Connector]:
    """What packages add through the entry-point group `headwater.connectors`: a class without arguments."""
    return {point.name: point.load()() for point in entry_points(group=GROUP)}
