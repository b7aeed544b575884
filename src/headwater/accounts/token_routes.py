"""`/api/tokens`: API tokens, JWTs and OAuth clients."""

from headwater.accounts.forms import NewToken, TokenPage, TokenView, token_view
from headwater.accounts.model import Token
from headwater.accounts.service import Accounts
from headwater.db.database import Tx
from headwater.kernel.clock import SECOND, from_datetime
from headwater.web.answer import Answer
from headwater.web.call import Call
from headwater.web.paging import ListQuery, page_of_ids, path_id
from headwater.web.route import Route


class Tokens:
    """The handlers of tokens."""

    def __init__(self, accounts: Accounts) -> None:
        """Everything is done by `accounts`."""
        self._accounts = accounts

    async def list(self, call: Call) -> TokenPage:
        """My tokens; everybody's for an administrator."""
        page = await call.read(
            lambda tx: page_of_ids(
                call.query,
                lambda after, limit: self._accounts.list_tokens(tx, call.actor, after, limit),
            )
        )
        return TokenPage([token_view(token) for token in page.items], page.next_cursor)

    async def create(self, call: Call) -> Answer:
        """The token with its secret, this once."""
        token, secret = await call.write(lambda tx: self._create(tx, call))
        return Answer(token_view(token, secret), 201, {"location": f"/api/tokens/{token.id}"})

    def _create(self, tx: Tx, call: Call) -> tuple[Token, str]:
        body: NewToken = call.body
        if body.kind == "client":
            return self._accounts.create_oauth_client(tx, call.actor, body.name, body.scopes)
        if body.kind == "jwt":
            return self._accounts.create_jwt(tx, call.actor, body.name, body.scopes)
        expires_at = None if body.expires_at is None else from_datetime(body.expires_at) // SECOND * SECOND
        return self._accounts.create_token(
            tx, call.actor, body.name, body.scopes, body.abilities, expires_at=expires_at
        )

    async def revoke(self, call: Call) -> None:
        """Ends at once."""
        token_id = path_id(call.path["token"], "token_unknown")
        await call.write(lambda tx: self._accounts.revoke_token(tx, call.actor, token_id))


def routes(accounts: Accounts) -> list[Route]:
    """The routes of tokens."""
    tokens = Tokens(accounts)
    return [
        Route(
            "GET",
            "/api/tokens",
            tokens.list,
            "List tokens",
            query=ListQuery,
            answer=TokenPage,
            tag="accounts",
        ),
        Route(
            "POST",
            "/api/tokens",
            tokens.create,
            "Make a token; its secret is shown once",
            body=NewToken,
            answer=TokenView,
            status=201,
            is_secret=True,
            tag="accounts",
        ),
        Route("DELETE", "/api/tokens/{token}", tokens.revoke, "Revoke a token", status=204, tag="accounts"),
    ]
