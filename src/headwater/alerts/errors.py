"""The errors of alerts and queues."""

from collections.abc import Sequence

from headwater.kernel.errors import Fault, InvalidError, NotFoundError


def unknown_alert(alert_id: int | str) -> NotFoundError:
    """The error for an alert that is not there or not visible."""
    return NotFoundError(
        "alert_unknown", f"There is no alert {str(alert_id)[:40]}.", hint="GET /api/alerts lists them."
    )


def unknown_queue() -> NotFoundError:
    """The error for a queue UUID that no alert has, in whatever form it came."""
    return NotFoundError(
        "queue_unknown",
        "Unknown queue",
        hint="The queue UUID stands in the alert; a deleted alert's is gone.",
    )


def unknown_poll_job() -> NotFoundError:
    """The error for a job that this queue never had, or has released or forgotten."""
    return NotFoundError(
        "poll_job_unknown", "Unknown job", hint="Ask the queue again: it serves the job that is open."
    )


def invalid_release(record_ids: Sequence[int]) -> InvalidError:
    """The error for records given back that are not in the job."""
    shown = ", ".join(map(str, record_ids[:10]))
    return InvalidError(
        "not_in_job",
        f"The job does not hold these records: {shown}.",
        faults=[Fault("release", "not_in_job", f"Record {record_id}.") for record_id in record_ids[:100]],
    )


def invalid_alert(faults: Sequence[Fault]) -> InvalidError:
    """The error that tells everything wrong with an alert at once."""
    return InvalidError("invalid_alert", f"{faults[0].field}: {faults[0].detail}", faults=faults)
