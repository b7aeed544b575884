"""The integrator's doors put together: the API at /integrator/v1, its reference at /integrator/docs."""

from dataclasses import replace

from headwater.accounts.callers import bearer_only
from headwater.accounts.service import Accounts
from headwater.db.database import Database
from headwater.flows.documents import Documents
from headwater.flows.service import Flows
from headwater.kernel.settings import Settings
from headwater.web import reference
from headwater.web.application import application
from headwater.web.root import Dialect
from headwater.wire.integrator.errors import render_error
from headwater.wire.integrator.routes import routes

VERSION = "/v1"


def build_integrator(
    accounts: Accounts, documents: Documents, flows: Flows, database: Database, settings: Settings
) -> list[Dialect]:
    """The dialects of the integrator, to be mounted by the root."""
    table = routes(documents, flows)
    shown = [replace(route, path=VERSION + route.path) for route in table if route.status != 501]
    pages = reference.routes(shown, title="Headwater: the integrator dialect", mount="/integrator")
    made = [
        application(
            part,
            authenticate=bearer_only(accounts),
            database=database,
            settings=settings,
            render_error=render_error,
        )
        for part in (table, pages)
    ]
    return [Dialect("/integrator" + VERSION, made[0]), Dialect("/integrator", made[1])]
