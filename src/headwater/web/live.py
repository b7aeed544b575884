"""`GET /api/events`: committed changes as server-sent events, without values (native.md section 7)."""

import asyncio
import time
from collections import deque
from collections.abc import AsyncIterator
from typing import Any

import msgspec
from starlette.responses import StreamingResponse

from headwater.access.actor import Actor
from headwater.access.permissions import may
from headwater.kernel import json
from headwater.kernel.errors import Fault, InvalidError, UnavailableError
from headwater.kernel.events import Events
from headwater.web.application import Authenticate
from headwater.web.call import Call
from headwater.web.route import Route

TYPES = {
    "record.changed": "records:read",
    "job.changed": "jobs",
    "run.changed": "flows",
    "import.changed": "records:read",
    "alert.changed": "alerts",
    "application.changed": "applications",
}
"""Each event type and the scope that lets an actor hear of it."""
FLUSH_SECONDS = 0.1
HEARTBEAT_SECONDS = 15.0
KEPT_EVENTS = 2000
MAX_READERS = 500
Event = dict[str, Any]


class EventsQuery(msgspec.Struct, forbid_unknown_fields=True):
    """`types`: a comma list of the event types to send; all of them without it."""

    types: str | None = None


class Reader:
    """One open stream and what waits for it: one event of each type, so ten a second at most go out."""

    def __init__(self, actor: Actor, types: frozenset[str]) -> None:
        """Start with nothing waiting."""
        self.actor = actor
        self.types = types
        self.waiting: dict[str, tuple[int, Event]] = {}
        self.has_news = asyncio.Event()

    def put(self, number: int, event: Event) -> None:
        """Let an event wait, when the actor may hear of it; it is joined with one of its type that waits
        already.
        """
        if event["type"] not in self.types or not may_hear(self.actor, event):
            return
        held = self.waiting.get(event["type"])
        self.waiting[event["type"]] = (number, event if held is None else joined(held[1], event))
        self.has_news.set()

    def take(self) -> list[tuple[int, Event]]:
        """What goes out now; nothing waits afterwards."""
        taken = sorted(self.waiting.values(), key=lambda each: each[0])
        self.waiting.clear()
        self.has_news.clear()
        return taken


def may_hear(actor: Actor, event: Event) -> bool:
    """Whether the actor may know that this changed."""
    return may(actor, TYPES[event["type"]], event.get("module"))


def joined(earlier: Event, later: Event) -> Event:
    """Two events of one type as one: the later about the same thing, or one with `id` null for several
    things.
    """
    if earlier.get("id") == later.get("id") and earlier.get("module") == later.get("module"):
        return later
    several: Event = {"type": later["type"], "id": None}
    if earlier.get("module") == later.get("module") and "module" in later:
        several["module"] = later["module"]
    return several


