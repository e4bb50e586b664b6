"""What all checked numbers share: how they are tidied, how a wrong one is described, how they are masked on screens."""

from __future__ import annotations

import re
import unicodedata
from enum import StrEnum

SEPARATORS = re.compile(r"[\s\-‐‑‒–—]+")


class NumberKind(StrEnum):
    """What kind of number was asked for."""

    CREDIT_CODE = "credit_code"
    RESIDENT_ID = "resident_id"
    FOREIGN_DOCUMENT = "foreign_document"
    PATENT_APPLICATION = "patent_application"
    PUBLICATION = "publication"
    PLEDGE_REGISTRATION = "pledge_registration"
    SOFTWARE_REGISTRATION = "software_registration"
    BANK_CARD = "bank_card"
    BANK_LINE = "bank_line"


class Reason(StrEnum):
    """Why a number is not valid, one word for messages and tests."""

    EMPTY = "empty"
    LENGTH = "length"
    CHARACTERS = "characters"
    CHECK = "check"
    """The check digit does not fit: `expected` is the one that would."""
    CHECK_MISSING = "check_missing"
    """The check digit was left off: `expected` is it."""
    BIRTH_DATE = "birth_date"
    FUTURE = "future"
    YEAR = "year"
    KIND = "kind"
    PUBLICATION_NUMBER = "publication_number"
    """A publication or grant number where the application number was asked (IP-07)."""
    CERTIFICATE_NUMBER = "certificate_number"
    """The number of the certificate where the registration number was asked."""
    ISSUER = "issuer"
    EXPIRED = "expired"


class NumberNotValid(ValueError):
    """A number that cannot be right. Its text hides most of the number, because errors end up in logs."""

    def __init__(self, number: str, kind: NumberKind, reason: Reason, expected: str | None = None) -> None:
        super().__init__(f"{kind} {mask(number)}: {reason}" + (f", expected {expected}" if expected else ""))
        self.number = number
        self.kind = kind
        self.reason = reason
        self.expected = expected


def tidy(text: str, kind: NumberKind) -> str:
    """The number without blanks and hyphens, in capitals, full-width forms made plain. Raises NumberNotValid if empty.

    >>> tidy(" 9133 0206-Ｘ ", NumberKind.CREDIT_CODE)
    '91330206X'
    """
    number = SEPARATORS.sub("", unicodedata.normalize("NFKC", text)).upper()
    if not number:
        raise NumberNotValid(text, kind, Reason.EMPTY)
    return number


def mask(number: str, *, head: int = 3, tail: int = 4) -> str:
    """The number for screens and logs: its first and last characters, the rest as stars.

    At least half of it stays hidden, so of a short number less is shown than asked for.

    >>> mask("330206199912310013"), mask("12345")
    ('330***********0013', '***45')
    """
    shown = len(number) // 2
    tail = min(tail, shown)
    head = min(head, shown - tail)
    return number[:head] + "*" * (len(number) - head - tail) + (number[-tail:] if tail else "")
