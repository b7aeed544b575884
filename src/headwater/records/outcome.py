"""What became of one row of a bulk write."""

from collections.abc import Sequence
from typing import Literal

from msgspec import Struct

from headwater.kernel.errors import Fault

Status = Literal["created", "updated", "unchanged", "deleted", "failed"]


class Outcome(Struct, frozen=True):
    """The row's status, the id of its record where there is one, and its faults when it failed."""

    status: Status
    id: int | None = None
    faults: Sequence[Fault] = ()


def failed(faults: Sequence[Fault], record_id: int | None = None) -> Outcome:
    """The outcome of a row that was not written."""
    return Outcome("failed", record_id, faults)
