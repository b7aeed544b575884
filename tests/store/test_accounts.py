"""People and tokens on both databases."""

from concurrent.futures import ThreadPoolExecutor

import pytest

from headwater.access.actor import SYSTEM
from headwater.accounts.people import Particulars, People
from headwater.accounts.service import Accounts
from headwater.kernel.errors import GoneError, HeadwaterError, InvalidError, NotFoundError
from headwater.kernel.settings import Settings

IDA = Particulars("Ida", "Ida@example.org", "Europe/Oslo", "nb", "$argon2id$hash")


@pytest.fixture
def people(clock):
    return People(clock)


@pytest.fixture
def accounts(clock):
    return Accounts(clock, Settings(), jwt_key=b"k" * 32)


@pytest.fixture
def ida(database, people):
    link = database.write_now(people.first_link)
    return database.write_now(lambda tx: people.use_link(tx, link, IDA))


def test_the_first_person_is_an_administrator(database, people, ida):
    found = database.read_now(lambda tx: people.of_email(tx, "IDA@EXAMPLE.ORG"))
    assert found == ida
    assert (found.scopes, found.time_zone, found.locale, found.is_disabled) == (
        {"admin"},
        "Europe/Oslo",
        "nb",
        False,
    )
    assert database.write_now(people.first_link) is None


def test_of_two_who_use_one_link_one_gets_in(database, people):
    link = database.write_now(people.first_link)

    def use(number):
        given = Particulars("Ida", f"ida{number}@example.org", None, None, "hash")
        try:
            return database.write_now(lambda tx: people.use_link(tx, link, given)).id
        except GoneError:
            return None

    with ThreadPoolExecutor(4) as pool:
        found = list(pool.map(use, range(4)))
    assert len([each for each in found if each is not None]) == 1


def test_a_link_ends_after_a_day(database, people, clock):
    link = database.write_now(people.first_link)
    clock.move(24 * 3600)
    with pytest.raises(GoneError):
        database.write_now(lambda tx: people.use_link(tx, link, IDA))


def test_a_session_lasts_thirty_days(database, people, accounts, ida, clock):
    secret = database.write_now(lambda tx: people.start_session(tx, ida))
    who = lambda: database.read_now(lambda tx: accounts.authenticate_session(tx, secret))  # noqa: E731
    assert (who().kind, who().id, who().time_zone) == ("user", ida.id, "Europe/Oslo")
    clock.move(30 * 24 * 3600)
    assert who() is None


def test_a_session_that_was_ended_is_over_at_once(database, people, accounts, ida):
    secret = database.write_now(lambda tx: people.start_session(tx, ida))
    assert database.read_now(lambda tx: accounts.authenticate_session(tx, secret))
    database.write_now(lambda tx: people.end_session(tx, secret))
    assert database.read_now(lambda tx: accounts.authenticate_session(tx, secret)) is None


def test_a_session_is_no_token_and_a_token_no_session(database, people, accounts, ida):
    secret = database.write_now(lambda tx: people.start_session(tx, ida))
    _, token = database.write_now(lambda tx: accounts.create_token(tx, SYSTEM, "t", ["jobs"]))
    read = database.read_now
    assert read(lambda tx: accounts.authenticate_session(tx, secret)) and read(
        lambda tx: accounts.authenticate(tx, token)
    )
    assert read(lambda tx: accounts.authenticate(tx, secret)) is None
    assert read(lambda tx: accounts.authenticate_session(tx, token)) is None


def test_a_changed_right_counts_at_once(database, people, accounts, ida):
    invited, link = database.write_now(
        lambda tx: people.invite(tx, SYSTEM, "Ola", "ola@example.org", ["jobs"])
    )
    given = Particulars(password_hash="hash")
    ola = database.write_now(lambda tx: people.use_link(tx, link, given))
    secret = database.write_now(lambda tx: people.start_session(tx, ola))
    scopes = lambda: database.read_now(lambda tx: accounts.authenticate_session(tx, secret)).scopes  # noqa: E731
    assert scopes() == {"jobs"}
    database.write_now(lambda tx: people.grant(tx, SYSTEM, ola.id, ["alerts"], is_disabled=None))
    assert scopes() == {"alerts"}
    assert invited.id == ola.id


