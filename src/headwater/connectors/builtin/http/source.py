"""An HTTP API as a source, and as a lookup for each record."""

import asyncio
from collections.abc import Sequence
from typing import Any

from headwater.connectors.builtin.http.message import TroubleError
from headwater.connectors.builtin.http.pages import Given, Pages
from headwater.connectors.contract import Batch, Cursor, Opening, Outcome, Page, Trouble
from headwater.kernel.errors import FatalError, RetryError, SkipError

MOST_PAGES_OF_A_LOOKUP = 100


class HttpSource:
    """Reads page after page."""

    def __init__(self, pages: Pages, opening: Opening) -> None:
        """`opening.context` holds the names that templates may use."""
        self._pages = pages
        self._names = opening.context

    async def read(self, cursor: Cursor) -> Page:
        """The next page. RetryError when the system fails in passing, FatalError when it refuses."""
        try:
            given = await self._pages.page(cursor, {}, self._names)
        except TroubleError as error:
            raise _of_source(error) from error
        except SkipError as error:
            raise FatalError(error.code, error.detail, hint=error.hint) from error
        bad = [(record, _NO_OBJECT) for record in given.records if not isinstance(record, dict)]
        records = [record for record in given.records if isinstance(record, dict)] if bad else given.records
        return Page(records, given.cursor, is_last=given.cursor is None, bad=bad)

    async def finish(self, cursor: Cursor) -> None:
        """Reading changes nothing."""


class HttpLookup:
    """Asks once for each record, many at a time; `data` of the answer holds the records of every page."""

    def __init__(self, pages: Pages, opening: Opening) -> None:
        """As a source."""
        self._pages = pages
        self._names = opening.context

    async def lookup(self, batch: Batch) -> Sequence[Outcome]:
        """An outcome for each record, in order."""
        return await asyncio.gather(*(self._one(record) for record in batch.records))

    async def _one(self, record: Any) -> Outcome:
        data: list[Any] = []
        cursor: Cursor = None
        try:
            for _ in range(MOST_PAGES_OF_A_LOOKUP):
                given = await self._pages.page(cursor, record, self._names)
                data += given.records
                cursor = given.cursor
                if cursor is None:
                    break
        except TroubleError as error:
            return Outcome(trouble=error.trouble)
        except SkipError as error:
            return Outcome(trouble=Trouble("lookup", error.code, error.detail))
        return Outcome(_answer(given, data))


def _answer(given: Given, data: list[Any]) -> dict[str, Any]:
    """K2: what a response mapping of a lookup may read."""
    return {
        "data": data,
        "errors": [],
        "ignored": False,
        "statusCode": given.answer.status,
        "headers": given.answer.headers,
        "dataURI": given.url,
    }


def _of_source(error: TroubleError) -> RetryError | FatalError:
    trouble = error.trouble
    if trouble.is_passing:
        return RetryError(
            f"http_{trouble.kind}", trouble.message, retry_after_seconds=error.retry_after_seconds
        )
    code = trouble.code if not trouble.code.isdigit() else "http_refused"
    status = f"HTTP status {trouble.code}: " if trouble.code.isdigit() else ""
    return FatalError(
        code, f"{status}{trouble.message}", hint="Look at the export's request and its connection."
    )


_NO_OBJECT = Trouble("application", "parse", "A record is an object.", "parse")
