"""A clock that jumps a year back and forth: nothing is lost, doubled, stuck or put out of order."""

import itertools
import secrets

import httpx
import pytest

from headwater.kernel.settings import Settings
from headwater.server import running
from tests.waiting import wait_for

YEAR = 365 * 86_400
JUMPS = (0, -YEAR, 1, 2 * YEAR, -YEAR, -1, -YEAR)
BOAT = {"handle": "boat", "fields": [{"name": "name", "kind": "String"}]}
ALERT = {"name": "All", "module": "boat", "trigger": "filter", "extra_fields": ["name"]}


@pytest.fixture
def api(tmp_path, clock, server_url):
    settings = Settings(data=tmp_path / "data", admin_token=secrets.token_hex(24), database_url=server_url)
    headers = {"Authorization": f"Bearer {settings.admin_token}"}
    with (
        running(settings, clock) as app,
        httpx.Client(base_url=app.settings.address, headers=headers, timeout=30) as client,
    ):
        assert client.post("/api/modules", json=BOAT).status_code == 201
        yield client


def add(api, name):
    answer = api.post("/api/modules/boat/records", json={"values": {"name": name}})
    assert answer.status_code == 201, answer.text
    return answer.json()["id"]


def test_ids_rise_and_every_record_is_listed_once(api, clock):
    made = []
    for jump in JUMPS:
        clock.move(jump)
        made.append(add(api, f"j{jump}"))
    assert made == sorted(set(made))
    for sort in ("id", "-created_at", "updated_at"):
        found, cursor = [], None
        while True:
            query = {"sort": sort, "limit": 2, **({"cursor": cursor} if cursor else {})}
            page = api.get("/api/modules/boat/records", params=query).json()
            found += [each["id"] for each in page["items"]]
            cursor = page["next_cursor"]
            if cursor is None:
                break
        assert sorted(found) == made


def test_the_history_is_in_the_order_of_the_changes(api, clock):
    path = f"/api/modules/boat/records/{add(api, 'first')}"
    for at, jump in enumerate(JUMPS):
        clock.move(jump)
        assert api.patch(path, json={"values": {"name": f"n{at}"}}).status_code == 200
    history = api.get(f"{path}/history").json()["items"]
    assert [each["revision"] for each in history] == list(range(len(JUMPS) + 1, 0, -1))
    changes = [each["changes"]["name"] for each in history[:-1]]
    assert all(new["before"] == old["after"] for new, old in itertools.pairwise(changes))


def test_a_queue_gives_every_record_once_in_the_order_of_queueing(api, clock):
    alert = api.post("/api/alerts", json=ALERT).json()
    queue = f"/fluxx/poll/client/1/uuid/queue/{alert['queue_uuid']}"
    made, drained = [], []
    for jump in JUMPS:
        clock.move(jump)
        made.append(add(api, f"j{jump}"))
        batch = api.get(queue).json() if jump > 0 else {"data": [], "job_uuid": None}
        drained += [each["identity"] for each in batch["data"]]
        clock.move(-jump)
        if batch["job_uuid"]:
            done = api.get(f"{queue.replace('/queue/', '/queue_finished/')}/{batch['job_uuid']}").json()
            assert done["clear_count"] == len(batch["data"])
        clock.move(jump)
    drained += [each["identity"] for each in api.get(queue).json()["data"]]
    assert drained == made


def test_work_that_is_begun_at_any_time_is_done_once(api, clock):
    imports = []
    for at, jump in enumerate(JUMPS):
        clock.move(jump)
        raw = f"name\nr{at}\n"
        headers = {"Content-Type": "text/csv"}
        imports.append(api.post("/api/modules/boat/imports", content=raw, headers=headers).json()["id"])
    for each in imports:
        path = f"/api/imports/{each}"
        wait_for(lambda: api.get(path).json()["status"] == "ok")  # noqa: B023  called within the loop
    names = [each["values"]["name"] for each in api.get("/api/modules/boat/records").json()["items"]]
    assert sorted(names) == [f"r{at}" for at in range(len(JUMPS))]


def test_a_token_ends_at_its_time_and_lives_again_when_that_is_not_over(api, clock):
    body = {"name": "t", "scopes": ["records:read"], "expires_at": "2032-01-01T00:00:00Z"}
    token = api.post("/api/tokens", json=body).json()["token"]
    headers = {"Authorization": f"Bearer {token}"}
    seen = []
    for jump in (0, YEAR, -YEAR, -YEAR, 3 * YEAR):
        clock.move(jump)
        seen.append(api.get("/api/modules/boat/records", headers=headers).status_code)
    assert seen == [200, 401, 200, 200, 401]


def test_one_idempotency_key_writes_once_when_the_clock_is_set_back(api, clock):
    answers = []
    for jump in (0, -YEAR, 3600):
        clock.move(jump)
        answer = api.post(
            "/api/modules/boat/records", json={"values": {"name": "x"}}, headers={"Idempotency-Key": "k"}
        )
        answers.append((answer.status_code, answer.json()["id"]))
    assert len(set(answers)) == 1