def test_a_tokens_rights_never_exceed_its_owners(database, people, accounts, ida):
    invited, _ = database.write_now(
        lambda tx: people.invite(tx, SYSTEM, "Ola", "ola@example.org", ["jobs", "schema"])
    )
    actor = database.read_now(lambda tx: people.get(tx, SYSTEM, invited.id))
    from headwater.access.actor import Actor

    as_ola = Actor("user", actor.id, actor.name, actor.scopes)
    _, token = database.write_now(lambda tx: accounts.create_token(tx, as_ola, "t", ["jobs", "schema:city"]))
    read = lambda: database.read_now(lambda tx: accounts.authenticate(tx, token)).scopes  # noqa: E731
    assert read() == {"jobs", "schema:city"}
    database.write_now(lambda tx: people.grant(tx, SYSTEM, actor.id, ["jobs"], is_disabled=None))
    assert read() == {"jobs"}


def test_an_address_is_taken_in_any_case(database, people, ida):
    with pytest.raises(InvalidError) as caught:
        database.write_now(lambda tx: people.invite(tx, SYSTEM, "X", "ida@EXAMPLE.org", []))
    assert caught.value.code == "email_taken"


def test_the_last_administrator_stays(database, people, ida):
    with pytest.raises(HeadwaterError) as caught:
        database.write_now(lambda tx: people.grant(tx, SYSTEM, ida.id, ["jobs"], is_disabled=None))
    assert caught.value.code == "last_administrator"
    assert database.read_now(lambda tx: people.get(tx, SYSTEM, ida.id)).scopes == {"admin"}


def test_a_revoked_token_is_gone_from_the_list(database, accounts):
    token, secret = database.write_now(lambda tx: accounts.create_token(tx, SYSTEM, "t", ["jobs"]))
    assert database.read_now(lambda tx: accounts.list_tokens(tx, SYSTEM, 0, 10)) == [token]
    assert database.read_now(lambda tx: accounts.authenticate(tx, secret)).token_id == token.id
    database.write_now(lambda tx: accounts.revoke_token(tx, SYSTEM, token.id))
    assert database.read_now(lambda tx: accounts.list_tokens(tx, SYSTEM, 0, 10)) == []
    assert database.read_now(lambda tx: accounts.authenticate(tx, secret)) is None
    with pytest.raises(NotFoundError):
        database.write_now(lambda tx: accounts.revoke_token(tx, SYSTEM, token.id))


def test_a_token_sees_and_ends_only_itself(database, accounts):
    def make(name):
        return database.write_now(lambda tx: accounts.create_token(tx, SYSTEM, name, ["jobs"]))

    (one, secret), (other, _) = make("one"), make("other")
    actor = database.read_now(lambda tx: accounts.authenticate(tx, secret))
    assert database.read_now(lambda tx: accounts.list_tokens(tx, actor, 0, 10)) == [one]
    with pytest.raises(NotFoundError):
        database.write_now(lambda tx: accounts.revoke_token(tx, actor, other.id))
    database.write_now(lambda tx: accounts.revoke_token(tx, actor, one.id))
    assert database.read_now(lambda tx: accounts.list_tokens(tx, SYSTEM, 0, 10)) == [other]


def test_a_jwt_of_another_maker_acts_as_its_user(database, accounts, ida, clock):
    import jwt

    claims = {"sub": str(ida.id), "exp": clock.now() // 1_000_000 + 60}
    actor = database.read_now(
        lambda tx: accounts.authenticate_jwt(tx, jwt.encode(claims, b"k" * 32, algorithm="HS256"))
    )
    assert (actor.kind, actor.id, actor.scopes) == ("user", ida.id, {"admin"})


def test_ended_bearers_of_a_client_are_forgotten(database, accounts, clock):
    client, secret = database.write_now(lambda tx: accounts.create_oauth_client(tx, SYSTEM, "c", ["alerts"]))
    for _ in range(3):
        database.write_now(lambda tx: accounts.exchange_client(tx, client.client_id, secret))
        clock.move(7201)
    kept = database.read_now(lambda tx: tx.scalar("select count(*) from api_token where kind = 'bearer'"))
    assert kept == 1
