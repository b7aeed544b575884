"""`/api/users`: the people of this installation and what they may do."""

from headwater.accounts.forms import ChangeUser, Invite, LinkView, Person, PersonPage, person_view
from headwater.accounts.model import User
from headwater.accounts.people import Particulars, People
from headwater.db.database import Tx
from headwater.kernel.settings import Settings
from headwater.web.answer import Answer
from headwater.web.call import Call
from headwater.web.paging import ListQuery, page_of_ids, path_id
from headwater.web.route import Route


class Users:
    """The handlers of people."""

    def __init__(self, people: People, settings: Settings) -> None:
        """Links begin with the address of `settings`."""
        self._people = people
        self._address = settings.address

    async def list(self, call: Call) -> PersonPage:
        """Everybody."""
        page = await call.read(
            lambda tx: page_of_ids(
                call.query, lambda after, limit: self._people.list(tx, call.actor, after, limit)
            )
        )
        return PersonPage([person_view(user) for user in page.items], page.next_cursor)

    async def invite(self, call: Call) -> Answer:
        """The person and his one-time link, this once."""
        body: Invite = call.body
        user, token = await call.write(
            lambda tx: self._people.invite(tx, call.actor, body.name, body.email, body.scopes)
        )
        view = person_view(user, welcome_link(self._address, token))
        return Answer(view, 201, {"location": f"/api/users/{user.id}"})

    async def get(self, call: Call) -> Person:
        """One person."""
        user_id = _id(call)
        return person_view(await call.read(lambda tx: self._people.get(tx, call.actor, user_id)))

    async def change(self, call: Call) -> Person:
        """The changed person."""
        return person_view(await call.write(lambda tx: self._change(tx, call, call.body)))

    def _change(self, tx: Tx, call: Call, body: ChangeUser) -> User:
        user_id = _id(call)
        user = self._people.grant(tx, call.actor, user_id, body.scopes, is_disabled=body.is_disabled)
        given = Particulars(body.name, body.email, body.time_zone, body.locale)
        return user if given == Particulars() else self._people.update(tx, call.actor, user_id, given)

    async def disable(self, call: Call) -> None:
        """Shut out; what the person did keeps its author."""
        await call.write(lambda tx: self._people.grant(tx, call.actor, _id(call), None, is_disabled=True))

    async def reset(self, call: Call) -> Answer:
        """A one-time link that sets a new password, this once."""
        token = await call.write(lambda tx: self._people.reset(tx, call.actor, _id(call)))
        return Answer(LinkView(welcome_link(self._address, token)), 201)


def welcome_link(address: str, token: str) -> str:
    """The page on which a one-time link is used; behind `#` the token never reaches a server's log."""
    return f"{address}/welcome#{token}"


def _id(call: Call) -> int:
    return path_id(call.path["user"], "user_unknown")


def routes(people: People, settings: Settings) -> list[Route]:
    """The routes of people."""
    users = Users(people, settings)
    return [
        Route(
            "GET",
            "/api/users",
            users.list,
            "List people",
            query=ListQuery,
            answer=PersonPage,
            scope="admin",
            tag="accounts",
        ),
        Route(
            "POST",
            "/api/users",
            users.invite,
            "Invite a person; the link is shown once",
            body=Invite,
            answer=Person,
            status=201,
            is_secret=True,
            scope="admin",
            tag="accounts",
        ),
        *_routes_of_one(users),
    ]


def _routes_of_one(users: Users) -> list[Route]:
    one = "/api/users/{user}"
    return [
        Route("GET", one, users.get, "Get a person", answer=Person, tag="accounts"),
        Route(
            "PATCH",
            one,
            users.change,
            "Change a person",
            body=ChangeUser,
            answer=Person,
            scope="admin",
            tag="accounts",
        ),
        Route("DELETE", one, users.disable, "Shut a person out", status=204, scope="admin", tag="accounts"),
        Route(
            "POST",
            one + "/link",
            users.reset,
            "Make a link that sets a new password",
            answer=LinkView,
            status=201,
            is_secret=True,
            scope="admin",
            tag="accounts",
        ),
    ]
