"""Many runs at once: the counters of their places and how many of their failures are open."""

from collections.abc import Collection
from typing import NamedTuple

from headwater.db.database import Row, Tx
from headwater.db.sql import in_ids
from headwater.kernel import json


class PlaceCounts(NamedTuple):
    """What one place of a run has counted."""

    run_id: int
    position: int
    document_id: str
    kind: str
    success: int
    ignored: int
    failed: int
    pages: int
    is_read: bool
    open_failures: int = 0
    resolved_failures: int = 0


def places_of_runs(tx: Tx, run_ids: Collection[int]) -> dict[int, list[PlaceCounts]]:
    """The places of each run, by position."""
    listed = json.dumps(sorted(run_ids))
    failures = _failures(tx, listed)
    sql = (
        "select run_id, position, document_id, kind, success, ignored, failed, pages, is_read from flow_step"  # noqa: S608 - names of our own, values are bound
        f" where run_id {in_ids(tx.dialect)} order by run_id, position"
    )
    found: dict[int, list[PlaceCounts]] = {run_id: [] for run_id in run_ids}
    for row in tx.all(sql, (listed,)):
        opened, resolved = failures.get(row[:2], (0, 0))
        place = PlaceCounts(*row)._replace(open_failures=opened, resolved_failures=resolved)
        found[place.run_id].append(place._replace(is_read=bool(place.is_read)))
    return found


def _failures(tx: Tx, listed: str) -> dict[Row, tuple[int, int]]:
    """`(run, position) -> (open, resolved)`."""
    sql = (
        "select run_id, position, sum(case when status = 'open' then 1 else 0 end),"  # noqa: S608 - names of our own, values are bound
        " sum(case when status = 'resolved' then 1 else 0 end) from flow_failure"
        f" where run_id {in_ids(tx.dialect)} group by run_id, position"
    )
    rows = tx.all(sql, (listed,))
    return {(run_id, position): (int(opened), int(resolved)) for run_id, position, opened, resolved in rows}
