"""What is asked of a list of contents: page, size, sort and search, clamped and echoed (section 7.1)."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from headwater.records.model import Module
from headwater.records.query import MAX_SORT
from headwater.wire.crm.envelope import MAX_ID
from headwater.wire.crm.field_kinds import original_name

DEFAULT_PER_PAGE, LEAST_PER_PAGE, MOST_PER_PAGE = 50, 10, 100
# `moduleId` is not among them: it is the same for all contents of a list, and leaves their order as it is.
_SYSTEM = {
    "id": "id",
    "userid": "created_by",
    "createdat": "created_at",
    "updatedat": "updated_at",
    "deletedat": "deleted_at",
}


@dataclass(frozen=True)
class ContentQuery:
    """One page of a list, as asked for."""

    query: str
    page: int
    per_page: int
    sort: str

    @property
    def offset(self) -> int:
        """How many contents come before the page."""
        return self.page * self.per_page

    def meta(self, count: int) -> dict[str, Any]:
        """The `meta` of the answer; `count` is of all matches."""
        shown = {"page": self.page, "perPage": self.per_page, "count": count, "sort": self.sort}
        return {"query": self.query, **shown} if self.query else shown


def read_list(parameters: Mapping[str, str]) -> ContentQuery:
    """The query parameters; numbers that cannot be read are the defaults, sizes go to the nearest allowed."""
    page = _number(parameters.get("page"), 0)
    per_page = _number(parameters.get("perPage"), DEFAULT_PER_PAGE)
    return ContentQuery(
        parameters.get("query", ""),
        min(max(0, page), MAX_ID // MOST_PER_PAGE),
        min(max(LEAST_PER_PAGE, per_page), MOST_PER_PAGE),
        parameters.get("sort", ""),
    )


def read_sort(module: Module, text: str) -> list[str]:
    """The sort of a query of ours: what nobody knows is skipped, ties end with the newest first."""
    names = {original_name(each): each.name for each in module.fields if not each.multi}
    keys: dict[str, str] = {}
    for part in text.split(","):
        name, sign = _sort_part(part)
        ours = names.get(name) or _SYSTEM.get(name.lower())
        if ours is not None and len(keys) < MAX_SORT - 1:
            keys.setdefault(ours, f"{sign}{ours}")
    keys.setdefault("id", "-id")
    return list(keys.values())


def _sort_part(part: str) -> tuple[str, str]:
    """Name and sign of one part; names may have spaces in them."""
    words = part.strip().rsplit(None, 1)
    if len(words) == 2 and words[1].lower() in ("asc", "desc"):
        return words[0], "-" if words[1].lower() == "desc" else ""
    return part.strip(), ""


def _number(text: str | None, default: int) -> int:
    digits = (text or "").strip()
    sign, digits = (-1, digits[1:]) if digits.startswith("-") else (1, digits)
    if not (digits.isascii() and digits.isdigit()):
        return default
    return sign * (int(digits) if len(digits) <= 16 else MAX_ID)
