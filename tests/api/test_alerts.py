"""`/api/alerts` over HTTP (wire/fluxx.md section 6, wire/native.md section 5)."""

import threading
import time

import httpx
import pytest

pytestmark = pytest.mark.both_servers

PAYMENT = {
    "handle": "payment",
    "fields": [
        {"name": "amount", "kind": "Number", "scale": 2},
        {"name": "status", "kind": "State", "states": ["draft", "ready"]},
    ],
}
ALERT = {"name": "Payments ready", "module": "payment", "trigger": "state", "states": ["ready"]}
RECORDS = "/api/modules/payment/records"


@pytest.fixture(scope="module", autouse=True)
def payments(api):
    assert api.post("/api/modules", json=PAYMENT).status_code == 201


@pytest.fixture
def alert(api):
    made = api.post("/api/alerts", json={**ALERT, "extra_fields": ["amount"]})
    assert made.status_code == 201, made.text
    yield made.json()
    api.delete(f"/api/alerts/{made.json()['id']}")


def at(alert, rest=""):
    return f"/api/alerts/{alert['id']}{rest}"


def pay(api, **values):
    return api.post(RECORDS, json={"values": {"status": "ready", "amount": "900.00", **values}}).json()["id"]


def test_an_alert_is_created_and_read_as_the_contract_writes_it(api):
    made = api.post("/api/alerts", json=ALERT)
    body = made.json()
    assert made.status_code == 201
    assert made.headers["location"] == f"/api/alerts/{body['id']}"
    assert made.headers["etag"] == '"1"'
    assert {
        name: body[name] for name in ("name", "module", "trigger", "state_field", "states", "field", "filter")
    } == {
        "name": "Payments ready",
        "module": "payment",
        "trigger": "state",
        "state_field": "status",
        "states": ["ready"],
        "field": None,
        "filter": None,
    }
    assert (body["enabled"], body["include_deletes"], body["queued"], body["processing"]) == (
        True,
        False,
        0,
        0,
    )
    assert api.get(made.headers["location"]).json() == body
    assert body in api.get("/api/alerts", params={"module": "payment"}).json()["items"]
    assert api.delete(made.headers["location"]).status_code == 204
    assert api.get(made.headers["location"]).status_code == 404


def test_a_bad_alert_is_a_problem_with_every_fault(api):
    body = {**ALERT, "states": ["lost"], "extra_fields": ["nope"], "filter": ["nope", "eq", 1]}
    answer = api.post("/api/alerts", json=body)
    assert answer.status_code == 422
    assert answer.json()["code"] == "invalid_alert"
    assert [each["field"] for each in answer.json()["errors"]] == ["states.0", "filter", "extra_fields.0"]


def test_unknown_settings_and_wrong_types_are_refused(api, alert):
    for body in ({"queue_uuid": "x"}, {"enabled": "yes"}, {"trigger": "sometimes"}, {"module": "owner"}):
        answer = api.patch(at(alert), json=body)
        assert (answer.status_code, answer.json()["code"]) == (422, "invalid_body")
    assert api.get(at(alert)).json() == alert


def test_a_patch_merges_and_its_revision_is_guarded(api, alert):
    edited = api.patch(at(alert), json={"filter": ["amount", "gte", 5]}, headers={"If-Match": '"1"'})
    assert (edited.status_code, edited.json()["revision"]) == (200, 2)
    assert edited.json()["states"] == ["ready"]
    assert edited.json()["queue_uuid"] == alert["queue_uuid"]
    assert api.patch(at(alert), json={"filter": None}).json()["filter"] is None
    stale = api.patch(at(alert), json={"name": "x"}, headers={"If-Match": '"1"'})
    assert (stale.status_code, stale.json()["code"]) == (412, "revision_mismatch")
    assert api.delete(at(alert), headers={"If-Match": '"1"'}).status_code == 412


def test_counters_are_never_answered_as_unchanged(api, alert):
    tag = {"If-None-Match": api.get(at(alert)).headers["etag"]}

    pay(api)

    again = api.get(at(alert), headers=tag)
    assert (again.status_code, again.json()["queued"]) == (200, 1)


def test_a_preview_counts_and_a_backfill_queues(api):
    payment = pay(api, amount="77777.00")
    draft = {"module": "payment", "filter": ["amount", "eq", "77777"]}
    assert api.post("/api/alerts/preview", json=draft).json() == {"count": 1}
    alert = api.post("/api/alerts", json={**ALERT, "filter": draft["filter"]}).json()
    for _ in range(2):
        assert api.post(at(alert, "/backfill")).json() == {"queued": 1}
    assert api.get(at(alert)).json()["queued"] == 1
    assert [each["id"] for each in api.post(at(alert, "/poll"), json={}).json()["records"]] == [payment]
    assert api.post(at(alert, "/release")).json() == {"released": 1}
    assert api.get(at(alert)).json()["queued"] == 1


