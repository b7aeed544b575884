"""Puts the Fluxx dialect together."""

from headwater.accounts.callers import bearer_only
from headwater.accounts.service import Accounts
from headwater.alerts.queue import Queues
from headwater.db.database import Database
from headwater.kernel.clock import Clock
from headwater.kernel.settings import Settings
from headwater.web import reference
from headwater.web.application import application
from headwater.web.root import Dialect
from headwater.wire.fluxx.errors import render_error
from headwater.wire.fluxx.routes import routes

MOUNT = "/fluxx"


def build_fluxx(
    accounts: Accounts, queues: Queues, clock: Clock, database: Database, settings: Settings
) -> Dialect:
    """The dialect with its reference at `/fluxx/docs`."""
    table = routes(accounts, queues, clock)
    app = application(
        [*table, *reference.routes(table, title="Headwater: Fluxx", mount=MOUNT)],
        authenticate=bearer_only(accounts),
        database=database,
        settings=settings,
        render_error=render_error,
    )
    return Dialect(MOUNT, app)
