"""Lists: bare arrays with a `Link` header while more follows (L1, L2)."""

from collections.abc import Mapping
from typing import Any
from urllib.parse import urlencode

from headwater.flows.documents import Slice
from headwater.flows.documents_model import is_hex_id
from headwater.web.answer import Answer
from headwater.web.call import Call
from headwater.wire.integrator.errors import bad_parameters

MAX_LIMIT = 1_000
MAX_SKIP = 10**9


def whole_number(parameters: Mapping[str, str], name: str, default: int, low: int, high: int) -> int:
    """A number among the parameters; anything else than a whole one in its range is 400."""
    text = parameters.get(name)
    if text is None:
        return default
    if not (text.isascii() and text.isdigit() and len(text) < 11 and low <= int(text) <= high):
        raise bad_parameters(f"{name} wants a whole number from {low} to {high}.")
    return int(text)


def slice_of(parameters: Mapping[str, str]) -> Slice:
    """The part of the list that is asked for, one longer to see whether more follows."""
    after = parameters.get("after", "")
    if after and not is_hex_id(after):
        raise bad_parameters("after is the one of the Link header.")
    limit = whole_number(parameters, "limit", MAX_LIMIT, 1, MAX_LIMIT)
    return Slice(after, whole_number(parameters, "skip", 0, 0, MAX_SKIP), limit + 1)


def answer(call: Call, found: list[dict[str, Any]], part: Slice, last_id: str) -> Answer:
    """The list, with links to the pages around it when a further one exists, and with none otherwise."""
    limit = part.limit - 1
    if len(found) <= limit:
        return Answer(found)
    links = {"next": {"after": last_id, "skip": None}}
    if "skip" in call.query:
        links["next"] = {"skip": str(part.skip + limit)}
    if part.skip > 0:
        links["prev"] = {"skip": str(max(0, part.skip - limit))}
    header = ", ".join(f'<{_address(call, change)}>; rel="{name}"' for name, change in links.items())
    return Answer(found[:limit], headers={"link": header})


def _address(call: Call, change: Mapping[str, str | None]) -> str:
    parameters = {key: value for key, value in {**call.query, **change}.items() if value is not None}
    return f"{address(call)}?{urlencode(parameters)}"


def address(call: Call) -> str:
    """The absolute address of this call: below `public_url`, or on the host that the caller named."""
    path: str = call.scope["path"]
    public = call.settings.public_url.rstrip("/")
    if public and path.startswith("/integrator/"):
        return public + path
    host = call.header("host") or "localhost"
    return f"{call.scope.get('scheme', 'http')}://{host}{path}"
