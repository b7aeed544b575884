"""The composition root: builds every store and service once, and the one ASGI application over them."""

from dataclasses import dataclass, field
from typing import Any

from headwater.access.actor import Actor
from headwater.db.database import Database
from headwater.db.opening import open_database
from headwater.kernel.clock import Clock, SystemClock
from headwater.kernel.events import Events
from headwater.kernel.secrets import SecretBox, open_box
from headwater.kernel.settings import Settings
from headwater.web import health
from headwater.web.application import application
from headwater.web.call import Call
from headwater.web.root import Dialect, Root
from headwater.web.route import Route


@dataclass
class App:
    """Everything of one running Headwater. `routes` and `dialects` grow while it is built."""

    settings: Settings
    clock: Clock
    database: Database
    events: Events
    secrets: SecretBox
    routes: list[Route] = field(default_factory=list)
    dialects: list[Dialect] = field(default_factory=list)
    asgi: Any = None


def build(settings: Settings, clock: Clock | None = None) -> App:
    """Open the database and put everything together; nothing runs yet."""
    app = App(
        settings=settings,
        clock=clock or SystemClock(),
        database=open_database(settings),
        events=Events(),
        secrets=open_box(settings),
    )
    _build_web(app)
    return app


def _build_web(app: App) -> None:
    app.routes += health.routes()
    own = application(
        app.routes,
        authenticate=_authenticate,
        database=app.database,
        settings=app.settings,
    )
    app.asgi = Root(own, app.dialects, app.settings.wire_hosts)


async def _authenticate(call: Call) -> Actor | None:
    return None
