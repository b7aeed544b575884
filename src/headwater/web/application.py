"""One ASGI application over a table of routes: find, authenticate, decode, handle, answer."""

import time
from collections.abc import Awaitable, Callable, Iterable
from typing import Any

from starlette.requests import ClientDisconnect
from starlette.responses import Response

from headwater.access.actor import Actor
from headwater.db.database import Database
from headwater.kernel import disk, log
from headwater.kernel.errors import HeadwaterError, NotFoundError, StorageFullError, UnauthenticatedError
from headwater.kernel.settings import Settings
from headwater.web import idempotency
from headwater.web.answer import Answer, send_answer
from headwater.web.call import Call
from headwater.web.decoding import decode, decode_query, query_values, require_json
from headwater.web.problem import problem_response
from headwater.web.route import Route
from headwater.web.router import Router, allowed_methods

Authenticate = Callable[[Call], Awaitable[Actor | None]]
RenderError = Callable[[HeadwaterError, Call], Answer]
Observe = Callable[[Call, int, float], None]


class Application:
    """The ASGI application: every error becomes an answer here, and nothing else catches everything."""

    def __init__(
        self,
        routes: Iterable[Route],
        authenticate: Authenticate,
        database: Database,
        settings: Settings,
        render_error: RenderError,
    ) -> None:
        """Build the router once; see `application` for what the arguments mean."""
        self.routes = tuple(routes)
        self._router = Router(self.routes)
        self._authenticate = authenticate
        self.database = database
        self.settings = settings
        self.render_error = render_error
        self.fallback: Callable[..., Awaitable[None]] | None = None
        self.observe: Observe | None = None

    async def __call__(self, scope: Any, receive: Any, send: Any) -> None:
        """Answer one request."""
        started = time.perf_counter()
        call = Call(scope, receive, self.database, self.settings)
        try:
            answer: Answer | Response = await self._answer(call)
        except HeadwaterError as error:
            if self._falls_back(error, scope):
                await self.fallback(scope, receive, send)  # type: ignore[misc]
                return
            answer = self.render_error(error, call)
        except ClientDisconnect:
            return
        except Exception as error:  # noqa: BLE001 - the web edge: a fault of ours is answered and logged once
            answer = self.render_error(_full_disk(error) or _internal(error, call), call)
        if isinstance(answer, Response):
            status = answer.status_code
            await answer(scope, receive, send)
        else:
            status = answer.status or 200
            await send_answer(answer, scope["method"], call.headers, send)
        if self.observe is not None:
            self.observe(call, status, time.perf_counter() - started)

    async def _answer(self, call: Call) -> Answer | Response:
        method = call.scope["method"]
        if method == "OPTIONS" and not self._has_own_options(call):
            return self._options(call)
        route, call.path = self._router.find(method, call.route_path)
        call.route = route
        if not route.is_open:
            actor = await self._authenticate(call)
            if actor is None:
                raise not_signed_in()
            call.actor = actor
        await _decode(call, route)
        try:
            result = await route.handler(call)
        except idempotency.Replay as replay:
            return replay.answer
        if isinstance(result, Response):
            return result
        answer = result if isinstance(result, Answer) else Answer(result)
        if answer.status is None:
            answer.status = route.status
        if call.kept is not None:
            await self._keep(call.kept, answer)
        return answer

    async def _keep(self, kept: idempotency.Kept, answer: Answer) -> None:
        final = idempotency.Form.of(answer, kept.status)
        if final != kept.form:
            await self.database.write(lambda tx: idempotency.keep(tx, kept, final))

    def _falls_back(self, error: HeadwaterError, scope: Any) -> bool:
        return (
            self.fallback is not None
            and isinstance(error, NotFoundError)
            and error.code == "route_unknown"
            and scope["method"] in ("GET", "HEAD")
            and not scope["path"].startswith("/api/")
        )

    def _has_own_options(self, call: Call) -> bool:
        node = self._router.node(call.route_path)
        return node is not None and "OPTIONS" in node.methods

    def _options(self, call: Call) -> Answer:
        node = self._router.node(call.route_path)
        if node is None:
            self._router.find("OPTIONS", call.route_path)  # raises the 404
        return Answer(None, 204, {"allow": allowed_methods(node)})  # type: ignore[arg-type]


async def _decode(call: Call, route: Route) -> None:
    query = call.scope["query_string"]
    if route.query is not None:
        call.query = decode_query(query, route.query) if query else _without_parameters(route.query)
    else:
        call.query = query_values(query) if query else {}
    if route.streams or route.body is None:
        return
    require_json(call.headers)
    call.body = decode(await call.raw_body(), route.body)


def _without_parameters(kind: Any) -> Any:
    try:
        return kind()
    except TypeError:
        return decode_query(b"", kind)  # a required parameter is missing: report it


def _full_disk(error: Exception) -> HeadwaterError | None:
    """The 507 for a disk without room, wherever it was met: a form's temporary file, a new folder."""
    if not disk.is_full(error):
        return None
    hint = "Make room on the disks of the data folder and of temporary files."
    return StorageFullError("storage_full", "The disk has no room.", hint=hint)


def _internal(error: Exception, call: Call) -> HeadwaterError:
    log.error(
        "request_failed",
        error=error,
        request_id=call.request_id,
        method=call.method,
        path=call.route.path if call.route else call.route_path,
    )
    return HeadwaterError(
        "internal",
        "The server met a fault of its own; nothing was written.",
        hint=f"The log names request {call.request_id}. Report it if it happens again.",
    )


def not_signed_in() -> UnauthenticatedError:
    """The 401 of a route that needs an actor."""
    return UnauthenticatedError(
        "not_signed_in",
        "No valid token or session came with the request.",
        hint="Send 'Authorization: Bearer hw_...', or sign in at /api/session.",
    )


def application(
    routes: Iterable[Route],
    *,
    authenticate: Authenticate,
    database: Database,
    settings: Settings,
    render_error: RenderError = problem_response,
) -> Application:
    """The ASGI application of these routes. `authenticate` gives the actor of a call, or None for nobody.

    `render_error(error, call)` turns an error into the answer of this surface: problem+json unless a dialect
    has its own form.
    """
    return Application(routes, authenticate, database, settings, render_error)
