"""How much of our code one POST of a record runs between web edge and database: enough for one sitting."""

import asyncio
import json
import sys
import threading
from pathlib import Path

import pytest

import headwater
from headwater.app import build
from headwater.kernel.settings import Settings

ROOT = str(Path(headwater.__file__).parent)
# The web edge in front, the database behind, and those who only ask whether a change concerns them.
AROUND = ("/web/", "/accounts/", "/kernel/", "/db/", "/alerts/", "/workflows/")
TOKEN = "t" * 40
BODY = {"values": {"name": "Odda", "population": 7000, "note": "On the fjord"}}


class Trace:
    """The functions of ours that run while it is on, on every thread that started under it."""

    def __init__(self):
        self.is_on = False
        self.functions = set()

    def __call__(self, frame, event, argument):
        code = frame.f_code
        # comprehensions and lambdas belong to the function that they stand in
        if self.is_on and event == "call" and code.co_filename.startswith(ROOT) and code.co_name[0] != "<":
            file = code.co_filename.removeprefix(ROOT)
            if not file.startswith(AROUND):
                self.functions.add((file, code.co_name))

    @property
    def files(self):
        return {file for file, _ in self.functions}


@pytest.fixture
def trace():
    trace = Trace()
    threading.setprofile(trace)
    sys.setprofile(trace)
    yield trace
    sys.setprofile(None)
    threading.setprofile(None)


async def call(app, method, path, body):
    """One request through the application itself, without a server."""
    sent = []
    raw = json.dumps(body).encode()
    scope = {
        "type": "http",
        "method": method,
        "path": path,
        "raw_path": path.encode(),
        "root_path": "",
        "query_string": b"",
        "client": ("127.0.0.1", 1),
        "headers": [
            (b"authorization", f"Bearer {TOKEN}".encode()),
            (b"content-type", b"application/json"),
            (b"host", b"localhost"),
        ],
    }

    async def receive():
        return {"type": "http.request", "body": raw, "more_body": False}

    async def send(message):
        sent.append(message)

    await app.asgi(scope, receive, send)
    assert sent[0]["status"] == 201, sent
    return sent


def test_a_post_runs_at_most_14_files_and_40_functions_of_the_domain(trace, tmp_path):
    app = build(Settings(data=tmp_path, admin_token=TOKEN))
    module = {
        "handle": "place",
        "fields": [
            {"name": "name", "kind": "String", "required": True},
            {"name": "population", "kind": "Number"},
            {"name": "note", "kind": "String"},
        ],
    }

    async def run():
        path = "/api/modules/place/records"
        await call(app, "POST", "/api/modules", module)
        await call(app, "POST", path, BODY)  # fills the caches
        trace.is_on = True
        await call(app, "POST", path, BODY)
        trace.is_on = False

    asyncio.run(run())
    app.database.close()
    assert len(trace.files) <= 14, sorted(trace.files)
    assert len(trace.functions) <= 40, sorted(trace.functions)
