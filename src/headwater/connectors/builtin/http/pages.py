"""One page after another of what an API gives: for exports as a source, for lookups of one record."""

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from headwater.connectors.builtin.http.client import HttpClient
from headwater.connectors.builtin.http.exchange import Reading
from headwater.connectors.builtin.http.limiter import Limiter
from headwater.connectors.builtin.http.message import Answer, Request, TroubleError
from headwater.connectors.builtin.http.paging import (
    WAYS,
    Cursor,
    OnePage,
    is_last_by_status,
    is_last_by_value,
)
from headwater.connectors.builtin.http.writing import Names, Writer
from headwater.connectors.contract import Trouble


@dataclass(frozen=True, slots=True)
class Given:
    """One page: its records, the answer they came in, and the cursor of the next, None at the end."""

    records: list[Any]
    answer: Answer
    cursor: Cursor | None
    url: str


class Pages:
    """Asks for pages as the parameters of an export say."""

    def __init__(
        self,
        parameters: Mapping[str, Any],
        connection: Mapping[str, Any],
        client: HttpClient,
        limiter: Limiter,
    ) -> None:
        """Compile the request and the way of paging."""
        self._paging: Mapping[str, Any] = parameters.get("paging") or {}
        self._reading = Reading(parameters)
        self._way = WAYS.get(str(self._paging.get("method")), OnePage)(
            self._paging, Writer(parameters, connection)
        )
        self._client = client
        self._limiter = limiter

    async def page(self, cursor: Cursor | None, record: Any, names: Names) -> Given:
        """The page at a cursor. TroubleError when it cannot be had, or is the one before again (A2)."""
        request = self._way.request(cursor, record, names)
        fingerprint = _fingerprint(request) if self._paging else ""
        if cursor is not None and cursor.get("asked") == fingerprint:
            detail = "The next page is the page before: paging would never end."
            raise TroubleError(Trouble("application", "paging_loop", detail))
        answer = await self._client.send(request, self._limiter)
        if cursor is not None and is_last_by_status(self._paging, answer):
            return Given([], answer, None, request.url)
        trouble = self._reading.trouble(answer)
        if trouble is not None:
            raise TroubleError(trouble)
        records = self._reading.records(answer)
        following = None
        if not is_last_by_value(self._paging, answer):
            following = self._way.following(cursor, answer, records)
        if following is not None:
            following = {**following, "asked": fingerprint}
        return Given(records, answer, following, request.url)


def _fingerprint(request: Request) -> str:
    text = f"{request.method} {request.url}\n".encode() + (request.body or b"")
    return hashlib.sha256(text).hexdigest()[:24]
