"""Lists in slices (N4): the query of a list, opaque cursors, and a page of results."""

import base64
import binascii
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Annotated, Any, Generic, Literal, TypeVar

import msgspec

from headwater.kernel import json
from headwater.kernel.errors import InvalidError, MalformedError, NotFoundError
from headwater.kernel.ids import MAX_ID, read_id

T = TypeVar("T")
DEFAULT_LIMIT = 50
MAX_LIMIT = 1000
CAP = 10_000
Limit = Annotated[int, msgspec.Meta(ge=1, le=MAX_LIMIT)]
Id = Annotated[int, msgspec.Meta(ge=0, le=MAX_ID)]
Total = Literal["none", "exact", "capped"]


class ListQuery(msgspec.Struct, forbid_unknown_fields=True, kw_only=True):
    """The parameters that every list takes; a list with more has its own struct on top of this one."""

    limit: Limit = DEFAULT_LIMIT
    cursor: str | None = None


@dataclass(frozen=True)
class Page(Generic[T]):
    """A slice of results and the way to the next one. `total` is None when it was not asked for."""

    items: Sequence[T]
    next_cursor: str | None = None
    total: int | None = None
    total_is_capped: bool = False


def page_json(page: Page[Any], items: Sequence[Any] | None = None) -> dict[str, Any]:
    """The page as N4 writes it; `items` replaces the items by their JSON forms."""
    body: dict[str, Any] = {
        "items": list(page.items if items is None else items),
        "next_cursor": page.next_cursor,
    }
    if page.total is not None:
        body["total"] = page.total
        if page.total_is_capped:
            body["total_is_capped"] = True
    return body


def encode_cursor(values: Sequence[Any]) -> str:
    """An opaque cursor of JSON values, usually the sort values and the id of the last item."""
    return base64.urlsafe_b64encode(json.encode(list(values))).decode().rstrip("=")


def decode_cursor(text: str) -> list[Any]:
    """The values of a cursor of ours; anything else is InvalidError `invalid_cursor`. Their kinds are not
    checked; no text in them holds NUL, which PostgreSQL would not even take as a parameter.
    """
    try:
        raw = base64.b64decode(text + "=" * (-len(text) % 4), altchars=b"-_", validate=True)
        values = json.decode_body(raw)
    except (binascii.Error, ValueError, MalformedError) as error:
        raise invalid_cursor() from error
    if not isinstance(values, list) or b"\\u0000" in raw:
        raise invalid_cursor()
    return values


def cursor_id(cursor: str) -> int:
    """The one whole number in a cursor: an id, a revision or a place, from 0 to the largest id."""
    values = decode_cursor(cursor)
    if len(values) != 1 or type(values[0]) is not int or not 0 <= values[0] <= MAX_ID:
        raise invalid_cursor()
    return values[0]


def invalid_cursor() -> InvalidError:
    """The error for a cursor that this list did not make."""
    return InvalidError(
        "invalid_cursor",
        "The cursor is not one that this list gave.",
        hint="Start again without cursor; use next_cursor exactly as it came.",
    )


def page_of_ids(query: ListQuery, fetch: Callable[[int, int], Sequence[T]]) -> Page[T]:
    """A page of things in the order of their ids; `fetch(after_id, limit)` gives those behind an id."""
    after = 0 if query.cursor is None else cursor_id(query.cursor)
    found = fetch(after, query.limit + 1)
    items = found[: query.limit]
    more: Any = items[-1] if len(found) > query.limit else None
    return Page(items, encode_cursor([more.id]) if more is not None else None)


def path_id(text: str, code: str) -> int:
    """The id in a path. Anything that is no id is NotFoundError `code`, as an unknown id is."""
    found = read_id(text)
    if found is None:
        raise NotFoundError(code, f"'{text[:40]}' is not an id.")
    return found
