"""The queue calls of the Fluxx dialect over HTTP (wire/fluxx.md sections 1, 7 and 8)."""

import base64
import threading
from concurrent.futures import ThreadPoolExecutor

import httpx
import pytest

PAYMENT = {
    "handle": "payment",
    "fields": [
        {"name": "amount", "kind": "Number", "scale": 2},
        {
            "name": "status",
            "kind": "State",
            "states": [{"value": "draft", "label": "Draft"}, {"value": "ready", "label": "Ready to pay"}],
        },
    ],
}
ALERT = {
    "name": "Payments ready",
    "module": "payment",
    "trigger": "state",
    "states": ["ready"],
    "extra_fields": ["amount"],
}
UNKNOWN = "00000000-0000-4000-8000-000000000000"


@pytest.fixture(scope="module", autouse=True)
def payments(api):
    assert api.post("/api/modules", json=PAYMENT).status_code == 201


@pytest.fixture
def alert(api):
    made = api.post("/api/alerts", json=ALERT)
    assert made.status_code == 201, made.text
    yield made.json()
    api.delete(f"/api/alerts/{made.json()['id']}")


def pay(api, status="ready", amount="900.00"):
    made = api.post("/api/modules/payment/records", json={"values": {"status": status, "amount": amount}})
    return made.json()["id"]


def queue(alert):
    return f"/fluxx/poll/client/1/uuid/queue/{alert['queue_uuid']}"


def finished(alert, job_uuid):
    return f"/fluxx/poll/client/1/uuid/queue_finished/{alert['queue_uuid']}/{job_uuid}"


def totals(api, alert):
    now = api.get(f"/api/alerts/{alert['id']}").json()
    return now["queued"], now["processing"]


def ids(answer):
    return [entry["identity"] for entry in answer.json()["data"]]


def test_the_document_s_example_is_answered_in_its_own_form(api, alert):
    payment = pay(api, status="draft")
    api.patch(f"/api/modules/payment/records/{payment}", json={"values": {"status": "ready"}})
    answer = api.get(queue(alert))
    (entry,) = answer.json()["data"]
    timestamp = entry["timestamp"]
    assert answer.status_code == 200
    assert entry == {
        "timestamp": timestamp,
        "identity": payment,
        "recordData": {"id": payment, "amount": 900},
        "key": {"timestamp": timestamp, "table": "payments", "idColumns": ["id"], "id": [payment]},
    }
    job_uuid = answer.json()["job_uuid"]
    assert api.get(finished(alert, job_uuid)).json() == {"job_uuid": job_uuid, "clear_count": 1}
    assert api.get(queue(alert)).json() == {"job_uuid": None, "data": []}


def test_the_sequence_of_section_8(api, alert):
    first, second = pay(api), pay(api)
    one = api.get(queue(alert))
    assert ids(one) == [first, second]
    third = pay(api, status="draft")
    for status in ("draft", "ready"):
        api.patch(f"/api/modules/payment/records/{second}", json={"values": {"status": status}})
    api.patch(f"/api/modules/payment/records/{third}", json={"values": {"status": "ready"}})
    assert api.get(queue(alert)).content == one.content
    job_one = one.json()["job_uuid"]
    assert api.get(finished(alert, job_one)).json()["clear_count"] == 2
    two = api.get(queue(alert))
    assert ids(two) == [second, third]
    assert api.get(finished(alert, job_one)).json() == {"job_uuid": job_one, "clear_count": 2}
    assert api.get(queue(alert)).content == two.content
    assert api.get(finished(alert, two.json()["job_uuid"])).json()["clear_count"] == 2
    assert api.get(queue(alert)).json() == {"job_uuid": None, "data": []}


def test_q1_the_body_is_served_again_byte_for_byte(api, alert):
    pay(api)
    first = api.get(queue(alert))
    pay(api)
    assert [api.get(queue(alert)).content for _ in range(3)] == [first.content] * 3


