"""Where the bytes of documents are kept, named by their hash."""

from __future__ import annotations

from typing import Protocol


class DocumentStore(Protocol):
    """What keeps files; the shell's vault is one."""

    def put(self, content: bytes) -> str:
        """Keep the bytes and answer their SHA-256 in hex. The same bytes are kept once."""

    def get(self, sha256: str) -> bytes:
        """The bytes behind a hash. LookupError if they are missing or no longer match it."""
