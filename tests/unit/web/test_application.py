"""One call through the application: who, what, which answer (native.md N1 to N9)."""

import asyncio
from types import SimpleNamespace

import httpx
import msgspec
import pytest
from starlette.responses import PlainTextResponse

from headwater.access.actor import Actor
from headwater.kernel.errors import ConflictError, PreconditionError, RetryError, StorageFullError
from headwater.kernel.settings import Settings
from headwater.web.answer import Answer, with_revision
from headwater.web.application import application
from headwater.web.route import Route

IDA = Actor("user", 7, "Ida", frozenset({"admin"}))


class Body(msgspec.Struct, forbid_unknown_fields=True):
    name: str


async def authenticate(call):
    return IDA if call.header("authorization") == "Bearer good" else None


def served(handler, method="GET", path="/api/x", **route):
    return application(
        [Route(method, path, handler, "A test", **route)],
        authenticate=authenticate,
        database=SimpleNamespace(),
        settings=Settings(max_body_bytes=100),
    )


def ask(app, method="GET", path="/api/x", **rest):
    async def run():
        transport = httpx.ASGITransport(app, raise_app_exceptions=False)
        async with httpx.AsyncClient(transport=transport, base_url="http://test") as client:
            headers = {"Authorization": "Bearer good", **rest.pop("headers", {})}
            return await client.request(method, path, headers=headers, **rest)

    return asyncio.run(run())


def answering(value):
    async def handler(call):
        return value

    return handler


def failing(error):
    async def handler(call):
        raise error

    return handler


@pytest.mark.parametrize(
    ("value", "text"),
    [
        ({"a": 1}, '{"a":1}'),
        (b'{"ready":true}', '{"ready":true}'),
        ([], "[]"),
        (Body("x"), '{"name":"x"}'),
        (None, "null"),
    ],
)
def test_a_value_becomes_json(value, text):
    answer = ask(served(answering(value)))
    assert (answer.status_code, answer.text) == (200, text)
    assert answer.headers["content-type"] == "application/json"
    assert answer.headers["x-content-type-options"] == "nosniff"


def test_the_status_is_the_routes_unless_the_answer_has_one():
    assert ask(served(answering({}), status=202)).status_code == 202
    assert ask(served(answering(Answer({}, 207)), status=202)).status_code == 207


def test_no_content_has_no_body_and_no_type():
    answer = ask(served(answering(None), status=204))
    assert (answer.status_code, answer.content) == (204, b"")
    assert "content-type" not in answer.headers


def test_a_ready_response_is_sent_as_it_is():
    answer = ask(served(answering(PlainTextResponse("hello", 203))))
    assert (answer.status_code, answer.text) == (203, "hello")


def test_head_has_the_headers_of_get_and_no_body():
    answer = ask(served(answering({"a": 1})), "HEAD")
    assert (answer.headers["content-length"], answer.content) == ("7", b"")


def test_options_name_the_methods():
    answer = ask(served(answering({}), "PATCH"), "OPTIONS", headers={"Authorization": ""})
    assert (answer.status_code, answer.headers["allow"]) == (204, "OPTIONS, PATCH")


def test_nobody_gets_401_with_the_way_to_sign_in():
    answer = ask(served(answering({})), headers={"Authorization": "Bearer bad"})
    assert (answer.status_code, answer.json()["code"]) == (401, "not_signed_in")
    assert answer.headers["www-authenticate"] == "Bearer"


def test_an_open_route_asks_nobody():
    assert ask(served(answering({}), is_open=True), headers={"Authorization": ""}).status_code == 200


def test_a_problem_has_every_member_of_n3():
    error = ConflictError("taken", "Name 'x' is taken.", hint="Use another.", faults=())
    problem = ask(served(failing(error)))
    assert problem.headers["content-type"] == "application/problem+json"
    body = problem.json()
    assert body.pop("request_id")
    assert body == {
        "type": "/docs/errors#taken",
        "title": "Conflict",
        "status": 409,
        "code": "taken",
        "detail": "Name 'x' is taken.",
        "hint": "Use another.",
    }


def test_the_callers_request_id_is_kept_when_it_is_plain():
    error = ConflictError("taken", "x")
    given = ask(served(failing(error)), headers={"X-Request-Id": "abc-123"})
    assert given.json()["request_id"] == "abc-123"
    odd = ask(served(failing(error)), headers={"X-Request-Id": "a b<script>"})
    assert odd.json()["request_id"] != "a b<script>"


