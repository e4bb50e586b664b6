"""Dates as people type them: one form, and no day that neither a person's papers nor the bank's calendar can know."""

from __future__ import annotations

import re
from datetime import date

FIRST_DAY = date(1900, 1, 1)
"""By design: nobody who comes to the desk, and no paper that is brought there, is older."""

LAST_DAY = date(2100, 12, 31)
"""Beyond it the calendar's lunar tables end (ID-07); every term that begins by then ends within what a date can hold."""

ISO = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")


class DateNotUnderstood(ValueError):
    """A text that is no date of the calendar, or one too far away. `reason` is the word messages know it by."""

    def __init__(self, given: str, reason: str) -> None:
        super().__init__(f"{given[:40]!r} is {reason}")
        self.given = given
        self.reason = reason


NO_DATE = "not a date such as 2012-11-07"
TOO_FAR = f"not a day from {FIRST_DAY} to {LAST_DAY}"


def read_date(text: str) -> date:
    """The day that a text such as 2012-11-07 names. Refuses every other form, days that no month has, and days out of
    range, with DateNotUnderstood: a slip in the year must not become a schedule of eight thousand years.

    >>> read_date("2012-11-07")
    datetime.date(2012, 11, 7)
    """
    text = text.strip()
    if not ISO.fullmatch(text):
        raise DateNotUnderstood(text, NO_DATE)
    try:
        day = date.fromisoformat(text)
    except ValueError:  # 2023-02-30, and the year 0000
        raise DateNotUnderstood(text, NO_DATE) from None
    if not FIRST_DAY <= day <= LAST_DAY:
        raise DateNotUnderstood(text, TOO_FAR)
    return day
