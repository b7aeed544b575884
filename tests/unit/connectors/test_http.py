"""The http connector against a real server: requests, paging, errors by kind, and limits."""

import asyncio

import pytest

from headwater.connectors.builtin.http import transport
from headwater.connectors.builtin.http.connector import HttpConnector
from headwater.connectors.builtin.http.limiter import Limiter
from headwater.connectors.outbound import OutboundPolicy
from headwater.connectors.testing import batch_of, opening, read_all
from headwater.kernel.clock import FixedClock
from headwater.kernel.errors import FatalError, RetryError
from tests.unit.connectors.http_api import http_api


@pytest.fixture
def api():
    with http_api() as api:
        yield api


def perform(api, body, *, connection=None, parameters, waits=(), context=None, policy=None):
    """Open the connector over the server, run `body(connector, opening)`, and close it."""

    async def around():
        connector = HttpConnector(policy or OutboundPolicy(), FixedClock(), waits=waits)
        known = {"base_url": api.address, **(connection or {})}
        try:
            return await body(connector, opening(parameters, known, context=context or {}))
        finally:
            await connector.close()

    return asyncio.run(around())


def read(api, **options):
    async def body(connector, opened):
        return await read_all(connector.source(opened))

    return perform(api, body, **options)


def look_up(api, records, **options):
    async def body(connector, opened):
        return await connector.lookup(opened).lookup(batch_of(records))

    return perform(api, body, **options)


def write(api, records, **options):
    async def body(connector, opened):
        return (await connector.sink(opened).write(batch_of(records), None)).outcomes

    return perform(api, body, **options)


def test_without_paging_one_request_gives_everything(api):
    api.answer = lambda asked: (200, {"data": {"rows": [{"n": 1}, {"n": 2}]}})
    assert read(api, parameters={"path": "rows", "records_path": "data.rows"}) == [{"n": 1}, {"n": 2}]
    assert [asked.target for asked in api.asked] == ["/rows"]


def test_a_path_to_nothing_gives_no_record(api):
    api.answer = lambda asked: (200, {"other": 1})
    assert read(api, parameters={"path": "/", "records_path": "data.rows"}) == []


def test_paging_by_number_ends_at_the_named_last_page(api):
    api.answer = lambda asked: (200, {"pages": 2, "rows": [{"p": asked.query["p"]}]})
    paging = {"method": "page", "start": 1, "max_pages_path": "pages"}
    path = "/rows?p={{export.http.paging.page}}"
    assert read(api, parameters={"path": path, "records_path": "rows", "paging": paging}) == [
        {"p": "1"},
        {"p": "2"},
    ]
    assert len(api.asked) == 2


def test_paging_by_skip_counts_what_was_received(api):
    rows = [{"n": n} for n in range(5)]
    api.answer = lambda asked: (200, rows[int(asked.query["s"]) : int(asked.query["s"]) + 2])
    paging = {"method": "skip"}
    assert read(api, parameters={"path": "/?s={{export.http.paging.skip}}", "paging": paging}) == rows


def test_paging_by_token_ends_without_one(api):
    pages = {"": ("a", [1]), "a": ("b", [2]), "b": (None, [3])}

    def answer(asked):
        token, rows = pages[asked.query.get("t", "")]
        return 200, {"next": token, "rows": [{"n": n} for n in rows]}

    api.answer = answer
    paging = {"method": "token", "path": "next"}
    found = read(
        api, parameters={"path": "/?t={{export.http.paging.token}}", "records_path": "rows", "paging": paging}
    )
    assert found == [{"n": 1}, {"n": 2}, {"n": 3}]


def test_paging_by_link_header_follows_next(api):
    def answer(asked):
        if asked.query.get("page") == "2":
            return 200, [{"n": 2}], {"Link": f'<{api.address}/?page=1>; rel="prev"'}
        return 200, [{"n": 1}], {"Link": f'<{api.address}/?page=2>; rel="next", <x>; rel="last"'}

    api.answer = answer
    assert read(api, parameters={"path": "/", "paging": {"method": "linkheader"}}) == [{"n": 1}, {"n": 2}]


