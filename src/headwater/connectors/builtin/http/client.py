"""Sending one request: policy, redirects, and retries by the kind of what went wrong."""

import asyncio
from collections.abc import Sequence
from dataclasses import replace
from email.utils import parsedate_to_datetime
from typing import TYPE_CHECKING
from urllib.parse import urljoin, urlsplit

from headwater.connectors.builtin.http.limiter import Limiter
from headwater.connectors.builtin.http.message import Answer, Request, TroubleError, trouble, words_of
from headwater.connectors.contract import Trouble
from headwater.connectors.outbound import OutboundPolicy
from headwater.kernel.clock import Clock, to_datetime
from headwater.kernel.errors import ForbiddenError, InvalidError

if TYPE_CHECKING:
    from headwater.connectors.builtin.http.transport import Transport

MOST_REDIRECTS = 5
MOST_REMEMBERED = 1_000
WAITS_SECONDS: Sequence[float] = (0.25, 1.0, 4.0)
# A longer wait is not waited out here: the record fails in passing and is tried again later.
LONGEST_WAIT_SECONDS = 60.0
_REDIRECTS = (301, 302, 303, 307, 308)
_PASSING = (408, 425, 500, 502, 503, 504)
_CREDENTIALS = ("authorization", "cookie", "proxy-authorization", "x-api-key")


class HttpClient:
    """Requests under the outbound policy; one for the whole process."""

    def __init__(
        self, policy: OutboundPolicy, clock: Clock, *, waits: Sequence[float] = WAITS_SECONDS
    ) -> None:
        """`waits` are the seconds before each further try."""
        self._policy = policy
        self._clock = clock
        self._waits = waits
        self._transport: Transport | None = None
        self._checked: set[str] = set()

    async def send(self, request: Request, limiter: Limiter) -> Answer:
        """The answer, of whatever status that nobody expects to pass. TroubleError for all else.

        Broken connections, 408, 425, 429 and 5xx are tried again with growing waits, or as Retry-After says.
        """
        for wait in self._waits:
            try:
                return await self._send_once(request, limiter)
            except TroubleError as error:
                asked = error.retry_after_seconds or 0.0
                if not error.trouble.is_passing or asked > LONGEST_WAIT_SECONDS:
                    raise
                # After a 429 the limiter makes everybody wait, this request too.
                if error.trouble.kind != "rate_limit":
                    await asyncio.sleep(max(wait, asked))
        return await self._send_once(request, limiter)

    async def close(self) -> None:
        """Let the connections go."""
        if self._transport is not None:
            await self._transport.close()
            self._transport = None

    async def _send_once(self, request: Request, limiter: Limiter) -> Answer:
        async with limiter:
            try:
                answer = await self._follow(request)
            except (InvalidError, ForbiddenError) as error:
                raise trouble("value", error.code, error.detail) from error
        if answer.status == 429:
            wait = self._retry_after(answer)
            limiter.slow_down(min(wait or self._first_wait, LONGEST_WAIT_SECONDS))
            raise TroubleError(_of_status(answer, "rate_limit"), wait)
        if answer.status in _PASSING:
            raise TroubleError(_of_status(answer, "intermittent"), self._retry_after(answer))
        limiter.speed_up()
        return answer

    async def _follow(self, request: Request) -> Answer:
        for _ in range(MOST_REDIRECTS + 1):
            self._check(request.url)
            answer = await self._opened().exchange(request)
            location = answer.headers.get("location")
            if answer.status not in _REDIRECTS or not location:
                return answer
            request = _redirected(request, answer.status, urljoin(request.url, location))
        raise trouble("value", "too_many_redirects", f"More than {MOST_REDIRECTS} redirects.")

    def _check(self, url: str) -> None:
        """Ask the policy once for each host; names are checked again whenever they are resolved."""
        end = url.find("/", len("https://"))
        origin = url if end < 0 else url[:end]
        if origin not in self._checked:
            self._policy.check_url(url)
            if len(self._checked) < MOST_REMEMBERED:
                self._checked.add(origin)

    def _opened(self) -> "Transport":
        if self._transport is None:
            # aiohttp takes a third of a second that a server without HTTP flows does not need
            from headwater.connectors.builtin.http.transport import Transport  # noqa: PLC0415

            self._transport = Transport(self._policy)
        return self._transport

    @property
    def _first_wait(self) -> float:
        return self._waits[0] if self._waits else 0.0

    def _retry_after(self, answer: Answer) -> float | None:
        text = answer.headers.get("retry-after", "").strip()
        if text.isdigit():
            return float(text)
        try:
            wait = parsedate_to_datetime(text) - to_datetime(self._clock.now())
        except (ValueError, TypeError):
            return None
        return max(0.0, wait.total_seconds())


def _redirected(request: Request, status: int, url: str) -> Request:
    """The request that a redirect asks for; credentials stay with the host that they are for."""
    headers = dict(request.headers)
    if urlsplit(url)[:2] != urlsplit(request.url)[:2]:
        headers = {name: value for name, value in headers.items() if name.lower() not in _CREDENTIALS}
    if status == 303 or (status in (301, 302) and request.method == "POST"):
        return Request("GET", url, headers)
    return replace(request, url=url, headers=headers)


def _of_status(answer: Answer, kind: str) -> Trouble:
    return Trouble("application", str(answer.status), words_of(answer), kind)
