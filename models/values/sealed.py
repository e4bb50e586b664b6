"""Text that is kept sealed (identity numbers, account numbers): who can seal it, open it, and recognise it again."""

from __future__ import annotations

from typing import Protocol


class Sealer(Protocol):
    """What can seal and open; the shell's vault is one, with the installation's key."""

    def seal(self, text: str) -> bytes:
        """The text encrypted; sealing twice gives two different answers."""

    def open(self, sealed: bytes) -> str:
        """The text behind a sealed one. ValueError if it was made with another key or has been changed."""

    def fingerprint(self, text: str) -> bytes:
        """The same 32 bytes for the same text and key: to find a number again without opening any."""