def test_q2_two_consumers_racing_get_the_same_job(served, api, alert):
    for _ in range(20):
        pay(api)
    start = threading.Barrier(8)

    def consume(_):
        with httpx.Client(base_url=served.settings.address, headers=api.headers, timeout=30) as client:
            start.wait()
            return client.get(queue(alert)).content

    with ThreadPoolExecutor(8) as pool:
        bodies = set(pool.map(consume, range(8)))
    assert len(bodies) == 1
    assert totals(api, alert) == (0, 20)


def test_q5_two_consumers_finishing_at_once_clear_the_job_once(served, api, alert):
    pay(api)
    job_uuid = api.get(queue(alert)).json()["job_uuid"]
    waiting = pay(api)
    start = threading.Barrier(4)

    def finish(_):
        with httpx.Client(base_url=served.settings.address, headers=api.headers, timeout=30) as client:
            start.wait()
            return client.get(finished(alert, job_uuid)).json()["clear_count"]

    with ThreadPoolExecutor(4) as pool:
        assert list(pool.map(finish, range(4))) == [1, 1, 1, 1]
    assert ids(api.get(queue(alert))) == [waiting]


@pytest.mark.parametrize(
    "queue_uuid", [UNKNOWN, "x", "%00", "..%2f", "%C3%28", "a" * 5000, "%27%20or%201%3D1", ""]
)
def test_q7_an_unknown_or_malformed_queue_answers_404(api, queue_uuid):
    for path in (f"queue/{queue_uuid}", f"queue_finished/{queue_uuid}/{UNKNOWN}"):
        answer = api.get(f"/fluxx/poll/client/1/uuid/{path}")
        assert answer.status_code == 404
        assert answer.json() == {"error": {"code": 404, "message": "Unknown queue"}}


@pytest.mark.parametrize("job_uuid", [UNKNOWN, "x", "null", "a" * 5000])
def test_q8_an_unknown_job_answers_404_and_clears_nothing(api, alert, job_uuid):
    pay(api)
    api.get(queue(alert))
    answer = api.get(finished(alert, job_uuid))
    assert answer.status_code == 404
    assert answer.json() == {"error": {"code": 404, "message": "Unknown job"}}
    assert totals(api, alert) == (0, 1)


def test_q18_the_queue_of_a_deleted_alert_is_unknown(api, alert):
    pay(api)
    job_uuid = api.get(queue(alert)).json()["job_uuid"]
    api.delete(f"/api/alerts/{alert['id']}")
    assert api.get(queue(alert)).status_code == 404
    assert api.get(finished(alert, job_uuid)).status_code == 404


@pytest.mark.parametrize("method", ["HEAD", "OPTIONS"])
def test_q25_head_and_options_open_and_finish_nothing(api, alert, method):
    pay(api)
    assert api.request(method, queue(alert)).status_code in (200, 204)
    assert totals(api, alert) == (1, 0)
    job_uuid = api.get(queue(alert)).json()["job_uuid"]
    assert api.request(method, finished(alert, job_uuid)).status_code in (200, 204)
    assert totals(api, alert) == (0, 1)


def test_the_calls_are_never_cached(api, alert):
    pay(api)
    first = api.get(queue(alert))
    assert first.headers["cache-control"] == "no-store"
    assert api.get(finished(alert, first.json()["job_uuid"])).headers["cache-control"] == "no-store"


def test_any_number_is_a_client_and_nothing_else(api, alert):
    assert api.get(queue(alert).replace("client/1", "client/77")).status_code == 200
    assert api.get(queue(alert).replace("client/1", "client/x")).status_code == 404


def test_a_call_without_a_good_token_is_401_in_fluxx_form(nobody, alert):
    for headers in ({}, {"Authorization": "Bearer hw_wrong"}):
        answer = nobody.get(queue(alert), headers=headers)
        assert answer.status_code == 401
        assert answer.json()["error"]["code"] == 401


def test_a_token_without_the_scope_is_403_in_fluxx_form(api, nobody, alert):
    token = api.post("/api/tokens", json={"name": "reader", "scopes": ["records:read"]}).json()["token"]
    answer = nobody.get(queue(alert), headers={"Authorization": f"Bearer {token}"})
    assert answer.status_code == 403
    assert answer.json()["error"]["code"] == 403


