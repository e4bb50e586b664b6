"""Terms in months: when they end (LOAN-22), how long a stretch is in months and odd days (LOAN-11), and their class."""

from __future__ import annotations

from calendar import monthrange
from datetime import date
from enum import StrEnum

from models.values.rate import MILLION, Rate

SHORT_TERM_MONTHS = 12
MEDIUM_TERM_MONTHS = 60


def add_months(start: date, months: int) -> date:
    """The corresponding day so many months later (earlier, if negative), month-end if there is none (LOAN-22, NUM-07).

    >>> add_months(date(2025, 8, 31), 6)
    datetime.date(2026, 2, 28)

    A chain of terms is always counted from its first day: two steps of one month may end before one step of two.
    """
    year, month0 = divmod(start.year * 12 + start.month - 1 + months, 12)
    month = month0 + 1
    return date(year, month, min(start.day, monthrange(year, month)[1]))


def add_years(start: date, years: int) -> date:
    """The corresponding day so many years later; 29 February falls on 28 February of a common year (NUM-07)."""
    return add_months(start, 12 * years)


def month_end(day: date) -> date:
    """The last day of the month `day` lies in."""
    return day.replace(day=monthrange(day.year, day.month)[1])


def days_between(start: date, end: date) -> int:
    """Actual days, first counted, last not (算头不算尾, LOAN-10). Negative if `end` comes first."""
    return (end - start).days


def months_and_days(start: date, end: date) -> tuple[int, int]:
    """Whole months from `start` to `end`, and the odd days left over (逐笔计息, LOAN-11).

    Raises ValueError if `end` comes before `start`.
    """
    if end < start:
        raise ValueError(f"{end} comes before {start}")
    months = (end.year - start.year) * 12 + end.month - start.month
    if add_months(start, months) > end:
        months -= 1
    return months, (end - add_months(start, months)).days


class TermClass(StrEnum):
    """The classes of the General Rules on Lending (贷款通则): up to one year, up to five, longer."""

    SHORT = "short"
    MEDIUM = "medium"
    LONG = "long"


def term_class(months: int) -> TermClass:
    """The class of a term; limits include the figure itself (NUM-06). ValueError for a term below one month."""
    if months < 1:
        raise ValueError(f"a term of {months} months is none")
    if months <= SHORT_TERM_MONTHS:
        return TermClass.SHORT
    return TermClass.MEDIUM if months <= MEDIUM_TERM_MONTHS else TermClass.LONG


def longest_extension_months(
    months: int, *, short: Rate = Rate(MILLION), medium: Rate = Rate(MILLION // 2), long_months: int = 36
) -> int:
    """The longest cumulative extension (展期) of a term, in whole months rounded down (LOAN-24).

    `short` and `medium` are shares of the original term (`ext_short`, `ext_medium`); a long loan gets `long_months`.
    """
    kind = term_class(months)
    if kind is TermClass.LONG:
        return long_months
    return months * (short if kind is TermClass.SHORT else medium).ppm // MILLION
