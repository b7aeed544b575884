"""One HTTP connection: uvicorn's, with bounds on the size of a request's head and on the time it may take."""

import asyncio
from typing import Any

from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol

from headwater.web.transport import JoinedTransport

MAX_HEAD_BYTES = 64 * 1024
HEAD_SECONDS = 30.0
_PROBLEM = (
    b'{"type":"/docs/errors#head_too_large","title":"Head too large","status":431,"code":"head_too_large",'
    b'"detail":"The address and the headers of the request are larger than 64 KiB.","request_id":""}'
)
_TOO_LARGE = (
    b"HTTP/1.1 431 Request Header Fields Too Large\r\nconnection: close\r\n"
    b"content-type: application/problem+json\r\ncontent-length: %d\r\n\r\n%s" % (len(_PROBLEM), _PROBLEM)
)


class Connection(HttpToolsProtocol):
    """The parser bounds neither: a caller could fill the memory, or hold connections without asking."""

    def __init__(self, *arguments: Any, **named: Any) -> None:
        """Begin outside of a head."""
        super().__init__(*arguments, **named)
        self._is_in_head = False
        self._head_bytes = 0
        self._patience: asyncio.TimerHandle | None = None

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
        """Wait for the first request, but not for ever."""
        super().connection_made(transport)
        self.transport = JoinedTransport(transport, self.loop)  # type: ignore[assignment]
        self._be_patient()

    def connection_lost(self, exc: Exception | None) -> None:
        """Stop waiting."""
        self._stop_waiting()
        super().connection_lost(exc)

    def on_message_begin(self) -> None:
        """A head begins."""
        self._is_in_head = True
        self._head_bytes = 0
        super().on_message_begin()

    def on_headers_complete(self) -> None:
        """The head is over."""
        self._is_in_head = False
        super().on_headers_complete()

    def data_received(self, data: bytes) -> None:
        """Parse, then look whether a head is still unfinished and has grown too large."""
        super().data_received(data)
        if not self._is_in_head:
            if self._patience is not None:
                self._stop_waiting()
            return
        self._be_patient()
        self._head_bytes += len(data)
        if self._head_bytes > MAX_HEAD_BYTES and not self.transport.is_closing():
            self.transport.write(_TOO_LARGE)
            self.transport.close()

    def _be_patient(self) -> None:
        if self._patience is None:
            self._patience = self.loop.call_later(HEAD_SECONDS, self._too_slow)

    def _stop_waiting(self) -> None:
        if self._patience is not None:
            self._patience.cancel()
            self._patience = None

    def _too_slow(self) -> None:
        self._patience = None
        if not self.transport.is_closing():
            self.transport.close()
