"""Jobs as the integrator shows them: one for a run, and one for each of its places (J1 to J6)."""

from collections.abc import Mapping, Sequence
from typing import Any

from headwater.flows.documents_model import iso
from headwater.flows.run_listing import PlaceCounts
from headwater.flows.store import Run
from headwater.jobs.service import KEEP_SECONDS
from headwater.kernel.clock import SECOND

Job = dict[str, Any]

_STATUS = {"ok": "completed", "error": "failed", "cancelled": "canceled"}
_TYPES = {"generator": "export", "lookup": "export", "import": "import"}


def job_hex(job_id: int, position: int | None = None) -> str:
    """The `_id` of a run's job; with a position, that of one place's. Both can be read back."""
    return f"{0 if position is None else position + 1:08x}{job_id:016x}"


def read_job_hex(text: str) -> tuple[int, int | None] | None:
    """`(job id, position or None)` of an `_id`; None when it is none of ours."""
    if len(text) != 24 or set(text) - set("0123456789abcdef"):
        return None
    position, job_id = int(text[:8], 16), int(text[8:], 16)
    return (job_id, position - 1 if position else None) if job_id < 1 << 53 else None


def family(run: Run, places: Sequence[PlaceCounts]) -> list[Job]:
    """The job of a run, then those of its places in their order."""
    return [_parent(run, places), *(_child(run, place) for place in places)]


def _parent(run: Run, places: Sequence[PlaceCounts]) -> Job:
    generators = [place for place in places if place.kind == "generator"]
    others = [place for place in places if place.kind != "generator"]
    return {
        "_id": job_hex(run.job_id),
        "type": "retry" if run.kind == "retry" else "flow",
        **_common(run),
        **_counts(places),
        "numExport": sum(place.success for place in generators),
        "numPagesGenerated": sum(place.pages for place in generators),
        "numPagesProcessed": max((place.pages for place in others), default=0),
        "doneExporting": run.is_read,
        "numRecords": run.records_read,
        "numRecordsOk": run.records_ok,
        "numRecordsFailed": run.records_failed,
        "numRecordsIgnored": run.records_ignored,
    }


def _child(run: Run, place: PlaceCounts) -> Job:
    kind = _TYPES[place.kind]
    counts = _counts([place])
    is_generator = place.kind == "generator"
    return {
        "_id": job_hex(run.job_id, place.position),
        "type": kind,
        **_common(run),
        f"_{kind}Id": place.document_id,
        "_flowJobId": job_hex(run.job_id),
        "oIndex": place.position,
        **counts,
        "numExport": place.success if is_generator else 0,
        "numPagesGenerated": place.pages if is_generator else 0,
        "numPagesProcessed": 0 if is_generator else place.pages,
        "doneExporting": place.is_read if is_generator else run.is_read,
        "numRecords": place.success + place.failed + place.ignored,
        "numRecordsOk": place.success,
        "numRecordsFailed": place.failed,
        "numRecordsIgnored": place.ignored,
    }


def _common(run: Run) -> Job:
    changed_at = run.finished_at or run.started_at or run.created_at
    found: Job = {
        "status": _STATUS.get(run.status, run.status),
        "_flowId": run.flow_id,
        "triggeredBy": _trigger(run.actor),
        "createdAt": iso(run.created_at),
        "lastModified": iso(changed_at),
    }
    if run.started_at is not None:
        found["startedAt"] = iso(run.started_at)
    if run.finished_at is not None:
        found["endedAt"] = iso(run.finished_at)
        found["purgeAt"] = iso(run.finished_at + KEEP_SECONDS * SECOND)
    return found


def _trigger(actor: Mapping[str, Any]) -> str:
    return "scheduler" if actor.get("kind") == "system" else f"{actor.get('id', 0):024x}"


def _counts(places: Sequence[PlaceCounts]) -> Job:
    """The counting rule: the sums over the places, generators included."""
    opened = sum(place.open_failures for place in places)
    return {
        "numSuccess": sum(place.success for place in places),
        "numIgnore": sum(place.ignored for place in places),
        "numError": sum(place.failed for place in places),
        "numResolved": sum(place.resolved_failures for place in places),
        "numOpenError": opened,
        "retriable": opened > 0,
    }
