"""Where money goes: bank cards and bank line codes (ID-05).

Company accounts have no public check digit: they are verified by a small transfer (打款验证), not here.
"""

from __future__ import annotations

import re

from stdnum import luhn

from models.values.checked_number import NumberKind, NumberNotValid, Reason, tidy

CARD_LENGTHS = range(13, 20)
"""Digits of a payment card number (ISO/IEC 7812)."""
BANK_LINE_LENGTH = 12


def luhn_check(body: str) -> str:
    """The Luhn digit after the others of a card number (ISO/IEC 7812, ID-05).

    >>> luhn_check("7992739871")
    '3'
    """
    if not re.fullmatch(r"[0-9]+", body):
        raise ValueError("not the digits of a card number")
    return luhn.calc_check_digit(body)


def parse_bank_card(text: str) -> str:
    """Read a bank card number. Raises NumberNotValid: CHARACTERS, LENGTH, CHECK with the right digit in `expected`."""
    kind = NumberKind.BANK_CARD
    number = tidy(text, kind)
    if not re.fullmatch(r"[0-9]+", number):
        raise NumberNotValid(number, kind, Reason.CHARACTERS)
    if len(number) not in CARD_LENGTHS:
        raise NumberNotValid(number, kind, Reason.LENGTH)
    expected = luhn_check(number[:-1])
    if number[-1] != expected:
        raise NumberNotValid(number, kind, Reason.CHECK, expected)
    return number


def parse_bank_line(text: str) -> str:
    """Read a bank line code (CNAPS 联行号): 12 digits. Raises NumberNotValid: CHARACTERS, LENGTH."""
    kind = NumberKind.BANK_LINE
    number = tidy(text, kind)
    if not re.fullmatch(r"[0-9]+", number):
        raise NumberNotValid(number, kind, Reason.CHARACTERS)
    if len(number) != BANK_LINE_LENGTH:
        raise NumberNotValid(number, kind, Reason.LENGTH)
    return number
