"""Ids that need no database: UUIDs, secrets and the 24-hex ids of the integrator dialect."""

import hashlib
import secrets
import uuid


def new_uuid() -> str:
    """A random UUID as lower-case text."""
    return str(uuid.uuid4())


def new_hex24() -> str:
    """24 lower-case hex digits, as the integrator dialect names its documents."""
    return secrets.token_hex(12)


def new_secret(prefix: str = "") -> str:
    """A URL-safe secret of 32 random bytes behind a prefix."""
    return prefix + secrets.token_urlsafe(32)


def secret_hash(secret: str) -> str:
    """SHA-256 in hex: enough for secrets of 256 random bits, never for passwords."""
    return hashlib.sha256(secret.encode()).hexdigest()
