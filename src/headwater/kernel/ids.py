"""Ids that need no database: UUIDs, secrets, the integrator's 24-hex ids, and how ids are read from text."""

import hashlib
import secrets
import uuid

MAX_ID = 2**53 - 1


def new_uuid() -> str:
    """A random UUID as lower-case text."""
    return str(uuid.uuid4())


def new_hex24() -> str:
    """24 lower-case hex digits, as the integrator dialect names its documents."""
    return secrets.token_hex(12)


def new_secret(prefix: str = "") -> str:
    """A URL-safe secret of 32 random bytes behind a prefix."""
    return prefix + secrets.token_urlsafe(32)


def read_id(text: str) -> int | None:
    """The id that plain digits write; None for any other text, `²` and numbers beyond all ids among them."""
    if not (text.isascii() and text.isdigit() and len(text) <= 16):
        return None
    found = int(text)
    return found if found <= MAX_ID else None


def secret_hash(secret: str) -> str:
    """SHA-256 in hex: enough for secrets of 256 random bits, never for passwords."""
    return hashlib.sha256(secret.encode()).hexdigest()
