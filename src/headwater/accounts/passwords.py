"""Passwords: argon2id hashes, and a check that takes the same time whether or not there is one."""

from functools import cache
from typing import Any

# OWASP's argon2id figures: a sign-in costs 19 MiB and about 20 ms.
_COST: dict[str, Any] = {"time_cost": 2, "memory_cost": 19 * 1024, "parallelism": 1}


def hash_password(password: str) -> str:
    """The argon2id hash with its salt and cost. Takes about 20 ms: never on the event loop or in a
    transaction.
    """
    hashed: str = _hasher().hash(password)
    return hashed


def is_password(hashed: str | None, password: str) -> bool:
    """Whether the password is the hashed one. Without a hash it is False, after the same time."""
    # argon2 takes 24 ms to load, which only signing in needs
    from argon2.exceptions import InvalidHashError, VerificationError  # noqa: PLC0415

    try:
        return bool(_hasher().verify(hashed or _nobodys_hash(), password)) and hashed is not None
    except (VerificationError, InvalidHashError):
        return False


@cache
def _hasher() -> Any:
    from argon2 import PasswordHasher  # noqa: PLC0415 - 24 ms that only signing in needs

    return PasswordHasher(**_COST)


@cache
def _nobodys_hash() -> str:
    return hash_password("nobody has this password")