def test_a_queue_is_polled_and_finished_in_the_native_form(api, alert):
    first, second = pay(api), pay(api)
    polled = api.post(at(alert, "/poll"), json={"limit": 2}).json()
    assert [(each["id"], each["change"], each["values"]) for each in polled["records"]] == [
        (first, "create", {"amount": "900.00"}),
        (second, "create", {"amount": "900.00"}),
    ]
    assert polled["records"][0]["queued_at"].endswith("Z")
    assert api.post(at(alert, "/poll"), json={}).json() == polled
    body = {"job_uuid": polled["job_uuid"], "release": [{"id": second, "reason": "busy"}]}
    assert api.post(at(alert, "/finish"), json=body).json() == {"cleared": 1, "released": 1}
    assert [each["id"] for each in api.post(at(alert, "/poll"), json={}).json()["records"]] == [second]


def test_both_forms_serve_the_same_job(api, alert):
    pay(api)
    native = api.post(at(alert, "/poll"), json={}).json()
    fluxx = api.get(f"/fluxx/poll/client/1/uuid/queue/{alert['queue_uuid']}").json()
    assert native["job_uuid"] == fluxx["job_uuid"]


def test_a_poll_waits_until_something_is_queued(served, api, alert):
    answers = []

    def consume():
        with httpx.Client(base_url=served.settings.address, headers=api.headers, timeout=60) as client:
            answers.append(client.post(at(alert, "/poll"), json={"wait_seconds": 30}).json())

    consumer = threading.Thread(target=consume)
    started = time.monotonic()
    consumer.start()
    payment = pay(api)
    consumer.join(timeout=30)
    assert [each["id"] for each in answers[0]["records"]] == [payment]
    assert time.monotonic() - started < 10


def test_a_poll_that_waits_in_vain_ends_empty(api, alert):
    answer = api.post(at(alert, "/poll"), json={"wait_seconds": 0.05})
    assert answer.json() == {"job_uuid": None, "records": []}


@pytest.mark.parametrize("body", [{"limit": 0}, {"limit": 1001}, {"wait_seconds": -1}, {"wait_seconds": 61}])
def test_a_poll_beyond_its_limits_is_refused(api, alert, body):
    assert api.post(at(alert, "/poll"), json=body).status_code == 422


def test_unknown_alerts_and_jobs_are_problems(api, alert):
    assert api.get("/api/alerts/999999999").json()["code"] == "alert_unknown"
    assert api.get("/api/alerts/x").json()["code"] == "alert_unknown"
    assert api.post("/api/alerts/999999999/poll", json={}).json()["code"] == "alert_unknown"
    unknown = api.post(at(alert, "/finish"), json={"job_uuid": "x"})
    assert (unknown.status_code, unknown.json()["code"]) == (404, "poll_job_unknown")


def test_alerts_are_listed_page_by_page(api):
    made = [api.post("/api/alerts", json={**ALERT, "name": f"Alert {n}"}).json()["id"] for n in range(3)]
    seen, cursor = [], None
    while True:
        page = api.get("/api/alerts", params={"limit": 2, **({"cursor": cursor} if cursor else {})}).json()
        seen += [each["id"] for each in page["items"]]
        cursor = page["next_cursor"]
        if cursor is None:
            break
    assert [each for each in seen if each in made] == made
    assert len(seen) == len(set(seen))


def test_without_the_scope_alerts_are_forbidden(api, nobody, alert):
    token = api.post("/api/tokens", json={"name": "reader", "scopes": ["records:read"]}).json()["token"]
    headers = {"Authorization": f"Bearer {token}"}
    for answer in (
        nobody.get("/api/alerts", headers=headers),
        nobody.get(at(alert), headers=headers),
        nobody.post("/api/alerts", json=ALERT, headers=headers),
        nobody.post(at(alert, "/poll"), json={}, headers=headers),
    ):
        assert (answer.status_code, answer.json()["code"]) == (403, "scope_missing")


def test_a_file_import_queues_each_of_its_records(api, alert):
    content = b"status,amount\nready,1.00\ndraft,2.00\nready,3.00\n"
    started = api.post(
        "/api/modules/payment/imports", content=content, headers={"Content-Type": "text/csv"}
    ).json()
    deadline = time.monotonic() + 20
    while api.get(f"/api/imports/{started['id']}").json()["status"] not in ("ok", "error"):
        assert time.monotonic() < deadline
    records = api.post(at(alert, "/poll"), json={}).json()["records"]
    assert [each["values"]["amount"] for each in records] == ["1.00", "3.00"]
