"""How long a stretch of days counts for interest: the day-count conventions a contract may name (LOAN-10, LOAN-11).

Every convention answers a whole number of parts and how many parts make a year, so that interest is a product of whole
numbers divided once. The 30/360 rules are those of ISDA 2006 section 4.16(f) (bond basis) and (g) (European), and of
the NASD for the United States.
"""

from __future__ import annotations

from datetime import date
from enum import StrEnum

from models.values.rate import MONTHS_A_YEAR
from models.values.terms import month_end, months_and_days

MONTH_DAYS = 30


class DayCount(StrEnum):
    """The conventions (计息规则)."""

    MONTHS = "months"
    """Whole months are twelfths of a year, odd days count by the day basis (逐笔计息, LOAN-11)"""
    ACTUAL_360 = "actual/360"
    """算头不算尾, LOAN-10"""
    ACTUAL_365 = "actual/365"
    """Also in a leap year"""
    THIRTY_360 = "30/360"
    """Bond basis: the 31st counts as the 30th, at the end only after a start on the 30th or 31st"""
    THIRTY_360_EUROPEAN = "30E/360"
    """The 31st always counts as the 30th"""
    THIRTY_360_US = "30U/360"
    """Bond basis, and the end of February counts as the 30th"""


THIRTY = frozenset({DayCount.THIRTY_360, DayCount.THIRTY_360_EUROPEAN, DayCount.THIRTY_360_US})


def days_30_360(start: date, end: date, convention: DayCount = DayCount.THIRTY_360) -> int:
    """The days from `start` to `end` where every month has thirty.

    >>> days_30_360(date(2006, 8, 31), date(2007, 2, 28))
    178
    """
    first, last = start.day, end.day
    if convention is DayCount.THIRTY_360_EUROPEAN:
        first, last = min(first, MONTH_DAYS), min(last, MONTH_DAYS)
    else:
        if convention is DayCount.THIRTY_360_US and _ends_february(start):
            first = MONTH_DAYS
            if _ends_february(end):
                last = MONTH_DAYS
        if last > MONTH_DAYS and first >= MONTH_DAYS:
            last = MONTH_DAYS
        first = min(first, MONTH_DAYS)
    return 360 * (end.year - start.year) + MONTH_DAYS * (end.month - start.month) + last - first


def parts_of_year(start: date, end: date, convention: DayCount, *, day_basis: int = 360) -> tuple[int, int]:
    """How many parts the stretch counts, and how many of them a year has. `day_basis` is read for the odd days of
    `MONTHS` only.

    >>> parts_of_year(date(2025, 1, 15), date(2025, 9, 3), DayCount.ACTUAL_360)
    (231, 360)

    ValueError if `end` comes before `start`.
    """
    if end < start:
        raise ValueError(f"{end} comes before {start}")
    if convention is DayCount.MONTHS:
        months, odd_days = months_and_days(start, end)
        return months * day_basis + odd_days * MONTHS_A_YEAR, MONTHS_A_YEAR * day_basis
    if convention in THIRTY:
        return days_30_360(start, end, convention), 360
    return (end - start).days, 360 if convention is DayCount.ACTUAL_360 else 365


def _ends_february(day: date) -> bool:
    return day.month == 2 and day == month_end(day)
