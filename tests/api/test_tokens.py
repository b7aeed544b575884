"""API tokens, OAuth clients and JWTs (native.md section 8, fluxx.md section 1, crm.md section 2)."""

import pytest

from headwater.access.actor import SYSTEM, Actor
from headwater.kernel.errors import ForbiddenError, UnauthenticatedError


def as_bearer(token):
    return {"Authorization": f"Bearer {token}"}


def make(api, **body):
    return api.post("/api/tokens", json={"name": "t", "scopes": ["records:read"], **body})


def test_a_token_acts_with_its_scopes(api, nobody):
    made = make(api, scopes=["records:read", "records:write:city"], abilities=["dossiers:read"])
    assert made.status_code == 201
    assert made.headers["location"] == f"/api/tokens/{made.json()['id']}"
    assert made.json()["token"].startswith("hw_")
    me = nobody.get("/api/me", headers=as_bearer(made.json()["token"])).json()
    assert me["scopes"] == ["dossiers:read", "records:read", "records:write:city"]
    assert nobody.get("/api/users", headers=as_bearer(made.json()["token"])).status_code == 403


def test_a_secret_is_shown_once_and_kept_as_a_hash(api, served):
    secret = make(api).json()["token"]
    assert secret not in api.get("/api/tokens").text
    held = served.database.read_now(lambda tx: str(tx.all("select * from api_token")))
    assert secret not in held


def test_a_revoked_token_opens_nothing_more(api, nobody):
    made = make(api).json()
    assert nobody.get("/api/me", headers=as_bearer(made["token"])).status_code == 200
    assert api.delete(f"/api/tokens/{made['id']}").status_code == 204
    assert nobody.get("/api/me", headers=as_bearer(made["token"])).status_code == 401
    assert api.delete(f"/api/tokens/{made['id']}").status_code == 404


def test_unknown_scopes_are_all_named(api):
    answer = make(api, scopes=["records:read", "bogus"], abilities=["flying"])
    assert (answer.status_code, answer.json()["code"]) == (422, "unknown_scope")
    assert [fault["code"] for fault in answer.json()["errors"]] == ["unknown_scope", "unknown_ability"]


def test_a_token_cannot_give_what_it_does_not_hold(api, nobody):
    small = make(api, scopes=["records:read"]).json()["token"]
    answer = nobody.post("/api/tokens", json={"name": "x", "scopes": ["admin"]}, headers=as_bearer(small))
    assert (answer.status_code, answer.json()["code"]) == (403, "scope_missing")


def test_tokens_are_listed_in_slices(api):
    for _ in range(3):
        make(api)
    seen, cursor = [], None
    while True:
        page = api.get("/api/tokens", params={"limit": 2} | ({"cursor": cursor} if cursor else {})).json()
        seen += [token["id"] for token in page["items"]]
        cursor = page["next_cursor"]
        if cursor is None:
            break
    assert len(seen) == len(set(seen)) >= 3


def test_an_expired_token_opens_nothing(app, clock):
    token, secret = app.database.write_now(
        lambda tx: app.accounts.create_token(tx, SYSTEM, "t", ["jobs"], expires_at=clock.now() + 5_000_000)
    )
    assert app.database.read_now(lambda tx: app.accounts.authenticate(tx, secret)).token_id == token.id
    clock.move(5)
    assert app.database.read_now(lambda tx: app.accounts.authenticate(tx, secret)) is None


def test_a_client_gets_a_bearer_for_two_hours(app, clock):
    client, secret = app.database.write_now(
        lambda tx: app.accounts.create_oauth_client(tx, SYSTEM, "poller", ["alerts"])
    )
    bearer, seconds = app.database.write_now(
        lambda tx: app.accounts.exchange_client(tx, client.client_id, secret)
    )
    actor = app.database.read_now(lambda tx: app.accounts.authenticate(tx, bearer))
    assert (seconds, actor.name, actor.scopes) == (7200, "poller", {"alerts"})
    clock.move(7200)
    assert app.database.read_now(lambda tx: app.accounts.authenticate(tx, bearer)) is None


def test_a_clients_own_secret_is_no_bearer(app):
    _, secret = app.database.write_now(
        lambda tx: app.accounts.create_oauth_client(tx, SYSTEM, "poller", ["alerts"])
    )
    assert app.database.read_now(lambda tx: app.accounts.authenticate(tx, secret)) is None


def test_a_wrong_client_secret_is_refused(app):
    client, _ = app.database.write_now(
        lambda tx: app.accounts.create_oauth_client(tx, SYSTEM, "poller", ["alerts"])
    )
    with pytest.raises(UnauthenticatedError):
        app.database.write_now(lambda tx: app.accounts.exchange_client(tx, client.client_id, "wrong"))


def test_revoking_a_client_ends_its_bearers(app):
    client, secret = app.database.write_now(
        lambda tx: app.accounts.create_oauth_client(tx, SYSTEM, "poller", ["alerts"])
    )
    bearer, _ = app.database.write_now(lambda tx: app.accounts.exchange_client(tx, client.client_id, secret))
    assert app.database.read_now(lambda tx: app.accounts.authenticate(tx, bearer)) is not None
    app.database.write_now(lambda tx: app.accounts.revoke_token(tx, SYSTEM, client.id))
    assert app.database.read_now(lambda tx: app.accounts.authenticate(tx, bearer)) is None


def test_only_an_administrator_makes_clients(app):
    actor = Actor("user", 9, "Kim", frozenset({"alerts"}))
    with pytest.raises(ForbiddenError):
        app.database.write_now(lambda tx: app.accounts.create_oauth_client(tx, actor, "x", ["alerts"]))


def test_a_jwt_acts_until_it_expires_or_is_revoked(app, clock):
    token, text = app.database.write_now(
        lambda tx: app.accounts.create_jwt(tx, SYSTEM, "crm", ["records:read"], seconds=60)
    )
    read = app.database.read_now
    assert read(lambda tx: app.accounts.authenticate_jwt(tx, text)).scopes == {"records:read"}
    assert read(lambda tx: app.accounts.authenticate(tx, text)) is None
    clock.move(61)
    with pytest.raises(UnauthenticatedError, match="expired"):
        read(lambda tx: app.accounts.authenticate_jwt(tx, text))
    clock.move(-61)
    app.database.write_now(lambda tx: app.accounts.revoke_token(tx, SYSTEM, token.id))
    with pytest.raises(UnauthenticatedError):
        read(lambda tx: app.accounts.authenticate_jwt(tx, text))


@pytest.mark.parametrize("algorithm", ["none", "HS512"])
def test_only_hs256_is_accepted(app, clock, algorithm):
    import jwt

    key = app.secrets.derive("crm jwt")
    claims = {"sub": "0", "exp": clock.now() // 1_000_000 + 60}
    forged = jwt.encode(claims, None if algorithm == "none" else key * 2, algorithm=algorithm)
    with pytest.raises(UnauthenticatedError):
        app.database.read_now(lambda tx: app.accounts.authenticate_jwt(tx, forged))
