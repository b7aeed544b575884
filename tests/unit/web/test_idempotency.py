"""Idempotency-Key (native.md N7): one piece of work for one key, on both databases."""

import asyncio

import httpx
import pytest

from headwater.access.actor import Actor
from headwater.kernel.errors import InvalidError
from headwater.kernel.settings import Settings
from headwater.web.answer import Answer
from headwater.web.application import application
from headwater.web.route import Route


async def authenticate(call):
    number, token = int(call.header("x-user") or 1), call.header("x-token")
    if token:
        return Actor("token", number, "Ida's", frozenset({"admin"}), token_id=int(token))
    return Actor("user", number, "Ida", frozenset({"admin"}))


class Maker:
    """A POST that makes one row of the catalogue's kind: it counts how often the work was done."""

    def __init__(self, is_plain):
        self.done = 0
        self.is_plain = is_plain

    def work(self, tx, call):
        number = tx.next_id()
        tx.after_commit(self.count)
        if call.body.get("bad"):
            raise InvalidError("invalid_body", "Bad.")
        if self.is_plain:
            return object.__new__(Made).of(number)
        return Answer({"id": number}, 201, {"location": f"/api/things/{number}"})

    def count(self):
        self.done += 1

    async def __call__(self, call):
        made = await call.write(lambda tx: self.work(tx, call))
        if self.is_plain:
            return Answer({"id": made.id}, 201, {"location": f"/api/things/{made.id}"})
        return made


class Made:
    """Something that JSON does not know."""

    def of(self, number):
        self.id = number
        return self


@pytest.fixture(params=["answer from the work", "answer made afterwards"])
def maker(request):
    return Maker(request.param == "answer made afterwards")


@pytest.fixture
def app(database, maker):
    routes = [
        Route("POST", "/api/things", maker, "Make", body=dict),
        Route("POST", "/api/others", maker, "Make", body=dict),
        Route("POST", "/api/secrets", maker, "Make", body=dict, is_secret=True),
    ]
    return application(routes, authenticate=authenticate, database=database, settings=Settings())


def post(app, *calls):
    """Several calls at the same time; each is (path, body, key) and more headers."""

    async def run():
        transport = httpx.ASGITransport(app)
        async with httpx.AsyncClient(transport=transport, base_url="http://test") as client:
            asked = [
                client.post(path, json=body, headers={"Idempotency-Key": key, **dict(more)})
                for path, body, key, *more in calls
            ]
            return await asyncio.gather(*asked)

    return asyncio.run(run())


def test_the_first_answer_is_given_again(app, maker):
    (first,) = post(app, ("/api/things", {"a": 1}, "k"))
    (again,) = post(app, ("/api/things", {"a": 1}, "k"))
    assert maker.done == 1
    assert (again.status_code, again.content) == (first.status_code, first.content) == (201, first.content)
    assert again.headers["location"] == first.headers["location"]
    assert again.headers["idempotent-replayed"] == "true" and "idempotent-replayed" not in first.headers


def test_calls_at_the_same_time_do_the_work_once(app, maker):
    answers = post(app, *[("/api/things", {"a": 1}, "k")] * 8)
    assert maker.done == 1
    done = [answer for answer in answers if answer.status_code == 201]
    assert len({answer.text for answer in done}) == 1
    # an answer that is only made after the transaction may still be missing for those who came in between
    assert len(done) == 8 or maker.is_plain


def test_another_body_under_a_known_key_is_refused(app):
    post(app, ("/api/things", {"a": 1}, "k"))
    (other,) = post(app, ("/api/things", {"a": 2}, "k"))
    assert (other.status_code, other.json()["code"]) == (409, "idempotency_key_reused")
    (elsewhere,) = post(app, ("/api/others", {"a": 1}, "k"))
    assert elsewhere.status_code == 409


def test_work_that_fails_keeps_nothing(app, maker):
    (bad,) = post(app, ("/api/things", {"bad": True}, "k"))
    (good,) = post(app, ("/api/things", {"bad": False}, "k"))
    assert (bad.status_code, good.status_code) == (422, 201)


def test_a_key_belongs_to_its_caller(app, maker):
    post(app, ("/api/things", {}, "k"), ("/api/things", {}, "k", ("X-User", "2")))
    assert maker.done == 2


def test_a_key_belongs_to_the_token_and_not_to_its_owner(app, maker):
    answers = post(app, *(("/api/things", {}, "k", ("x-token", str(token))) for token in (5, 6)))
    assert maker.done == 2
    assert answers[0].json() != answers[1].json()


def test_an_answer_with_a_secret_is_never_kept(app, maker, database):
    post(app, ("/api/secrets", {}, "k"))
    post(app, ("/api/secrets", {}, "k"))
    assert maker.done == 2
    assert database.read_now(lambda tx: tx.scalar("select count(*) from idempotency")) == 0


def test_a_key_is_forgotten_after_its_time(app, maker, database):
    post(app, ("/api/things", {}, "k"))
    database.write_now(lambda tx: tx.run("update idempotency set expires_at = 1"))
    post(app, ("/api/things", {}, "k"))
    assert maker.done == 2


@pytest.mark.parametrize("key", ["", "x" * 256])
def test_an_unusable_key_is_refused(app, key):
    (answer,) = post(app, ("/api/things", {}, key))
    assert (answer.status_code, answer.json()["code"]) == (400, "invalid_idempotency_key")