def test_paging_by_url_sends_no_credentials_to_another_host(api):
    with http_api(lambda asked: (200, {"rows": [{"n": 2}]})) as other:
        api.answer = lambda asked: (200, {"next": f"{other.address}/more", "rows": [{"n": 1}]})
        auth = {"type": "token", "token": "s3cret"}
        paging = {"method": "url", "path": "next"}
        found = read(
            api,
            parameters={"path": "/", "records_path": "rows", "paging": paging},
            connection={"auth": auth},
        )
        assert found == [{"n": 1}, {"n": 2}]
        assert api.asked[0].headers["authorization"] == "Bearer s3cret"
        assert "authorization" not in other.asked[0].headers


def test_paging_by_template_reads_the_page_before(api):
    api.answer = lambda asked: (200, [{"n": int(asked.query["a"]) + 1}] if int(asked.query["a"]) < 3 else [])
    paging = {"method": "relativeuri", "relative_uri": "/?a={{previous_page.last_record.n}}"}
    assert read(api, parameters={"path": "/?a=0", "paging": paging}) == [{"n": 1}, {"n": 2}, {"n": 3}]


def test_a_later_page_that_is_not_found_ends_the_paging(api):
    api.answer = lambda asked: (404, {}) if asked.query["p"] == "2" else (200, [{"p": asked.query["p"]}])
    paging = {"method": "page", "start": 1}
    assert read(api, parameters={"path": "/?p={{export.http.paging.page}}", "paging": paging}) == [{"p": "1"}]


def test_a_value_in_the_body_ends_the_paging(api):
    api.answer = lambda asked: (200, {"more": "no", "rows": [{"n": 1}]})
    paging = {"method": "page", "last_path": "more", "last_values": ["no"]}
    path = "/?p={{export.http.paging.page}}"
    assert read(api, parameters={"path": path, "records_path": "rows", "paging": paging}) == [{"n": 1}]


def test_paging_that_never_ends_is_an_error(api):
    api.answer = lambda asked: (200, [{"n": 1}])
    with pytest.raises(FatalError) as caught:
        read(api, parameters={"path": "/same", "paging": {"method": "page"}})
    assert caught.value.code == "paging_loop"


def test_a_refused_request_of_a_source_stops_the_run_with_its_words(api):
    api.answer = lambda asked: (403, {"error": {"text": "no rights"}})
    with pytest.raises(FatalError, match="no rights") as caught:
        read(api, parameters={"path": "/", "error_path": "error.text"})
    assert caught.value.code == "http_refused"


@pytest.mark.parametrize(("status", "code"), [(503, "http_intermittent"), (429, "http_rate_limit")])
def test_a_source_that_fails_in_passing_asks_to_be_tried_again(api, status, code):
    api.answer = lambda asked: (status, {}, {"Retry-After": "120"})
    with pytest.raises(RetryError) as caught:
        read(api, parameters={"path": "/"})
    assert (caught.value.code, caught.value.retry_after_seconds) == (code, 120)


def test_a_request_that_failed_in_passing_is_sent_again_with_the_same_key(api):
    api.answer = lambda asked: (500, {}) if len(api.asked) == 1 else (201, {"id": 9})
    [outcome] = write(
        api, [{"n": 1}], parameters={"requests": [{"method": "POST", "path": "/"}]}, waits=(0.0,)
    )
    assert (outcome.trouble, outcome.answer["id"]) == (None, 9)
    first, second = (asked.headers["idempotency-key"] for asked in api.asked)
    assert first == second


def test_a_success_status_with_a_failure_in_the_body_is_a_failure(api):
    api.answer = lambda asked: (200, {"ok": False, "message": "bad name"})
    parameters = {
        "requests": [{"method": "POST", "path": "/"}],
        "success_path": "ok",
        "success_values": [True],
        "error_path": "message",
    }
    [outcome] = write(api, [{"n": 1}], parameters=parameters)
    assert (outcome.trouble.code, outcome.trouble.message) == ("response_failure", "bad name")