def test_a_token_with_the_scope_alerts_drains_the_queue(api, nobody, alert):
    token = api.post("/api/tokens", json={"name": "consumer", "scopes": ["alerts"]}).json()["token"]
    payment = pay(api)
    assert ids(nobody.get(queue(alert), headers={"Authorization": f"Bearer {token}"})) == [payment]


def test_posting_to_a_queue_is_405(api, alert):
    answer = api.post(queue(alert))
    assert answer.status_code == 405
    assert answer.json()["error"]["code"] == 405
    assert "GET" in answer.headers["allow"]


@pytest.mark.parametrize("path", ["boat", "boat/41", "boat/list", "doc/Boat"])
@pytest.mark.parametrize("method", ["GET", "POST", "PUT", "DELETE"])
def test_rest_v2_says_that_it_is_not_built(api, method, path):
    answer = api.request(method, f"/fluxx/api/rest/v2/{path}")
    assert answer.status_code == 501
    assert answer.json()["error"]["code"] == 501


def test_the_reference_names_whole_paths(nobody):
    paths = nobody.get("/fluxx/openapi.json").json()["paths"]
    assert "/fluxx/poll/client/{client}/uuid/queue/{queue}" in paths
    assert nobody.get("/fluxx/docs").status_code == 200


@pytest.fixture(scope="module")
def client_of(api):
    """An OAuth client with the scope alerts: its id and secret."""
    made = api.post(
        "/api/tokens", json={"name": "fluxx", "kind": "client", "scopes": ["alerts", "records:read"]}
    ).json()
    return {"client_id": made["client_id"], "client_secret": made["client_secret"]}


def _sent(nobody, form, client):
    body = {"grant_type": "client_credentials", **client}
    basic = base64.b64encode(f"{client['client_id']}:{client['client_secret']}".encode()).decode()
    return {
        "urlencoded": lambda: nobody.post("/fluxx/oauth/token", data=body),
        "multipart": lambda: nobody.post(
            "/fluxx/oauth/token", files={key: (None, value) for key, value in body.items()}
        ),
        "query": lambda: nobody.post("/fluxx/oauth/token", params=body),
        "json": lambda: nobody.post("/fluxx/oauth/token", json=body),
        "basic": lambda: nobody.post(
            "/fluxx/oauth/token",
            data={"grant_type": "client_credentials"},
            headers={"Authorization": f"Basic {basic}"},
        ),
    }[form]()


@pytest.mark.parametrize("form", ["urlencoded", "multipart", "query", "json", "basic"])
def test_a_client_gets_a_bearer_in_every_encoding(nobody, client_of, alert, form):
    answer = _sent(nobody, form, client_of)
    assert answer.status_code == 200, answer.text
    token = answer.json()
    assert (token["token_type"], token["expires_in"], type(token["created_at"])) == ("Bearer", 7200, int)
    polled = nobody.get(queue(alert), headers={"Authorization": f"Bearer {token['access_token']}"})
    assert polled.status_code == 200


def test_a_wrong_secret_is_invalid_client(nobody, client_of):
    answer = _sent(nobody, "urlencoded", {**client_of, "client_secret": "wrong"})
    assert (answer.status_code, answer.json()["error"]) == (401, "invalid_client")


def test_another_grant_is_unsupported(nobody, client_of):
    answer = nobody.post("/fluxx/oauth/token", data={"grant_type": "password", **client_of})
    assert (answer.status_code, answer.json()["error"]) == (400, "unsupported_grant_type")


@pytest.mark.parametrize(
    "request_body",
    [
        {},
        {"data": {"grant_type": "client_credentials"}},
        {"content": b"{", "headers": {"Content-Type": "application/json"}},
        {"content": b"[1]", "headers": {"Content-Type": "application/json"}},
        {"content": b"x", "headers": {"Content-Type": "multipart/form-data"}},
        {"content": b"\xff\x00", "headers": {"Content-Type": "application/x-www-form-urlencoded"}},
    ],
)
def test_an_incomplete_or_unreadable_request_is_invalid_request(nobody, request_body):
    answer = nobody.post("/fluxx/oauth/token", **request_body)
    assert (answer.status_code, answer.json()["error"]) == (400, "invalid_request")
