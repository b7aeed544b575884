"""What every command but `serve` speaks through: the API of the running server, or of one started for the
moment.
"""

import http.client
import ssl
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from typing import Any, NamedTuple
from urllib.parse import urlencode, urlsplit

from headwater.db.lock import holder_of
from headwater.kernel import json
from headwater.kernel.errors import Fault, HeadwaterError, MalformedError
from headwater.kernel.settings import load

TIMEOUT_SECONDS = 3600
Body = bytes | Iterable[bytes] | None


class RefusedError(HeadwaterError):
    """The server refused a call; code, detail and hint are the server's."""


class Reply(NamedTuple):
    """An answer as it came; header names are lower case."""

    status: int
    headers: Mapping[str, str]
    body: bytes


class Api:
    """A connection to a server, with a bearer. One call at a time."""

    def __init__(self, address: str, bearer: str) -> None:
        """Connect when the first call is made."""
        parts = urlsplit(address)
        self.address = address
        self._bearer = bearer
        host, port = parts.hostname or "127.0.0.1", parts.port
        if parts.scheme == "https":
            # The address is this machine's own, which the certificate does not name.
            context = ssl._create_unverified_context()
            self._connection: http.client.HTTPConnection = http.client.HTTPSConnection(
                host, port, timeout=TIMEOUT_SECONDS, context=context
            )
        else:
            self._connection = http.client.HTTPConnection(host, port, timeout=TIMEOUT_SECONDS)

    def get(self, path: str, **parameters: Any) -> Any:
        """The value of a GET; parameters that are None are left out."""
        given = {name: value for name, value in parameters.items() if value is not None}
        return self._value("GET", f"{path}?{urlencode(given)}" if given else path)

    def post(self, path: str, value: Any = None, **headers: str) -> Any:
        """The value of a POST of JSON; `idempotency_key="k"` sends the header Idempotency-Key."""
        return self._value("POST", path, value, headers)

    def patch(self, path: str, value: Any, **headers: str) -> Any:
        """The value of a PATCH of JSON."""
        return self._value("PATCH", path, value, headers)

    def delete(self, path: str) -> Any:
        """The value of a DELETE, usually None."""
        return self._value("DELETE", path)

    def send(
        self, method: str, path: str, body: Body = None, headers: Mapping[str, str] | None = None
    ) -> Reply:
        """Any call; bytes, or chunks of bytes, go out as they are. A status from 400 on is RefusedError."""
        given = {"Authorization": f"Bearer {self._bearer}", **(headers or {})}
        try:
            self._connection.request(method, path, body, given)
            response = self._connection.getresponse()
            reply = Reply(
                response.status,
                {name.lower(): value for name, value in response.getheaders()},
                response.read(),
            )
        except (OSError, http.client.HTTPException) as error:
            self._connection.close()
            raise _unreachable(self.address, error) from error
        if reply.status >= 400:
            raise _refused(reply)
        return reply

    def close(self) -> None:
        """Let the connection go."""
        self._connection.close()

    def _value(
        self, method: str, path: str, value: Any = None, headers: Mapping[str, str] | None = None
    ) -> Any:
        given = {name.replace("_", "-"): text for name, text in (headers or {}).items()}
        body = None
        if value is not None:
            body = json.encode(value)
            given["Content-Type"] = "application/json"
        reply = self.send(method, path, body, given)
        return json.loads(reply.body) if reply.body else None


@contextmanager
def connect(data: Path | None = None) -> Iterator[Api]:
    """The API of the server that holds the data folder; when none does, of one that serves until the block
    ends.
    """
    settings = load(overrides={"data": data})
    holder = holder_of(settings.data)
    if holder is not None:
        api = Api(holder.address, holder.key)
        try:
            yield api
        finally:
            api.close()
        return
    # 300 ms that a command beside a running server does not need
    from headwater.server import running  # noqa: PLC0415

    # loopback needs no TLS, whose files only the real server may be able to read
    with running(replace(settings, tls_certificate="", tls_key="")) as app:
        api = Api(f"http://127.0.0.1:{app.settings.port}", app.local_key)
        try:
            yield api
        finally:
            api.close()


def _refused(reply: Reply) -> RefusedError:
    try:
        problem = json.decode_body(reply.body)
    except MalformedError:
        problem = {}
    faults = [_fault(each) for each in problem.get("errors", ())]
    detail = problem.get("detail") or f"The server answered {reply.status}."
    code = problem.get("code") or (faults[0].code if faults else "refused")
    return RefusedError(code, detail, hint=problem.get("hint"), faults=faults)


def _fault(shown: Mapping[str, Any]) -> Fault:
    # the integrator's dialect calls the detail a message, and has faults without a field
    return Fault(shown.get("field") or "", shown["code"], shown.get("detail") or shown.get("message") or "")


def _unreachable(address: str, error: Exception) -> RefusedError:
    return RefusedError(
        "server_unreachable",
        f"No answer from {address}: {error}.",
        hint="Look whether the server still runs, and run the command again.",
    )
