"""Reading what Clust clients send: JSON or form bodies, and the paging of lists (wire/clust.md section 2)."""

from typing import Any
from urllib.parse import parse_qsl, urlencode

from headwater.kernel.errors import Fault, InvalidError, MalformedError, NotFoundError
from headwater.kernel.ids import read_id
from headwater.web.call import Call
from headwater.web.decoding import decode

DEFAULT_PER_PAGE = 15
MAX_PER_PAGE = 100
FORM = "application/x-www-form-urlencoded"


async def read_body(call: Call) -> dict[str, Any]:
    """The body as an object: JSON, or a form whose names may nest as `contact[email]` or `contact.email`."""
    raw = await call.raw_body()
    media_type = (call.header("content-type") or "").split(";", 1)[0].strip().lower()
    if media_type == FORM:
        return _nested(_form(raw))
    if not raw:
        return {}
    value = decode(raw, Any)
    if not isinstance(value, dict):
        raise InvalidError(
            "invalid_body", "The body wants an object.", faults=[Fault("body", "not_an_object", "")]
        )
    return value


def slice_of(call: Call) -> tuple[int, int]:
    """Page from 1 and page size from 1 to 100; what lies outside goes to the nearest."""
    page = max(1, _number(call.query.get("page"), 1))
    return page, min(MAX_PER_PAGE, max(1, _number(call.query.get("per_page"), DEFAULT_PER_PAGE)))


def envelope(call: Call, items: list[Any], total: int, page: int, per_page: int) -> dict[str, Any]:
    """The list envelope: data, meta, links."""
    last = max(1, -(-total // per_page))
    start = (page - 1) * per_page + 1

    def link(number: int) -> str:
        query = {name: value for name, value in call.query.items() if name != "api_token"}
        path = call.scope["path"]
        return f"{call.settings.address}{path}?{urlencode({**query, 'page': number, 'per_page': per_page})}"

    return {
        "data": items,
        "meta": {
            "current_page": page,
            "per_page": per_page,
            "total": total,
            "last_page": last,
            "from": start if items else None,
            "to": start + len(items) - 1 if items else None,
        },
        "links": {
            "first": link(1),
            "last": link(last),
            "prev": link(page - 1) if page > 1 else None,
            "next": link(page + 1) if page < last else None,
        },
    }


def path_id(call: Call, name: str, kind: str) -> int:
    """The number in the path; anything else is `<kind>_not_found`."""
    text = call.path[name]
    found = read_id(text)
    if found is None:
        raise NotFoundError(f"{kind}_not_found", f"'{text[:40]}' is not the id of a {kind}.")
    return found


def _form(raw: bytes) -> list[tuple[str, str]]:
    try:
        return parse_qsl(raw.decode("utf-8"), keep_blank_values=True, errors="strict", max_num_fields=1000)
    except ValueError as error:
        raise MalformedError("malformed_form", "The form is not percent-encoded UTF-8.") from error


def _nested(pairs: list[tuple[str, str]]) -> dict[str, Any]:
    body: dict[str, Any] = {}
    for name, value in pairs:
        outer, _, inner = name.replace("[", ".").replace("]", "").partition(".")
        if inner:
            group = body.setdefault(outer, {})
            if isinstance(group, dict):
                group[inner] = value
        else:
            body[outer] = value
    for name in ("template_id", "contact_id"):
        if isinstance(body.get(name), str):
            body[name] = read_id(body[name]) or body[name]
    return body


def _number(text: str | None, default: int) -> int:
    digits = (text or "").lstrip("-")
    return int(text or 0) if digits.isascii() and digits.isdigit() and len(digits) < 10 else default