class LiveFeed:
    """All open streams. Hears of commits on the writer's thread and passes them to the event loop."""

    def __init__(self, events: Events, authenticate: Authenticate) -> None:
        """`authenticate` is asked again while a stream is open, so that a revoked token ends it."""
        self._authenticate = authenticate
        self._loop: asyncio.AbstractEventLoop | None = None
        self._readers: set[Reader] = set()
        self._kept: deque[tuple[int, Event]] = deque(maxlen=KEPT_EVENTS)
        self._arrived: deque[Event] = deque()
        self._is_called = False
        # Numbers rise over restarts too, so an id of an earlier process is seen to be too old.
        self._number = time.time_ns() // 1000
        self._is_over = asyncio.Event()
        events.listen(self._heard)

    def _heard(self, event: Event) -> None:
        loop = self._loop
        if loop is None or loop.is_closed() or event["type"] not in TYPES:
            return
        self._arrived.append(event)
        if not self._is_called:  # one call for all that come until it runs
            self._is_called = True
            loop.call_soon_threadsafe(self._spread)

    def _spread(self) -> None:
        self._is_called = False
        while self._arrived:
            event = self._arrived.popleft()
            self._number += 1
            self._kept.append((self._number, event))
            for reader in self._readers:
                reader.put(self._number, event)

    async def start(self) -> None:
        """Remember the event loop of the server."""
        self._loop = asyncio.get_running_loop()

    def stop(self) -> None:
        """End every stream; callable from any thread."""
        if self._loop is not None and not self._loop.is_closed():
            self._loop.call_soon_threadsafe(self._is_over.set)

    async def events(self, call: Call) -> StreamingResponse:
        """The stream of one caller, from now on or from behind `Last-Event-ID`."""
        if len(self._readers) >= MAX_READERS:
            headers = {"retry-after": "30"}
            raise UnavailableError("too_many_streams", "Too many event streams are open.", headers=headers)
        reader = Reader(call.actor, _types(call.query.types))
        text = call.header("last-event-id") or ""
        last = int(text) if text.isascii() and text.isdigit() and len(text) < 20 else self._number
        headers = {
            "cache-control": "no-store",
            "x-accel-buffering": "no",
            "x-content-type-options": "nosniff",
        }
        stream = self._stream(call, reader, last)
        return StreamingResponse(stream, headers=headers, media_type="text/event-stream")

    def _catch_up(self, reader: Reader, last: int) -> None:
        """Put what came after `last`; when that is not known any more, say that anything may have changed."""
        oldest = self._kept[0][0] if self._kept else self._number + 1
        if last + 1 < oldest:
            for kind in TYPES:
                reader.put(self._number, {"type": kind, "id": None})
        for number, event in self._kept:
            if number > last:
                reader.put(number, event)

    async def _stream(self, call: Call, reader: Reader, last: int) -> AsyncIterator[bytes]:
        # Joined here and not before: a stream that is never begun must leave nothing behind.
        self._catch_up(reader, last)
        self._readers.add(reader)
        try:
            yield b"retry: 2000\n\n"
            checked_at = time.monotonic()
            while not self._is_over.is_set():
                if time.monotonic() - checked_at > HEARTBEAT_SECONDS:
                    checked_at = time.monotonic()
                    if not await self._is_still_known(call, reader):
                        return
                yield b"".join(_line(*each) for each in await self._next(reader)) or b": still here\n\n"
                await _wait(self._is_over, FLUSH_SECONDS)
        finally:
            self._readers.discard(reader)

    async def _next(self, reader: Reader) -> list[tuple[int, Event]]:
        """The next events to send; none after a quiet time, or at the end."""
        over = asyncio.ensure_future(self._is_over.wait())
        news = asyncio.ensure_future(reader.has_news.wait())
        await asyncio.wait({over, news}, timeout=HEARTBEAT_SECONDS, return_when=asyncio.FIRST_COMPLETED)
        over.cancel()
        news.cancel()
        return reader.take()

    async def _is_still_known(self, call: Call, reader: Reader) -> bool:
        actor = await self._authenticate(call)
        if actor is None:
            return False
        reader.actor = actor
        return True


async def _wait(event: asyncio.Event, seconds: float) -> None:
    try:
        await asyncio.wait_for(event.wait(), seconds)
    except TimeoutError:
        return


def _line(number: int, event: Event) -> bytes:
    return b"id: %d\nevent: %s\ndata: %s\n\n" % (number, event["type"].encode(), json.encode(event))


def _types(text: str | None) -> frozenset[str]:
    if text is None:
        return frozenset(TYPES)
    wanted = frozenset(part.strip() for part in text.split(",") if part.strip())
    unknown = sorted(wanted - set(TYPES))
    if unknown:
        detail = f"Unknown event types: {', '.join(unknown)}; known are {', '.join(TYPES)}."
        raise InvalidError("invalid_query", detail, faults=[Fault("types", "unknown_value", detail)])
    return wanted


def routes(feed: LiveFeed) -> list[Route]:
    """The one route."""
    summary = "Committed changes as they happen"
    return [Route("GET", "/api/events", feed.events, summary, query=EventsQuery, tag="events")]
