"""Data of an import: its options, its state, what is wrong with one row (wire/native.md section 4)."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Literal

import msgspec

Format = Literal["csv", "jsonl"]
OnConflict = Literal["update", "skip", "reject"]
Status = Literal["uploading", "queued", "running", "ok", "error", "cancelled"]
FIRST_FAULTS = 100


class ImportOptions(msgspec.Struct, forbid_unknown_fields=True, kw_only=True):
    """What the caller may say about a file. What is not said is found out from the file itself.

    `mapping` goes from a column of the file to a field, `references` from a field to the unique field of the
    referred module that the file's values name. `key` is the unique field of an upsert.
    """

    format: Format | None = None
    delimiter: str | None = None
    encoding: str | None = None
    header: bool = True
    mapping: dict[str, str] | None = None
    references: dict[str, str] = {}
    key: str | None = None
    on_conflict: OnConflict = "update"
    dry_run: bool = False
    mode: Literal["partial", "all_or_nothing"] = "partial"


@dataclass(frozen=True, slots=True)
class RowFault:
    """Why one row is rejected. `row` counts from 1 as a spreadsheet shows it, the header included."""

    row: int
    column: str
    code: str
    detail: str


class RawRow(msgspec.Struct, frozen=True):
    """One row of a file before it is understood.

    `cells` are texts (CSV) or one JSON object; `fault` says why it could not be read, and then `raw` is the
    text of the row. `end` is the position in bytes behind it, where reading can go on.
    """

    number: int
    end: int
    cells: Any = None
    fault: RowFault | None = None
    raw: str = ""


@dataclass(frozen=True, slots=True)
class Checkpoint:
    """How far an import is committed: the position in bytes and the number of the last row."""

    offset: int = 0
    row: int = 0


@dataclass(frozen=True, slots=True)
class Counts:
    """What became of the rows so far."""

    read: int = 0
    created: int = 0
    updated: int = 0
    skipped: int = 0
    rejected: int = 0


@dataclass(frozen=True, slots=True)
class Import:
    """One file on its way into a module. Times are microseconds; `columns` map the file to fields or None."""

    id: int
    module_id: int
    job_id: int | None
    status: Status
    options: ImportOptions
    file_name: str
    spool: str
    actor: Mapping[str, Any]
    bytes_total: int
    checkpoint: Checkpoint
    counts: Counts
    columns: Mapping[str, str | None]
    error: Mapping[str, Any] | None
    created_at: int
    started_at: int | None = None
    finished_at: int | None = None

    @property
    def is_finished(self) -> bool:
        """Whether nothing more happens to it."""
        return self.status in ("ok", "error", "cancelled")


def added(counts: Counts, more: Counts) -> Counts:
    """The sum of two counts."""
    return Counts(
        counts.read + more.read,
        counts.created + more.created,
        counts.updated + more.updated,
        counts.skipped + more.skipped,
        counts.rejected + more.rejected,
    )
