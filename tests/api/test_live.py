"""The live feed over a real server (native.md section 7)."""

import json
import threading
from contextlib import contextmanager

import httpx
import pytest

RECORD = {"type": "record.changed", "id": 7, "module": "city", "revision": 2}


class Stream:
    """The events of one open stream, read by a thread."""

    def __init__(self, response):
        self.response = response
        self.lines = response.iter_lines()

    def until_open(self):
        assert next(self.lines) == "retry: 2000"
        return self

    def next(self):
        """The next event: its id and its data."""
        found = {}
        for line in self.lines:
            if line.startswith(":") or (not line and not found):
                continue
            if not line:
                return int(found["id"]), json.loads(found["data"])
            name, _, value = line.partition(": ")
            found[name] = value
        return None


@contextmanager
def stream(served, token=None, last=None, **parameters):
    headers = {"Authorization": f"Bearer {token or served.settings.admin_token}"}
    if last is not None:
        headers["Last-Event-ID"] = str(last)
    url = f"{served.settings.address}/api/events"
    with httpx.stream("GET", url, headers=headers, params=parameters, timeout=10) as response:
        assert response.status_code == 200, response.read()
        yield Stream(response).until_open()


def signal(served, *events):
    """Commit something that tells of these events."""

    def work(tx):
        for event in events:
            tx.after_commit(lambda event=event: served.events.signal(event))

    served.database.write_now(work)


@pytest.fixture
def token(api):
    def make(*scopes):
        return api.post("/api/tokens", json={"name": "t", "scopes": list(scopes)}).json()["token"]

    return make


def test_a_committed_change_arrives_without_values(served):
    with stream(served) as events:
        signal(served, RECORD)
        assert events.next()[1] == RECORD
        assert events.response.headers["content-type"].startswith("text/event-stream")


def test_a_burst_about_one_thing_is_its_newest_event(served):
    with stream(served, types="job.changed") as events:
        signal(served, *[{"type": "job.changed", "id": 5, "n": n} for n in range(100)])
        assert events.next()[1]["n"] == 99


def test_a_burst_about_many_things_is_one_event_without_id(served):
    with stream(served) as events:
        signal(served, *[{**RECORD, "id": n} for n in range(100)])
        assert events.next()[1] == {"type": "record.changed", "id": None, "module": "city"}
        signal(served, RECORD, {**RECORD, "module": "lead"})
        assert events.next()[1] == {"type": "record.changed", "id": None}


def test_types_choose(served):
    with stream(served, types="alert.changed, job.changed") as events:
        signal(served, RECORD, {"type": "alert.changed", "id": 1})
        assert events.next()[1]["type"] == "alert.changed"


def test_an_unknown_type_is_refused(api):
    answer = api.get("/api/events", params={"types": "nonsense"})
    assert (answer.status_code, answer.json()["errors"][0]["field"]) == (422, "types")


def test_a_reader_hears_only_of_what_he_may_read(served, token):
    with stream(served, token("records:read:lead", "jobs")) as events:
        signal(served, RECORD, {"type": "flow.secret", "id": 1}, {"type": "alert.changed", "id": 1})
        signal(served, {**RECORD, "module": "lead"})
        assert events.next()[1]["module"] == "lead"


def test_a_stream_goes_on_behind_the_last_event_it_saw(served):
    with stream(served) as events:
        signal(served, RECORD)
        last, _ = events.next()
    signal(served, {**RECORD, "revision": 3})
    with stream(served, last=last) as events:
        assert events.next()[1]["revision"] == 3


def test_after_a_gap_that_is_not_known_everything_may_have_changed(served):
    with stream(served, last=12, types="record.changed") as events:
        assert events.next()[1] == {"type": "record.changed", "id": None}


def test_nobody_hears_nothing(nobody):
    assert nobody.get("/api/events").status_code == 401


def test_many_readers_hear_the_same(served):
    heard, ready = [], threading.Barrier(6)

    def listen():
        with stream(served) as events:
            ready.wait(5)
            heard.append(events.next()[1])

    threads = [threading.Thread(target=listen) for _ in range(5)]
    for thread in threads:
        thread.start()
    ready.wait(5)
    signal(served, RECORD)
    for thread in threads:
        thread.join(5)
    assert heard == [RECORD] * 5
