"""The doors of the Clust dialect put together: both versions of the API, and its reference."""

from dataclasses import replace

from headwater.accounts.callers import bearer_only
from headwater.accounts.service import Accounts
from headwater.applications.building import ApplicationsSlice
from headwater.db.database import Database
from headwater.kernel.settings import Settings
from headwater.web import reference
from headwater.web.application import application
from headwater.web.pending import pending_routes
from headwater.web.root import Dialect
from headwater.wire.clust import pending
from headwater.wire.clust.errors import render_error
from headwater.wire.clust.routes import routes

MOUNT = "/clust"
VERSIONS = ("/api", "/api/v2")


def build_clust(
    accounts: Accounts, slice_: ApplicationsSlice, database: Database, settings: Settings
) -> list[Dialect]:
    """The dialects to mount: one application answers at both versions, another shows the reference."""
    table = routes(slice_.templates, slice_.applications, slice_.shown)
    shown = [replace(route, path=VERSIONS[0] + route.path) for route in table]
    made = [
        application(
            part,
            authenticate=bearer_only(accounts, parameter="api_token"),
            database=database,
            settings=settings,
            render_error=render_error,
        )
        for part in (
            [*table, *pending_routes(pending.TABLE)],
            reference.routes(shown, title="Headwater: the Clust dialect", mount=MOUNT),
        )
    ]
    return [Dialect(MOUNT + version, made[0]) for version in VERSIONS] + [Dialect(MOUNT, made[1])]
