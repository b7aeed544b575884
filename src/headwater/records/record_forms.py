"""The bodies, queries and answers of the routes of records."""

from datetime import datetime
from typing import Any, Literal

import msgspec
from msgspec import Struct

from headwater.kernel import json
from headwater.kernel.errors import Fault, InvalidError, MalformedError
from headwater.records.query import Aggregate, Query
from headwater.web.paging import DEFAULT_LIMIT, Limit, ListQuery, Total

MAX_BULK = 10_000
_FARTHEST = 2**53


class RecordBody(Struct, forbid_unknown_fields=True):
    """Values by field name, each in its JSON form."""

    values: dict[str, Any]


class RecordView(Struct, omit_defaults=True):
    """A record as it is shown; empty values are left out, `deleted_at` is there only when it is deleted."""

    id: int
    revision: int
    values: dict[str, Any]
    created_at: datetime
    updated_at: datetime
    created_by: int
    updated_by: int
    owner: int
    deleted_at: datetime | None = None
    expanded: dict[str, "RecordView"] | None = None


class RecordPage(Struct, omit_defaults=True):
    """A slice of records."""

    items: list[RecordView]
    next_cursor: str | None
    total: int | None = None
    total_is_capped: bool = False


class ReadQuery(Struct, forbid_unknown_fields=True):
    """`expand`: references whose records come along, a comma list."""

    expand: str = ""


class DeleteQuery(Struct, forbid_unknown_fields=True):
    """`hard` deletes for good."""

    hard: bool = False


class RecordsQuery(Struct, forbid_unknown_fields=True, kw_only=True):
    """The parameters of a list; `filter` is JSON, `sort`, `fields` and `expand` are comma lists."""

    filter: str | None = None
    sort: str = ""
    search: str | None = None
    fields: str | None = None
    expand: str = ""
    limit: Limit = DEFAULT_LIMIT
    cursor: str | None = None
    offset: int | None = msgspec.field(default=None)
    total: Total = "none"
    deleted: Literal["without", "only", "with"] = "without"

    def query(self) -> Query:
        """The query that the service reads."""
        if self.offset is not None and (not 0 <= self.offset <= _FARTHEST or self.cursor is not None):
            detail = f"offset wants a number from 0 to {_FARTHEST}, and no cursor beside it."
            raise InvalidError("invalid_query", detail, faults=[Fault("offset", "out_of_range", detail)])
        return Query(
            filter=read_filter(self.filter),
            sort=listed(self.sort),
            search=self.search,
            fields=None if self.fields is None else listed(self.fields),
            limit=self.limit,
            cursor=self.cursor,
            offset=self.offset,
            total=self.total,
            deleted=self.deleted,
            expand=listed(self.expand),
        )


class AggregateQuery(Struct, forbid_unknown_fields=True, kw_only=True):
    """The parameters of an aggregate; `group_by` and `measures` are comma lists."""

    group_by: str = ""
    measures: str = "count"
    filter: str | None = None
    time_zone: str | None = None
    sort: Literal["measure", "key"] = "measure"

    def ask(self) -> Aggregate:
        """The question that the service reads."""
        return Aggregate(
            listed(self.group_by), listed(self.measures), read_filter(self.filter), self.time_zone, self.sort
        )


class Group(Struct):
    """One group with its figures."""

    key: list[Any]
    values: dict[str, Any]


class Groups(Struct):
    """The groups of an aggregate."""

    groups: list[Group]


class ChangeActor(Struct):
    """Who made a change."""

    kind: str
    id: int
    name: str


class ChangedValue(Struct):
    """A value before and after a change."""

    before: Any
    after: Any


class ChangeView(Struct):
    """One change in a record's history."""

    revision: int
    op: Literal["create", "update", "delete", "restore"]
    at: datetime
    actor: ChangeActor
    changes: dict[str, ChangedValue]


class HistoryPage(Struct):
    """A slice of a record's history, newest first."""

    items: list[ChangeView]
    next_cursor: str | None


class HistoryQuery(ListQuery, forbid_unknown_fields=True):
    """The parameters of a history."""


class BulkUpdate(Struct, forbid_unknown_fields=True, omit_defaults=True):
    """One record to change; with `revision` only when it is at that revision."""

    id: int
    values: dict[str, Any]
    revision: int | None = None


class BulkUpsert(Struct, forbid_unknown_fields=True):
    """Records to change where the unique field `key` finds one, and to make where it does not."""

    key: str
    records: list[RecordBody]


class Bulk(Struct, forbid_unknown_fields=True, kw_only=True):
    """Many writes in one transaction; `atomic`: all of them or none."""

    create: list[RecordBody] = msgspec.field(default_factory=list)
    update: list[BulkUpdate] = msgspec.field(default_factory=list)
    upsert: BulkUpsert | None = None
    delete: list[int] = msgspec.field(default_factory=list)
    atomic: bool = True


class BulkFault(Struct):
    """What is wrong with one row."""

    field: str
    code: str
    detail: str


class BulkResult(Struct, omit_defaults=True):
    """What became of one row."""

    status: Literal["created", "updated", "unchanged", "deleted", "failed"]
    id: int | None = None
    errors: list[BulkFault] = msgspec.field(default_factory=list)


class BulkResults(Struct):
    """The results in the order of the body: create, update, upsert, delete."""

    results: list[BulkResult]


def listed(text: str) -> tuple[str, ...]:
    """The names of a comma list; blanks around them do not count."""
    return tuple(name for part in text.split(",") if (name := part.strip()))


def read_filter(text: str | None) -> Any:
    """The document of a filter in a query string. Broken JSON is InvalidError `invalid_filter`."""
    if not text:
        return None
    try:
        return json.decode_body(text.encode(), what="The filter")
    except MalformedError as error:
        fault = Fault("filter", "malformed_json", error.detail)
        raise InvalidError("invalid_filter", error.detail, faults=[fault]) from error