def test_a_lookup_asks_for_each_record_and_encodes_its_values(api):
    api.answer = lambda asked: (200, {"region": asked.query["h"]})
    outcomes = look_up(api, [{"h": "Odda øst"}, {"h": "a&b"}], parameters={"path": "/boats?h={{record.h}}"})
    assert [outcome.answer["data"] for outcome in outcomes] == [[{"region": "Odda øst"}], [{"region": "a&b"}]]


def test_a_lookup_that_finds_nothing_by_status_is_a_failure_of_that_record(api):
    api.answer = lambda asked: (404, "gone") if asked.path == "/2" else (200, [])
    outcomes = look_up(api, [{"n": 1}, {"n": 2}], parameters={"path": "/{{record.n}}"})
    assert [outcome.trouble and outcome.trouble.code for outcome in outcomes] == [None, "404"]


def test_an_import_sends_the_mapped_record_with_a_key_of_its_own(api):
    api.answer = lambda asked: (201, {"data": {"id": asked.body["n"] * 10}})
    parameters = {"requests": [{"method": "POST", "path": "/boats"}], "id_path": "data.id"}
    outcomes = write(api, [{"n": 1}, {"n": 2}], parameters=parameters)
    assert [outcome.answer["id"] for outcome in outcomes] == [10, 20]
    assert len({asked.headers["idempotency-key"] for asked in api.asked}) == 2
    assert {asked.headers["content-type"] for asked in api.asked} == {"application/json"}


def test_update_and_create_are_told_apart_by_what_exists(api):
    api.answer = lambda asked: (200, {})
    parameters = {
        "requests": [
            {"method": "PUT", "path": "/boats/{{record.id}}", "type": "UPDATE"},
            {"method": "POST", "path": "/boats", "type": "CREATE"},
        ],
        "existing": "id",
    }
    write(api, [{"id": 4}, {"name": "new"}], parameters=parameters)
    assert sorted((asked.method, asked.path) for asked in api.asked) == [
        ("POST", "/boats"),
        ("PUT", "/boats/4"),
    ]


def test_records_that_exist_can_be_skipped(api):
    parameters = {
        "requests": [{"method": "POST", "path": "/"}],
        "ignore_existing": True,
        "ignore_path": "id",
    }
    outcomes = write(api, [{"id": 4}, {"name": "new"}], parameters=parameters)
    assert [outcome.is_ignored for outcome in outcomes] == [True, False]
    assert len(api.asked) == 1


def test_several_records_go_in_one_array_and_get_their_results(api):
    api.answer = lambda asked: (200, {"results": [{"id": each["n"]} for each in asked.body]})
    parameters = {
        "requests": [{"method": "POST", "path": "/"}],
        "batch_size": 2,
        "records_path": "results",
    }
    outcomes = write(api, [{"n": 1}, {"n": 2}, {"n": 3}], parameters=parameters)
    assert [outcome.answer["id"] for outcome in outcomes] == [1, 2, 3]
    assert sorted(len(asked.body) for asked in api.asked) == [1, 2]


def test_a_wrong_number_of_results_fails_the_whole_array(api):
    api.answer = lambda asked: (200, {"results": []})
    parameters = {"requests": [{"path": "/", "method": "POST"}], "batch_size": 5, "records_path": "results"}
    outcomes = write(api, [{"n": 1}, {"n": 2}], parameters=parameters)
    assert [outcome.trouble.code for outcome in outcomes] == ["invalid_response"] * 2


def test_the_body_is_rendered_over_the_mapped_record(api):
    api.answer = lambda asked: (200, {})
    parameters = {"requests": [{"method": "POST", "path": "/", "body": '{"text":"{{record.name}}"}'}]}
    write(api, [{"name": 'a "b"'}], parameters=parameters)
    assert api.asked[0].body == {"text": 'a "b"'}


def test_basic_credentials_and_headers_of_the_connection_are_sent(api):
    api.answer = lambda asked: (200, [])
    auth = {"type": "basic", "username": "u", "password": "p"}
    headers = [{"name": "X-Tenant", "value": "{{settings.tenant}}"}]
    read(
        api,
        parameters={"path": "/"},
        connection={"auth": auth, "headers": headers},
        context={"settings": {"tenant": "t1"}},
    )
    assert api.asked[0].headers["authorization"] == "Basic dTpw"
    assert api.asked[0].headers["x-tenant"] == "t1"


