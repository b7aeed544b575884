"""Requests, answers, and what went wrong between them."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

import msgspec

from headwater.connectors.contract import Trouble


@dataclass(frozen=True, slots=True)
class Request:
    """One request, ready to send."""

    method: str
    url: str
    headers: Mapping[str, str] = field(default_factory=dict)
    body: bytes | None = None


@dataclass(frozen=True, slots=True)
class Answer:
    """What came back. `document` is the body when it is JSON, else its text; None when it is empty."""

    status: int
    headers: Mapping[str, str]
    document: Any

    @property
    def is_success(self) -> bool:
        """Whether the status says so."""
        return 200 <= self.status < 300


class TroubleError(Exception):
    """A request that did not come to an answer that can be used; the trouble says why."""

    def __init__(self, trouble: Trouble, retry_after_seconds: float | None = None) -> None:
        """`retry_after_seconds` when the other side named a time."""
        super().__init__(trouble.message)
        self.trouble = trouble
        self.retry_after_seconds = retry_after_seconds


def words_of(answer: Answer) -> str:
    """What the other side said, shortened."""
    document = answer.document
    text = document if isinstance(document, str) else msgspec.json.encode(document).decode()
    return text[:1_000] if document is not None else f"HTTP status {answer.status}."


def trouble(kind: str, code: str, message: str) -> TroubleError:
    """The error for a request without a usable answer."""
    source = "connection" if kind == "connection" else "application"
    return TroubleError(Trouble(source, code, message, kind))
