"""A Failure: one record that a step could not handle, and the pure rules of its trace key and its retries."""

import hashlib
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Literal

from headwater.connectors.contract import Trouble
from headwater.expr.templates import template
from headwater.flows.model import Step, StepKind
from headwater.kernel import json
from headwater.kernel.clock import SECOND
from headwater.kernel.errors import InvalidError, SkipError

FailureStatus = Literal["open", "retried", "resolved"]

STAGES: Mapping[StepKind, str] = {
    "generator": "page_generator",
    "lookup": "page_processor_export",
    "import": "page_processor_import",
}
_ID_FIELDS = ("id", "_id", "Id", "ID", "key", "internalId")
# Growing waits that add up to a day (F2).
RETRY_WAITS_SECONDS: Sequence[int] = (60, 300, 900, 3_600, 4 * 3_600, 8 * 3_600, 11 * 3_600)
LONGEST_KEY = 200
LONGEST_MESSAGE = 2_000


@dataclass(frozen=True, slots=True)
class Failure:
    """One record that a step could not handle. `record_key` is its idempotency key at that step."""

    id: int
    flow_id: str
    run_id: int
    position: int
    step_id: str
    document_id: str
    status: FailureStatus
    at: int
    stage: str
    source: str
    code: str
    message: str
    kind: str
    trace_key: str
    record_key: str
    data: Any
    attempts: int = 0
    next_retry_at: int | None = None
    revision: int = 0
    resolved_at: int | None = None
    resolved_by: str = ""
    tags: Sequence[Any] = ()
    assigned_to: str = ""
    has_data: bool = True


def key_of(text: str | None) -> Callable[[Any], str]:
    """The function that gives a record its trace key: a template, else an id-like field, else a hash (F3)."""
    if not text:
        return _natural_key
    try:
        render = template.compile(text)
    except InvalidError:
        return _natural_key

    def key(record: Any) -> str:
        try:
            return _clean(render(record, {"record": record}))
        except SkipError:
            return _natural_key(record)

    return key


def _natural_key(record: Any) -> str:
    if isinstance(record, dict):
        for name in _ID_FIELDS:
            value = record.get(name)
            if isinstance(value, str | int) and not isinstance(value, bool) and value != "":
                return _clean(str(value))
    return hashlib.sha256(json.encode(record)).hexdigest()[:24]


def _clean(text: str) -> str:
    return text.replace("\0", "")[:LONGEST_KEY]


def retry_at(step: Step, trouble: Trouble, attempts: int, now: int) -> int | None:
    """When the record is tried again by itself after its n-th attempt; None when only a person can help."""
    if not trouble.is_passing or step.skips_retries or attempts > len(RETRY_WAITS_SECONDS):
        return None
    return now + RETRY_WAITS_SECONDS[attempts - 1] * SECOND


def message_of(trouble: Trouble) -> str:
    """The words of a trouble as a failure keeps them."""
    return trouble.message.replace("\0", "")[:LONGEST_MESSAGE]
