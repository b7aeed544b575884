"""Puts the dialect together: its routes, its reference pages and its way of knowing callers."""

from headwater.accounts.service import Accounts
from headwater.db.database import Database
from headwater.kernel.settings import Settings
from headwater.records.building import RecordsSlice
from headwater.web import reference
from headwater.web.application import Application
from headwater.wire.crm.authentication import token_caller
from headwater.wire.crm.errors import render_error
from headwater.wire.crm.origins import CrossOriginApplication
from headwater.wire.crm.routes import routes

MOUNT = "/crm"


def build_crm(
    accounts: Accounts, records: RecordsSlice, database: Database, settings: Settings
) -> Application:
    """The application to mount at `MOUNT`."""
    table = routes(records)
    # a path with a slash at its end is the same route once more
    described = [each for each in table if not each.path.endswith("/")]
    pages = reference.routes(described, title="Headwater CRM dialect", mount=MOUNT)
    return CrossOriginApplication([*table, *pages], token_caller(accounts), database, settings, render_error)
