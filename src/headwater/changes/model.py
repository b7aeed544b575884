"""A Change: what one committed write did to one record."""

from collections.abc import Mapping
from typing import Any, Literal

from msgspec import Struct

Operation = Literal["create", "update", "delete", "restore"]


class Change(Struct, frozen=True):
    """One change of one record. `at` is microseconds; values are by field name, in their in-memory forms.

    `before` holds the earlier values of the changed fields only, None for one that was empty, and is `{}`
    for a create. `after` holds all values of the record behind the change; a delete leaves them.
    """

    id: int
    at: int
    op: Operation
    module_id: int
    record_id: int
    revision: int
    actor_kind: str
    actor_id: int
    before: Mapping[str, Any]
    after: Mapping[str, Any]
