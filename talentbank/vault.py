"""The vault: seals identity numbers with the installation's key and keeps documents under the hash of their bytes.

It is the `Sealer` and the `DocumentStore` that the workflows ask for. Its keys are drawn from the setting
`secret_key` (or the kept `secret_file`), one for each use, so that a cookie's seal can never open a number. Whoever
loses that secret loses the sealed numbers: back it up apart from the database.
"""

from __future__ import annotations

import hashlib
import hmac
import os
import secrets
from pathlib import Path

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

from talentbank.settings import Settings

KEY_BYTES = 32
NONCE_BYTES = 12
VERSION = b"\x01"
"""The first byte of everything sealed, so that a later way of sealing can tell old ones apart."""


class Vault:
    """Seals and opens texts, recognises them again, keeps files and gives them back unchanged."""

    def __init__(self, secret: bytes, folder: Path) -> None:
        """`secret` is the installation's key; `folder` is made with the first document."""
        self._cipher = AESGCM(_drawn(secret, b"talentbank seal 1"))
        self._fingerprint_key = _drawn(secret, b"talentbank fingerprint 1")
        self.folder = folder

    @classmethod
    def of(cls, settings: Settings) -> Vault:
        """The vault of an installation; SettingsWrong if its secret can neither be read nor made."""
        return cls(settings.secret(), settings.documents_dir)

    def seal(self, text: str) -> bytes:
        """The text encrypted and authenticated (AES-256-GCM, a fresh nonce each time)."""
        nonce = secrets.token_bytes(NONCE_BYTES)
        return VERSION + nonce + self._cipher.encrypt(nonce, text.encode(), VERSION)

    def open(self, sealed: bytes) -> str:
        """The text behind a sealed one. ValueError if it was made with another key or has been changed."""
        version, nonce, body = sealed[:1], sealed[1 : 1 + NONCE_BYTES], sealed[1 + NONCE_BYTES :]
        if version != VERSION:
            raise ValueError("sealed in a way this program does not know")
        try:
            return self._cipher.decrypt(nonce, body, VERSION).decode()
        except (InvalidTag, ValueError):
            raise ValueError("sealed with another key, or changed since") from None

    def fingerprint(self, text: str) -> bytes:
        """The same 32 bytes for the same text and key (HMAC-SHA256): numbers are few enough to guess without one."""
        return hmac.new(self._fingerprint_key, text.encode(), hashlib.sha256).digest()

    def put(self, content: bytes) -> str:
        """Keep the bytes and answer their SHA-256 in hex; whole or not at all, and the same bytes only once."""
        digest = hashlib.sha256(content).hexdigest()
        place = self._place(digest)
        if place.is_file() and place.stat().st_size == len(content):
            return digest
        place.parent.mkdir(parents=True, exist_ok=True)
        fresh = place.with_name(f".{digest}.{secrets.token_hex(8)}")
        try:
            with os.fdopen(os.open(fresh, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as out:
                out.write(content)
                out.flush()
                os.fsync(out.fileno())
            fresh.replace(place)
        finally:
            fresh.unlink(missing_ok=True)
        return digest

    def get(self, sha256: str) -> bytes:
        """The bytes behind a hash. LookupError if they are missing or no longer match it."""
        try:
            content = self._place(sha256).read_bytes()
        except (OSError, ValueError):
            raise LookupError(f"no document {sha256}") from None
        if hashlib.sha256(content).hexdigest() != sha256:
            raise LookupError(f"document {sha256} has been changed on disk")
        return content

    def _place(self, sha256: str) -> Path:
        if len(sha256) != 64 or not set(sha256) <= set("0123456789abcdef"):
            raise ValueError("not a SHA-256 in hex")
        return self.folder / sha256[:2] / sha256


def _drawn(secret: bytes, use: bytes) -> bytes:
    """A key for one use, drawn from the secret (HKDF, RFC 5869)."""
    return HKDF(algorithm=SHA256(), length=KEY_BYTES, salt=None, info=use).derive(secret)
