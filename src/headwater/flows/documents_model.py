"""The integrator's documents as they are stored, and the form in which they are shown (W3, W4)."""

import secrets
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Literal, get_args

from headwater.expr.date_formats import iso_milliseconds
from headwater.kernel.clock import SECOND, to_datetime
from headwater.kernel.errors import Fault, InvalidError, NotFoundError

Kind = Literal["flow", "export", "import", "connection", "integration", "script"]
KINDS: tuple[Kind, ...] = get_args(Kind)
SERVER_KEYS = ("_id", "createdAt", "lastModified")
MASK = "******"
_HEX = frozenset("0123456789abcdef")


@dataclass(frozen=True, slots=True)
class FlowDocument:
    """One document. `body` has no server keys and `******` at each secret; `sealed` holds the secrets."""

    id: int
    hex_id: str
    kind: Kind
    body: Mapping[str, Any]
    sealed: str | None
    created_at: int
    modified_at: int

    @property
    def name(self) -> str:
        """Its name."""
        return str(self.body.get("name") or "")


def shown(document: FlowDocument) -> dict[str, Any]:
    """What a caller sees: the body as it was sent, with the server's keys around it and secrets masked."""
    return {
        "_id": document.hex_id,
        **document.body,
        "createdAt": iso(document.created_at),
        "lastModified": iso(document.modified_at),
    }


def iso(moment: int) -> str:
    """ISO 8601 with milliseconds and `Z` (W3)."""
    return iso_milliseconds(to_datetime(moment))


def new_hex_id(now: int) -> str:
    """24 hex digits that rise with the second in which they were made, so that lists are in that order."""
    return f"{now // SECOND:08x}{secrets.token_hex(8)}"


def is_hex_id(text: Any) -> bool:
    """Whether this is 24 lower-case hex digits (W3)."""
    return isinstance(text, str) and len(text) == 24 and set(text) <= _HEX


def without_server_keys(body: Mapping[str, Any]) -> dict[str, Any]:
    """A body as it is stored: sending the server's keys is harmless (W4)."""
    return {key: value for key, value in body.items() if key not in SERVER_KEYS}


def title(kind: Kind) -> str:
    """The kind as messages name it."""
    return kind.capitalize()


def unknown(kind: Kind, hex_id: str) -> NotFoundError:
    """The error for a document that is not there."""
    return NotFoundError(
        "flow_document_unknown",
        f"{title(kind)} not found for the given id.",
        hint=f"There is no {kind} '{hex_id[:40]}'.",
    )


def refusal(faults: list[Fault]) -> InvalidError:
    """The error of a document with faults, all at once."""
    return InvalidError("invalid_flow_document", faults[0].detail, faults=faults[:200])
