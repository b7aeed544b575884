"""The routes of the Fluxx dialect: the token, the two calls of a queue, and what is not built yet."""

from typing import Any

from headwater.accounts.service import Accounts
from headwater.alerts.errors import unknown_queue
from headwater.alerts.queue import Queues
from headwater.kernel.clock import Clock
from headwater.kernel.errors import NotBuiltError
from headwater.web.answer import Answer
from headwater.web.call import Call
from headwater.web.route import Route
from headwater.wire.fluxx.batch import batch_body
from headwater.wire.fluxx.token import TokenEndpoint

_NO_STORE = {"cache-control": "no-store"}
_QUEUE = "/poll/client/{client}/uuid/queue/{queue}"
_FINISHED = "/poll/client/{client}/uuid/queue_finished/{queue}/{job}"
_REST = ("", "/{model}", "/{model}/{id}", "/{model}/{id}/{part}")


def routes(accounts: Accounts, queues: Queues, clock: Clock) -> list[Route]:
    """Everything below `/fluxx`."""
    handlers = _QueueCalls(queues)
    token = TokenEndpoint(accounts, clock)
    tags: dict[str, Any] = {"scope": "alerts", "tag": "API Alerts"}
    return [
        Route("POST", "/oauth/token", token.create, "A bearer for a client", is_open=True, tag="Token"),
        Route("GET", _QUEUE, handlers.queue, "Take waiting records into a job", **tags),
        Route("GET", _FINISHED, handlers.finished, "Clear a job", **tags),
        # A HEAD would otherwise be answered by the GET, which changes state (Q25).
        Route("HEAD", _QUEUE, _nothing, "No effect", **tags),
        Route("HEAD", _FINISHED, _nothing, "No effect", **tags),
        *_not_built(),
    ]


class _QueueCalls:
    def __init__(self, queues: Queues) -> None:
        self._queues = queues

    async def queue(self, call: Call) -> Answer:
        queue_uuid, queues = _queue_uuid(call), self._queues
        polled = await call.database.write(
            lambda tx: queues.poll(tx, call.actor, queues.known_queue(tx, queue_uuid))
        )
        return Answer(batch_body(polled), 200, _NO_STORE)

    async def finished(self, call: Call) -> Answer:
        queue_uuid, job_uuid, queues = _queue_uuid(call), call.path["job"], self._queues
        done = await call.database.write(
            lambda tx: queues.finish(tx, call.actor, queues.alert_of_queue(tx, queue_uuid), job_uuid)
        )
        return Answer({"job_uuid": job_uuid, "clear_count": done.cleared}, 200, _NO_STORE)


async def _nothing(call: Call) -> Answer:
    return Answer(b"", 200, _NO_STORE)


def _queue_uuid(call: Call) -> str:
    if not call.path["client"].isdecimal():
        raise unknown_queue()
    return call.path["queue"]


def _not_built() -> list[Route]:
    return [
        Route(method, f"/api/rest/v2{path}", _refuse, "Not built yet", tag="REST v2")
        for path in _REST
        for method in ("GET", "POST", "PUT", "DELETE")
    ]


async def _refuse(call: Call) -> Answer:
    raise NotBuiltError("fluxx_rest_not_built", "The REST v2 calls of the Fluxx dialect are not built yet.")
