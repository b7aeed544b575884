"""SIGKILL around a queue: what was committed waits, and an open job is served again, byte for byte."""

PAYMENT = {"handle": "payment", "fields": [{"name": "amount", "kind": "Number"}]}
ALERT = {"name": "Payments", "module": "payment", "trigger": "filter", "extra_fields": ["amount"]}


def begin(api):
    api.post("/api/modules", json=PAYMENT)
    return api.post("/api/alerts", json=ALERT).json()


def pay(api, amount):
    return api.post("/api/modules/payment/records", json={"values": {"amount": amount}}).json()["id"]


def queue(alert):
    return f"/fluxx/poll/client/1/uuid/queue/{alert['queue_uuid']}"


def test_a_kill_between_poll_and_finish_keeps_the_job(server):
    with server.client() as api:
        alert = begin(api)
        payments = [pay(api, amount) for amount in (1, 2)]
        before = api.get(queue(alert))
        later = pay(api, 3)
    server.kill()
    server.start()
    with server.client() as api:
        again = api.get(queue(alert))
        assert again.content == before.content
        job_uuid = again.json()["job_uuid"]
        finished = f"{queue(alert).replace('/queue/', '/queue_finished/')}/{job_uuid}"
        assert api.get(finished).json() == {"job_uuid": job_uuid, "clear_count": len(payments)}
        assert [each["identity"] for each in api.get(queue(alert)).json()["data"]] == [later]


def test_a_kill_right_after_finish_clears_the_job_once(server):
    with server.client() as api:
        alert = begin(api)
        pay(api, 1)
        job_uuid = api.get(queue(alert)).json()["job_uuid"]
        finished = f"{queue(alert).replace('/queue/', '/queue_finished/')}/{job_uuid}"
        first = api.get(finished).json()
    server.kill()
    server.start()
    with server.client() as api:
        assert api.get(finished).json() == first
        assert api.get(queue(alert)).json() == {"job_uuid": None, "data": []}


def test_q19_every_answered_write_is_queued_after_a_kill(server):
    with server.client() as api:
        alert = begin(api)
        payments = [pay(api, amount) for amount in range(20)]
    server.kill()
    server.start()
    with server.client() as api:
        assert [each["identity"] for each in api.get(queue(alert)).json()["data"]] == payments
