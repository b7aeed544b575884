"""`/api/schedules/preview`: when a schedule will fire (wire/native.md section 6)."""

import itertools
from typing import Annotated, Any

import msgspec

from headwater.access.permissions import require
from headwater.flows.schedule import times
from headwater.kernel.clock import Clock, parse, rfc3339
from headwater.web.call import Call
from headwater.web.route import Route


class Preview(msgspec.Struct, forbid_unknown_fields=True):
    """A schedule of six fields, or of the five of plain cron, in a zone."""

    schedule: str
    time_zone: str = "UTC"
    after: str | None = None
    count: Annotated[int, msgspec.Meta(ge=1, le=100)] = 10


class Times(msgspec.Struct):
    """The next times."""

    times: list[str]


def routes(clock: Clock) -> list[Route]:
    """The one route."""

    async def preview(call: Call) -> Times:
        require(call.actor, "flows")
        asked: Preview = call.body
        after = parse(asked.after) if asked.after else clock.now()
        found = itertools.islice(times(asked.schedule, asked.time_zone, after), asked.count)
        return Times([rfc3339(moment) for moment in found])

    tags: dict[str, Any] = {"scope": "flows", "tag": "Flows", "body": Preview, "answer": Times}
    return [Route("POST", "/api/schedules/preview", preview, "Preview a schedule", **tags)]
