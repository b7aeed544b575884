"""Secrets at rest: sealed with one key, which comes from the settings or is made in the data folder."""

import base64
import hashlib
import os
from pathlib import Path

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from headwater.kernel.errors import InvalidError
from headwater.kernel.settings import Settings

KEY_FILE = "secret.key"
_VERSION = "1."
_NONCE_BYTES = 12


class SecretBox:
    """Seals text with AES-256-GCM, so that a copy of the database alone gives no connection secret away."""

    def __init__(self, key: str) -> None:
        """Take any key text of 32 characters or more; shorter is InvalidError `invalid_setting`."""
        if len(key) < 32:
            raise InvalidError("invalid_setting", "HEADWATER_SECRET_KEY needs at least 32 characters.")
        self._key = key.encode()
        self._cipher = AESGCM(self.derive("secrets at rest"))

    def seal(self, text: str) -> str:
        """The text sealed; twice the same text gives two different seals."""
        nonce = os.urandom(_NONCE_BYTES)
        sealed = nonce + self._cipher.encrypt(nonce, text.encode(), None)
        return _VERSION + base64.urlsafe_b64encode(sealed).decode()

    def open(self, sealed: str) -> str:
        """The text that was sealed. Another key, or a changed seal, is InvalidError `secret_unreadable`."""
        try:
            raw = base64.urlsafe_b64decode(sealed.removeprefix(_VERSION))
            return self._cipher.decrypt(raw[:_NONCE_BYTES], raw[_NONCE_BYTES:], None).decode()
        except (ValueError, InvalidTag) as error:
            raise InvalidError(
                "secret_unreadable",
                "A stored secret cannot be opened with the present key.",
                hint="Start with the key that sealed it (HEADWATER_SECRET_KEY), or enter it again.",
            ) from error

    def derive(self, purpose: str) -> bytes:
        """32 bytes of key for another purpose, such as signing; they say nothing about the key itself."""
        return hashlib.blake2b(
            purpose.encode(), key=hashlib.sha256(self._key).digest(), digest_size=32
        ).digest()


def open_box(settings: Settings) -> SecretBox:
    """The box of `secret_key`, or of the key file in the data folder, made (mode 0600) when missing."""
    return SecretBox(settings.secret_key or _key_of(settings.data / KEY_FILE))


def _key_of(path: Path) -> str:
    path.parent.mkdir(parents=True, exist_ok=True)
    try:
        handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    except FileExistsError:
        return path.read_text(encoding="ascii").strip()
    with os.fdopen(handle, "w", encoding="ascii") as file:
        key = base64.urlsafe_b64encode(os.urandom(32)).decode()
        file.write(key)
        file.flush()
        os.fsync(file.fileno())
    return key
