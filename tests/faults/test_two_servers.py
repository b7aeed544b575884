"""Two servers on one PostgreSQL database: both serve everything, and nothing is given or done twice."""

import signal
import threading
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, contextmanager

import httpx
import psycopg
import pytest

from tests.faults.killable import KillableServer, started, wait_for
from tests.unit.connectors.http_api import http_api

pytestmark = pytest.mark.postgres
TOWN = {
    "handle": "town",
    "fields": [{"name": "name", "kind": "String", "unique": True}, {"name": "size", "kind": "Number"}],
}
RECORDS = "/api/modules/town/records"


@pytest.fixture(scope="module")
def servers(tmp_path_factory, served_url):
    """Two servers in processes and data folders of their own, with one key and one administrator's token."""
    with ExitStack() as stack:
        pair = []
        for name in ("one", "other"):
            server = KillableServer(tmp_path_factory.mktemp(name), served_url)
            (server.folder / "secret.key").write_text("one key for every server of a database")
            server.token = pair[0].token if pair else server.token
            pair.append(stack.enter_context(started(server)))
        yield pair


@pytest.fixture(scope="module")
def pair(servers):
    """A client of each."""
    with servers[0].client() as one, servers[1].client() as other:
        assert one.post("/api/modules", json=TOWN).status_code == 201
        yield one, other


def both_at_once(pair, count, work):
    """What `work(client, number)` gives, in the order of the numbers; even numbers at the one server."""
    with ThreadPoolExecutor(8) as pool:
        return list(pool.map(lambda number: work(pair[number % 2], number), range(count)))


def test_what_one_writes_the_other_reads_and_changes(pair):
    one, other = pair
    made = one.post(RECORDS, json={"values": {"name": "Oslo", "size": 1}})
    path = f"{RECORDS}/{made.json()['id']}"

    seen = other.get(path)
    changed = other.patch(path, json={"values": {"size": 2}}, headers={"If-Match": seen.headers["etag"]})
    late = one.patch(path, json={"values": {"size": 3}}, headers={"If-Match": made.headers["etag"]})

    assert (seen.json()["values"]["size"], changed.status_code, late.status_code) == (1, 200, 412)
    assert one.get(path).json()["values"]["size"] == 2


def test_a_change_of_the_catalogue_counts_at_the_other_at_once(pair):
    one, other = pair
    for number in range(5):
        name = f"extra_{number}"
        assert other.post(RECORDS, json={"values": {name: "x"}}).status_code == 422
        made = one.post("/api/modules/town/fields", json={"name": name, "kind": "String"})
        assert made.status_code == 201, made.text
        written = other.post(RECORDS, json={"values": {name: "x"}})
        assert written.json()["values"] == {name: "x"}
        assert one.delete(f"/api/modules/town/fields/{made.json()['id']}").status_code == 204
        assert other.post(RECORDS, json={"values": {name: "x"}}).status_code == 422


def test_a_token_that_one_gives_and_takes_counts_at_the_other_at_once(pair, servers):
    one, _ = pair
    made = one.post("/api/tokens", json={"name": "short", "scopes": ["records:read"]}).json()
    headers = {"Authorization": f"Bearer {made['token']}"}
    with httpx.Client(base_url=servers[1].address, headers=headers) as client:
        assert client.get(RECORDS).status_code == 200
        one.delete(f"/api/tokens/{made['id']}")
        assert client.get(RECORDS).status_code == 401


def test_no_id_is_given_twice_and_no_unique_value_kept_twice(pair):
    def write(client, number):
        return client.post(RECORDS, json={"values": {"name": f"Same {number // 2 % 40}"}})

    answers = both_at_once(pair, 160, write)

    made = [answer.json()["id"] for answer in answers if answer.status_code == 201]
    assert len(made) == len(set(made)) == 40
    assert {answer.status_code for answer in answers} == {201, 422}


def test_one_idempotency_key_writes_once_at_whichever_server(pair):
    def write(client, number):
        key = {"Idempotency-Key": f"key-{number // 4}"}
        return client.post(RECORDS, json={"values": {"name": f"Key {number // 4}"}}, headers=key)

    answers = both_at_once(pair, 40, write)

    assert {answer.status_code for answer in answers} <= {201, 409}, [each.text for each in answers]
    assert len({answer.json()["id"] for answer in answers if answer.status_code == 201}) == 10


def test_consumers_at_both_hold_one_job_and_lose_nothing(pair):
    one, _ = pair
    alert = one.post(
        "/api/alerts",
        json={"name": "Big", "module": "town", "trigger": "filter", "filter": ["size", "gte", 9]},
    ).json()
    queue = f"/fluxx/poll/client/1/uuid/queue/{alert['queue_uuid']}"
    written = both_at_once(
        pair, 40, lambda client, number: client.post(RECORDS, json={"values": {"size": 10}})
    )
    drained = []
    while True:
        polls = both_at_once(pair, 6, lambda client, _: client.get(queue))
        assert len({poll.content for poll in polls}) == 1
        job = polls[0].json()
        if job["job_uuid"] is None:
            break
        drained += [entry["identity"] for entry in job["data"]]
        finish = f"{queue.replace('/queue/', '/queue_finished/')}/{job['job_uuid']}"
        cleared = both_at_once(pair, 6, lambda client, _, path=finish: client.get(path).json()["clear_count"])
        assert set(cleared) == {len(job["data"])}
    assert sorted(drained) == sorted(answer.json()["id"] for answer in written)


