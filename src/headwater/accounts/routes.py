"""All routes of accounts."""

from headwater.accounts import session_routes, token_routes, user_routes
from headwater.accounts.limits import FailureLimit
from headwater.accounts.people import People
from headwater.accounts.service import Accounts
from headwater.kernel.clock import Clock
from headwater.kernel.settings import Settings
from headwater.web.route import Route

_FAILURES_PER_ADDRESS = 50
_FAILURES_PER_ACCOUNT = 10


def routes(accounts: Accounts, people: People, clock: Clock, settings: Settings) -> list[Route]:
    """Signing in, tokens and people."""
    addresses = FailureLimit(clock, _FAILURES_PER_ADDRESS)
    by_account = FailureLimit(clock, _FAILURES_PER_ACCOUNT)
    return [
        *session_routes.routes(people, addresses, by_account),
        *token_routes.routes(accounts),
        *user_routes.routes(people, settings),
    ]
