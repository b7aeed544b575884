"""Who acts: a person, a token, the system itself, an applicant, or nobody known."""

from dataclasses import dataclass
from typing import Literal


@dataclass(frozen=True)
class Actor:
    """Whoever asks for something. A token acts for its owner: `id` is the owner's, `token_id` the token's."""

    kind: Literal["user", "token", "system", "applicant", "anonymous"]
    id: int
    name: str
    scopes: frozenset[str]
    time_zone: str = "UTC"
    token_id: int | None = None


SYSTEM = Actor("system", 0, "Headwater", frozenset({"admin"}))
ANONYMOUS = Actor("anonymous", 0, "Nobody", frozenset())
