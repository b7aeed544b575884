"""An HTTP API as a destination: one request for each record, or one for several."""

import asyncio
from collections.abc import Mapping
from typing import Any

from headwater.connectors.builtin.http.client import HttpClient
from headwater.connectors.builtin.http.exchange import Reading
from headwater.connectors.builtin.http.limiter import Limiter
from headwater.connectors.builtin.http.message import Answer, TroubleError
from headwater.connectors.builtin.http.writing import Names, Writer
from headwater.connectors.contract import Batch, Opening, Outcome, Trouble, Written
from headwater.expr import paths
from headwater.expr.templates import template
from headwater.kernel.errors import SkipError


class HttpSink:
    """Sends records, many at a time, each with its stable idempotency key."""

    def __init__(self, opening: Opening, client: HttpClient, limiter: Limiter) -> None:
        """Compile the requests; `existing` tells updates from creates (A4)."""
        parameters = opening.parameters
        common = {"headers": parameters.get("headers")}
        is_strict = bool(parameters.get("is_strict"))
        self._requests = [
            (each.get("type"), Writer({**each, **common}, opening.connection, is_strict=is_strict))
            for each in parameters["requests"]
        ]
        self._existing = _Finder(parameters.get("existing"))
        self._ignore = _Finder(parameters.get("ignore_path") or parameters.get("existing"))
        self._parameters = parameters
        self._reading = Reading(parameters)
        self._names: Names = opening.context
        self._client = client
        self._limiter = limiter

    async def write(self, batch: Batch, state: Any) -> Written:
        """The outcome of each record; this sink keeps no state."""
        size = int(self._parameters.get("batch_size") or 1)
        if size > 1:
            starts = range(0, len(batch.records), size)
            groups = await asyncio.gather(*(self._group(batch, start, start + size) for start in starts))
            return Written([outcome for group in groups for outcome in group], state)
        outcomes = await asyncio.gather(*(self._one(batch, at) for at in range(len(batch.records))))
        return Written(outcomes, state)

    async def finish(self, state: Any) -> None:
        """Everything was sent by then."""

    async def _one(self, batch: Batch, at: int) -> Outcome:
        record, mapped = batch.records[at], batch.mapped[at]
        try:
            names = {**self._names, "record": record, "data": [record]}
            if self._is_ignored(record, names):
                return Outcome({"ignored": True, "errors": []}, is_ignored=True)
            writer = self._writer(record, names)
            body = None if writer.method in ("GET", "DELETE") else mapped
            request = writer.request(record, names, body, batch.key(at))
            answer = await self._client.send(request, self._limiter)
        except TroubleError as error:
            return Outcome(trouble=error.trouble)
        except SkipError as error:
            return Outcome(trouble=Trouble("mapping", error.code, error.detail))
        return self._outcome(answer, request.url)

    def _outcome(self, answer: Answer, url: str) -> Outcome:
        trouble = self._reading.trouble(answer)
        if trouble is not None:
            return Outcome({"statusCode": answer.status, "errors": [_error(trouble)]}, trouble)
        return Outcome(self._answer(answer, answer.document, url))

    async def _group(self, batch: Batch, start: int, stop: int) -> list[Outcome]:
        """A7: several records in one array; their results, when the answer has as many."""
        records, mapped = batch.records[start:stop], list(batch.mapped[start:stop])
        _, writer = self._requests[0]
        try:
            names = {**self._names, "data": records, "batch_of_records": records}
            request = writer.request(records[0], names, mapped, batch.key(start))
            answer = await self._client.send(request, self._limiter)
        except TroubleError as error:
            return [Outcome(trouble=error.trouble)] * len(records)
        except SkipError as error:
            return [Outcome(trouble=Trouble("mapping", error.code, error.detail))] * len(records)
        whole = self._outcome(answer, request.url)
        if whole.trouble is not None or not self._reading.has_records_path:
            return [whole] * len(records)
        results = self._reading.records(answer)
        if len(results) != len(records):
            detail = f"The answer has {len(results)} results for {len(records)} records."
            return [Outcome(trouble=Trouble("application", "invalid_response", detail))] * len(records)
        return [Outcome(self._answer(answer, result, request.url)) for result in results]

    def _answer(self, answer: Answer, document: Any, url: str) -> dict[str, Any]:
        """K2: what a response mapping of an import may read."""
        return {
            "id": self._reading.record_id(document),
            "_json": document,
            "errors": [],
            "ignored": False,
            "statusCode": answer.status,
            "headers": answer.headers,
            "dataURI": url,
        }

    def _is_ignored(self, record: Any, names: Names) -> bool:
        """A5: skip what exists, or what does not."""
        parameters = self._parameters
        if not parameters.get("ignore_existing") and not parameters.get("ignore_missing"):
            return False
        exists = self._ignore.finds(record, names)
        return bool(parameters.get("ignore_existing")) if exists else bool(parameters.get("ignore_missing"))

    def _writer(self, record: Any, names: Names) -> Writer:
        if len(self._requests) == 1:
            return self._requests[0][1]
        wanted = "UPDATE" if self._existing.finds(record, names) else "CREATE"
        return next((writer for kind, writer in self._requests if kind == wanted), self._requests[-1][1])


class _Finder:
    """Whether a record has a value: at a path, or rendered by a template."""

    def __init__(self, text: str | None) -> None:
        self._path = paths.parse(text) if text and "{{" not in text else None
        self._template = template.compile(text) if text and "{{" in text else None

    def finds(self, record: Any, names: Names) -> bool:
        if self._template is not None:
            return bool(self._template(record, names).strip())
        if self._path is None:
            return False
        found = paths.read(record, self._path)
        return found is not paths.MISSING and found not in (None, "", [])


def _error(trouble: Trouble) -> Mapping[str, str]:
    return {"code": trouble.code, "message": trouble.message, "source": trouble.source}