def test_a_mismatch_comes_with_the_present_document():
    error = PreconditionError("revision_mismatch", "x", document={"revision": 4})
    answer = ask(served(failing(error)))
    assert (answer.status_code, answer.json()["document"]) == (412, {"revision": 4})


def test_a_passing_trouble_says_when_to_come_again():
    answer = ask(served(failing(RetryError("busy", "x", retry_after_seconds=2.6))))
    assert (answer.status_code, answer.headers["retry-after"]) == (503, "3")


def test_a_full_disk_is_507():
    assert ask(served(failing(StorageFullError("storage_full", "x")))).status_code == 507


def test_a_fault_of_ours_is_logged_once_and_hides_its_text(capsys):
    answer = ask(served(failing(ZeroDivisionError("secret detail"))))
    assert (answer.status_code, answer.json()["code"]) == (500, "internal")
    assert "secret detail" not in answer.text
    logged = capsys.readouterr().err
    assert logged.count("request_failed") == 1 and answer.json()["request_id"] in logged


def body_of(call):
    async def handler(call):
        return {"name": call.body.name}

    return handler


def test_a_body_is_decoded_and_its_faults_reported():
    app = served(body_of(None), "POST", body=Body)
    assert ask(app, "POST", json={"name": "x"}).json() == {"name": "x"}
    refused = ask(app, "POST", json={"name": 1, "nmae": 2})
    assert refused.status_code == 422
    assert {fault["field"] for fault in refused.json()["errors"]} == {"name", "nmae"}


@pytest.mark.parametrize("media_type", ["text/plain", "application/x-www-form-urlencoded", "application/xml"])
def test_another_media_type_is_refused(media_type):
    app = served(body_of(None), "POST", body=Body)
    answer = ask(app, "POST", content=b'{"name":"x"}', headers={"Content-Type": media_type})
    assert (answer.status_code, answer.json()["code"]) == (415, "unsupported_media_type")


@pytest.mark.parametrize("media_type", ["application/json; charset=utf-8", "application/merge-patch+json"])
def test_every_kind_of_json_is_read(media_type):
    app = served(body_of(None), "POST", body=Body)
    answer = ask(app, "POST", content=b'{"name":"x"}', headers={"Content-Type": media_type})
    assert answer.status_code == 200


def test_a_large_body_is_refused():
    app = served(body_of(None), "POST", body=Body)
    answer = ask(app, "POST", json={"name": "x" * 100})
    assert (answer.status_code, answer.json()["code"]) == (413, "body_too_large")


def test_the_revision_is_the_etag_and_if_match_reads_it():
    async def handler(call):
        return {"wanted": call.if_match}

    app = served(handler, "PATCH")
    assert ask(app, "PATCH", headers={"If-Match": '"3"'}).json() == {"wanted": 3}
    assert ask(app, "PATCH", headers={"If-Match": "*"}).json() == {"wanted": None}
    assert ask(app, "PATCH").json() == {"wanted": None}
    assert ask(app, "PATCH", headers={"If-Match": '"x"'}).json()["code"] == "invalid_if_match"


def test_what_has_not_changed_is_not_sent_again():
    app = served(answering(with_revision({"a": 1}, 3)))
    first = ask(app)
    assert first.headers["etag"] == '"3"'
    again = ask(app, headers={"If-None-Match": '"3"'})
    assert (again.status_code, again.content) == (304, b"")
    assert ask(app, headers={"If-None-Match": '"2"'}).status_code == 200


def test_a_line_break_begins_no_header():
    answer = ask(served(answering(Answer({}, headers={"location": "/x\r\nset-cookie: a=b"}))))
    assert "set-cookie" not in answer.headers


def test_a_dialect_renders_errors_its_own_way():
    app = application(
        [Route("GET", "/x", failing(ConflictError("taken", "x")), "A test", is_open=True)],
        authenticate=authenticate,
        database=SimpleNamespace(),
        settings=Settings(),
        render_error=lambda error, call: Answer({"error": {"message": error.detail}}, 200),
    )
    answer = ask(app, path="/x")
    assert (answer.status_code, answer.json()) == (200, {"error": {"message": "x"}})