def test_a_poll_that_waits_at_one_hears_of_a_write_at_the_other(pair):
    one, other = pair
    alert = one.post("/api/alerts", json={"name": "Wait", "module": "town", "trigger": "filter"}).json()
    with ThreadPoolExecutor(1) as pool:
        waiting = pool.submit(one.post, f"/api/alerts/{alert['id']}/poll", json={"wait_seconds": 20})
        made = other.post(RECORDS, json={"values": {"size": 1}}).json()
        job = waiting.result(10).json()
    assert [record["id"] for record in job["records"]] == [made["id"]]


def inline(source, target):
    """A flow from an HTTP source into the module."""
    read = {"adaptorType": "HTTPExport", "_connectionId": "web", "http": {"relativeURI": "/rows"}}
    write = {"adaptorType": "HeadwaterImport", "records": {"module": target, "operation": "insert"}}
    return {
        "flow": {
            "name": "Fetch",
            "pageGenerators": [{"_exportId": "e"}],
            "pageProcessors": [{"type": "import", "_importId": "i"}],
        },
        "exports": {"e": read},
        "imports": {"i": write},
        "connections": {"web": {"type": "http", "http": {"baseURI": source.address}}},
    }


@contextmanager
def slow_source(rows):
    """An HTTP source whose answer waits for its `gate`."""
    gate = threading.Event()

    def answer(asked):
        gate.wait(60)
        return 200, rows

    with http_api(answer) as source:
        source.gate = gate
        try:
            yield source
        finally:
            gate.set()


def job_of(client, run):
    return client.get(f"/api/jobs/{run['job_id']}").json()


def ended(client, run):
    job = job_of(client, run)
    return job if job["finished_at"] else None


def holder_of(run, servers, url):
    """Which of the servers has the job, 0 or 1."""
    with psycopg.connect(url) as connection:
        (worker,) = connection.execute("select worker from job where id = %s", (run["job_id"],)).fetchone()
    return [str(server.process.pid) for server in servers].index(worker.split(":")[1])


def count(client, module="town", **query):
    return client.get(
        f"/api/modules/{module}/records", params={"total": "exact", "limit": 1, **query}
    ).json()["total"]


def test_each_job_is_run_once_however_many_servers_look_for_work(pair):
    one, _ = pair
    with http_api(lambda asked: (200, [{"name": f"Fetched {asked.query['n']}"}])) as source:

        def start(client, number):
            document = inline(source, "town")
            document["exports"]["e"]["http"]["relativeURI"] = f"/rows?n={number}"
            return client.post("/api/runs", json=document).json()

        runs = both_at_once(pair, 24, start)
        jobs = [wait_for(lambda run=run: ended(one, run)) for run in runs]

        assert {(job["status"], job["attempts"]) for job in jobs} == {("ok", 1)}
        assert sorted(int(asked.query["n"]) for asked in source.asked) == list(range(24))


def test_a_file_is_imported_by_the_server_that_has_it(pair):
    def upload(client, number):
        lines = "name\n" + "".join(f"Row {number} {line}\n" for line in range(50))
        headers = {"Content-Type": "text/csv"}
        return client.post("/api/modules/town/imports", content=lines.encode(), headers=headers).json()

    imports = both_at_once(pair, 8, upload)

    def over(number):
        found = pair[0].get(f"/api/imports/{imports[number]['id']}").json()
        return found if found["finished_at"] else None

    ended = [wait_for(lambda number=number: over(number)) for number in range(8)]
    assert {(each["status"], each["created"]) for each in ended} == {("ok", 50)}


def test_a_server_that_starts_leaves_the_jobs_of_a_living_one_alone(pair, servers):
    one, _ = pair
    with slow_source([{"name": "Kept"}]) as source:
        servers[1].kill()
        run = one.post("/api/runs", json=inline(source, "town")).json()
        wait_for(lambda: source.asked)
        servers[1].start()

        source.gate.set()
        job = wait_for(lambda: ended(one, run))

    assert (job["status"], job["attempts"], len(source.asked)) == ("ok", 1, 1)


def test_the_jobs_of_a_killed_server_go_on_at_the_other_within_15_seconds(pair, servers, served_url):
    _, other = pair
    with slow_source([{"name": "After the kill"}]) as source:
        run = other.post("/api/runs", json=inline(source, "town")).json()
        wait_for(lambda: source.asked)
        holder = holder_of(run, servers, served_url)
        servers[holder].kill()

        left = pair[1 - holder]
        wait_for(lambda: job_of(left, run)["attempts"] == 2, 15)
        source.gate.set()
        job = wait_for(lambda: ended(left, run))
        servers[holder].start()

    assert job["status"] == "ok"
    assert count(left, filter='["name","eq","After the kill"]') == 1


def test_a_server_that_froze_loses_its_jobs_and_doubles_nothing_when_it_wakes(pair, servers, served_url):
    _, other = pair
    with slow_source([{"name": "After the frost"}]) as source:
        run = other.post("/api/runs", json=inline(source, "town")).json()
        wait_for(lambda: source.asked)
        holder = holder_of(run, servers, served_url)
        servers[holder].process.send_signal(signal.SIGSTOP)
        try:
            left = pair[1 - holder]
            wait_for(lambda: job_of(left, run)["attempts"] == 2, 16)
            source.gate.set()
            job = wait_for(lambda: ended(left, run))
        finally:
            servers[holder].process.send_signal(signal.SIGCONT)
        pair[holder].post(RECORDS, json={"values": {"size": 1}})

    assert (job["status"], job["attempts"]) == ("ok", 2)
    assert wait_for(lambda: job_of(left, run)["status"]) == "ok"
    assert count(left, filter='["name","eq","After the frost"]') == 1