def test_a_redirect_is_followed_and_one_to_a_refused_address_is_not(api):
    def answer(asked):
        if asked.path == "/old":
            return 302, {}, {"Location": "/new"}
        if asked.path == "/trap":
            return 302, {}, {"Location": "http://169.254.169.254/latest"}
        return 200, [{"at": asked.path}]

    api.answer = answer
    assert read(api, parameters={"path": "/old"}) == [{"at": "/new"}]
    [outcome] = look_up(api, [{}], parameters={"path": "/trap"})
    assert outcome.trouble.code == "outbound_refused"


def test_redirects_without_end_are_an_error(api):
    api.answer = lambda asked: (302, {}, {"Location": asked.path})
    [outcome] = look_up(api, [{}], parameters={"path": "/"})
    assert outcome.trouble.code == "too_many_redirects"


def test_a_host_name_that_leads_to_a_denied_address_is_refused(api):
    policy = OutboundPolicy(deny=("127.0.0.0/8", "::1/128"))
    port = api.address.rsplit(":", 1)[1]
    connection = {"base_url": f"http://localhost:{port}"}
    [outcome] = look_up(api, [{}], parameters={"path": "/"}, connection=connection, policy=policy)
    assert outcome.trouble.code == "outbound_refused"
    assert api.asked == []


def test_an_answer_that_is_too_large_is_not_read_whole(api, monkeypatch):
    monkeypatch.setattr(transport, "MAX_ANSWER_BYTES", 1000)
    api.answer = lambda asked: (200, b"x" * 2000)
    [outcome] = look_up(api, [{}], parameters={"path": "/"})
    assert outcome.trouble.kind == "too_large"


def test_nobody_at_the_other_end_is_a_failure_that_passes(api):
    connection = {"base_url": "http://127.0.0.1:9"}
    [outcome] = look_up(api, [{}], parameters={"path": "/"}, connection=connection)
    assert (outcome.trouble.kind, outcome.trouble.is_passing) == ("connection", True)


def test_what_cannot_be_used_is_a_fault_before_any_run():
    connector = HttpConnector(OutboundPolicy(), FixedClock())
    connection = {"base_url": "http://169.254.169.254", "auth": {"type": "oauth"}}
    faults = connector.check("source", {"path": "/{{broken", "paging": {"method": "magic"}}, connection)
    assert [fault.field for fault in faults] == [
        "connection.auth",
        "connection.base_url",
        "http.paging.method",
        "http",
    ]


def test_a_429_halves_the_requests_at_once_and_successes_raise_them_again():
    async def body():
        limiter = Limiter(8)
        limiter.slow_down(0)
        assert limiter.limit == 4
        for _ in range(40):
            limiter.speed_up()
        assert limiter.limit == 8

    asyncio.run(body())


def test_no_more_requests_at_once_than_the_limit():
    together = []

    async def body():
        limiter, running = Limiter(3), 0

        async def one():
            nonlocal running
            async with limiter:
                running += 1
                together.append(running)
                await asyncio.sleep(0)
                running -= 1

        await asyncio.gather(*(one() for _ in range(20)))

    asyncio.run(body())
    assert max(together) == 3


def test_those_who_wait_get_their_places_in_order_and_a_cancelled_one_hands_his_on():
    order = []

    async def one(limiter, name):
        async with limiter:
            order.append(name)
            await asyncio.sleep(0)

    async def body():
        limiter = Limiter(1)
        async with limiter:
            tasks = [asyncio.create_task(one(limiter, name)) for name in "abcd"]
            await asyncio.sleep(0)
        # The first has just been given the place, and is cancelled before it wakes up.
        tasks[0].cancel()
        await asyncio.wait(tasks)
        async with limiter:
            order.append("free")

    asyncio.run(body())
    assert order == ["b", "c", "d", "free"]
