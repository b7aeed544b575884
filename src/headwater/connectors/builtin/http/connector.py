"""The `http` connector: what it can do, and how it is opened."""

from collections.abc import Mapping, Sequence
from typing import Any

from headwater.connectors.builtin.http.client import WAITS_SECONDS, HttpClient
from headwater.connectors.builtin.http.exchange import Reading
from headwater.connectors.builtin.http.limiter import DEFAULT_CONCURRENCY, Limiter
from headwater.connectors.builtin.http.pages import Pages
from headwater.connectors.builtin.http.paging import WAYS
from headwater.connectors.builtin.http.sink import HttpSink
from headwater.connectors.builtin.http.source import HttpLookup, HttpSource
from headwater.connectors.builtin.http.writing import Writer
from headwater.connectors.contract import Opening
from headwater.connectors.outbound import OutboundPolicy
from headwater.connectors.spec import Operation, Parameter, Role, Spec, check_role
from headwater.kernel.clock import Clock
from headwater.kernel.errors import Fault, HeadwaterError

METHODS = ("GET", "POST", "PUT", "PATCH", "DELETE", "HEAD")
AUTH_TYPES = (None, "", "none", "basic", "token")

_READ = (
    Parameter("method", "text", "Method", choices=METHODS),
    Parameter("path", "text", "Path below the base address, a template"),
    Parameter("headers", "list", "Headers"),
    Parameter("body", "text", "Body, a template"),
    Parameter("paging", "object", "Paging"),
    Parameter("records_path", "text", "Path of the records in the answer"),
    Parameter("success_path", "text", "Path that tells success"),
    Parameter("success_values", "list", "Values that tell success"),
    Parameter("fail_path", "text", "Path that tells failure"),
    Parameter("fail_values", "list", "Values that tell failure"),
    Parameter("error_path", "text", "Path of the error's words"),
)
_WRITE = (
    Parameter("requests", "list", "Requests: method, path, body, type", required=True),
    Parameter("headers", "list", "Headers"),
    Parameter("batch_size", "number", "Records in one request"),
    Parameter("records_path", "text", "Path of the results in the answer"),
    Parameter("id_path", "text", "Path of the id in a result"),
    Parameter("existing", "text", "What tells that the record exists there"),
    Parameter("ignore_existing", "bool", "Skip records that exist there"),
    Parameter("ignore_missing", "bool", "Skip records that do not exist there"),
    Parameter("ignore_path", "text", "What tells it for skipping"),
    Parameter("is_strict", "bool", "An unknown name in a template is an error"),
)
SPEC = Spec(
    kind="http",
    title="HTTP API",
    connection=(
        Parameter("base_url", "text", "Base address", required=True),
        Parameter("headers", "list", "Headers of every request"),
        Parameter("auth", "object", "Credentials: none, basic or token", is_secret=True),
        Parameter("concurrency", "number", "Requests at once"),
    ),
    operations=(
        Operation("source", "Read pages", _READ),
        Operation("lookup", "Ask for each record", _READ),
        Operation("sink", "Send records", _WRITE),
    ),
)


class HttpConnector:
    """Any HTTP API, under the outbound policy."""

    spec = SPEC

    def __init__(
        self, policy: OutboundPolicy, clock: Clock, *, waits: Sequence[float] = WAITS_SECONDS
    ) -> None:
        """`waits` are the seconds before each further try of a request that failed in passing."""
        self._policy = policy
        self._client = HttpClient(policy, clock, waits=waits)
        self._limiters: dict[str, Limiter] = {}

    def check(self, role: Role, parameters: Mapping[str, Any], connection: Mapping[str, Any]) -> list[Fault]:
        """Every fault that can be found before a run: kinds, templates, paths, the base address itself."""
        faults = check_role(SPEC, role, parameters, connection)
        if faults:
            return faults
        return [
            *self._connection_faults(connection),
            *_paging_faults(parameters.get("paging") or {}),
            *_template_faults(parameters, connection),
        ]

    def source(self, opening: Opening) -> HttpSource:
        """Pages of an API."""
        return HttpSource(self._pages(opening), opening)

    def lookup(self, opening: Opening) -> HttpLookup:
        """A request for each record."""
        return HttpLookup(self._pages(opening), opening)

    def sink(self, opening: Opening) -> HttpSink:
        """Requests that write."""
        return HttpSink(opening, self._client, self._limiter(opening.connection))

    async def close(self) -> None:
        """Let the connections go."""
        await self._client.close()

    def _pages(self, opening: Opening) -> Pages:
        limiter = self._limiter(opening.connection)
        return Pages(opening.parameters, opening.connection, self._client, limiter)

    def _limiter(self, connection: Mapping[str, Any]) -> Limiter:
        """One for each system and width: every run that uses a connection shares it."""
        concurrency = int(connection.get("concurrency") or DEFAULT_CONCURRENCY)
        key = f"{concurrency} {connection['base_url']}"
        return self._limiters.setdefault(key, Limiter(concurrency))

    def _connection_faults(self, connection: Mapping[str, Any]) -> list[Fault]:
        kind = (connection.get("auth") or {}).get("type")
        faults = []
        if kind not in AUTH_TYPES:
            detail = f"Credentials of type '{kind}' cannot be used yet."
            faults.append(Fault("connection.auth", "invalid_field", detail))
        try:
            self._policy.check_url(connection["base_url"])
        except HeadwaterError as error:
            faults.append(Fault("connection.base_url", error.code, error.detail))
        return faults


def _paging_faults(paging: Mapping[str, Any]) -> list[Fault]:
    method = paging.get("method")
    if method in WAYS or not paging:
        return []
    detail = f"Paging by '{method}' is unknown; there are {', '.join(WAYS)}."
    return [Fault("http.paging.method", "invalid_field", detail)]


def _template_faults(parameters: Mapping[str, Any], connection: Mapping[str, Any]) -> list[Fault]:
    faults = []
    requests = parameters.get("requests") or [parameters]
    for request in requests:
        if not isinstance(request, Mapping) or request.get("method", "GET") not in METHODS:
            faults.append(Fault("http.method", "invalid_field", f"A method is one of {', '.join(METHODS)}."))
            continue
        try:
            Writer({**request, "headers": parameters.get("headers")}, connection)
            Reading(parameters)
        except HeadwaterError as error:
            faults.append(Fault("http", error.code, error.detail))
    return faults
