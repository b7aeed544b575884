"""One exchange over aiohttp, whose import takes a third of a second: `client` imports this late."""

import aiohttp
import msgspec

from headwater.connectors.builtin.http.message import Answer, Request, TroubleError, trouble
from headwater.connectors.builtin.http.resolver import PolicedResolver
from headwater.connectors.outbound import OutboundPolicy

MAX_ANSWER_BYTES = 50 * 1024 * 1024
TIMEOUT_SECONDS = 60.0


class Transport:
    """One session; belongs to the event loop that it was made in."""

    def __init__(self, policy: OutboundPolicy) -> None:
        """Every address is checked when a name is resolved."""
        connector = aiohttp.TCPConnector(resolver=PolicedResolver(policy), limit=0, ttl_dns_cache=60)
        self._session = aiohttp.ClientSession(
            connector=connector,
            timeout=aiohttp.ClientTimeout(total=TIMEOUT_SECONDS, sock_connect=10),
            headers={"User-Agent": "Headwater", "Accept": "application/json"},
            cookie_jar=aiohttp.DummyCookieJar(),
        )

    async def exchange(self, request: Request) -> Answer:
        """Send one request and read its answer; redirects are answers. TroubleError without one."""
        sending = self._session.request(
            request.method, request.url, headers=request.headers, data=request.body, allow_redirects=False
        )
        try:
            async with sending as response:
                raw = await _read_limited(response)
                headers = {name.lower(): value for name, value in response.headers.items()}
                return Answer(response.status, headers, _document(raw))
        except TimeoutError as error:
            raise trouble("connection", "timeout", f"No answer within {TIMEOUT_SECONDS:g} s.") from error
        except aiohttp.InvalidURL as error:
            raise trouble("value", "invalid_url", "The address cannot be read.") from error
        except aiohttp.ClientError as error:
            # Its words hold host and cause, never headers or the body.
            raise trouble("connection", "connection_failed", f"The connection failed: {error}.") from error

    async def close(self) -> None:
        """Let the connections go."""
        await self._session.close()


async def _read_limited(response: aiohttp.ClientResponse) -> bytes:
    length = response.content_length
    if length is not None:
        if length > MAX_ANSWER_BYTES:
            raise _too_large()
        if "content-encoding" not in response.headers:
            return await response.read()
    parts, size = [], 0
    async for part in response.content.iter_any():
        size += len(part)
        if size > MAX_ANSWER_BYTES:
            raise _too_large()
        parts.append(part)
    return b"".join(parts)


def _document(raw: bytes) -> object:
    if not raw:
        return None
    try:
        return msgspec.json.decode(raw)
    except (msgspec.DecodeError, UnicodeDecodeError):
        return raw.decode("utf-8", "replace")


def _too_large() -> TroubleError:
    return trouble("too_large", "answer_too_large", f"The answer is larger than {MAX_ANSWER_BYTES} bytes.")
