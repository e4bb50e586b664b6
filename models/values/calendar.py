"""The Chinese business calendar (ID-07), rolling of due days (LOAN-23), month terms (LOAN-22) and half-open periods.

Holidays come from the yearly notices of the State Council. For a year whose notice is not out yet, a day is judged
by weekends and statutory days only and is *provisional*: what was computed from it is rolled again once the notice
is loaded. A bank's own table of days (closures, notices newer than the library) overrides everything here.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date, timedelta
from enum import StrEnum
from functools import lru_cache
from itertools import pairwise
from types import MappingProxyType

from models.values.terms import add_months, add_years, days_between, month_end, months_and_days

__all__ = [
    "CHINA",
    "FIRST_NOTICE_YEAR",
    "LAST_NOTICE_YEAR",
    "Calendar",
    "Period",
    "Roll",
    "add_months",
    "add_years",
    "days_between",
    "month_end",
    "months_and_days",
]

FIRST_NOTICE_YEAR = 2001
"""The first year whose State Council notice the `holidays` library carries."""

LAST_NOTICE_YEAR = 2026
"""The last year whose notice is carried: 国务院办公厅关于2026年部分节假日安排的通知, State Council gazette,
https://www.gov.cn/gongbao/2025/issue_12406/202511/content_7048922.html"""

MONDAY_TO_FRIDAY = range(5)
FIXED_STATUTORY_DAYS = ((1, 1), (5, 1), (5, 2), (10, 1), (10, 2), (10, 3))
"""Month and day of the statutory days that need no lunar calendar: Holiday Rules (2024) art. 2."""

LONGEST_REST_DAYS = 60
"""Nothing rests longer than this; a calendar that says so has a mistake in its own table of days."""


class Roll(StrEnum):
    """What happens to a due day on a rest day (LOAN-23)."""

    FOLLOWING = "following"
    MODIFIED = "modified"
    """Following, unless that leaves the month: then the business day before."""
    NONE = "none"


@lru_cache(maxsize=64)
def _year(year: int) -> tuple[frozenset[date], frozenset[date]]:
    """The days off and the make-up workdays (调休上班日) of a year, as the library knows or estimates them."""
    # Imported here because the import alone costs a good part of a second, and most requests never ask for a holiday.
    import holidays

    # A notice may turn a weekend of the December before into workdays, so the next year is asked as well.
    asked = holidays.country_holidays("CN", years=(year, year + 1))
    off = frozenset(day for day in asked if day.year == year)
    made_up = frozenset(day for day in asked.weekend_workdays if day.year == year)
    if not off:  # beyond the library's lunar tables (2100)
        off = frozenset(date(year, month, day) for month, day in FIXED_STATUTORY_DAYS)
    return off, made_up


@dataclass(frozen=True, slots=True)
class Calendar:
    """Which days are business days in mainland China, with a bank's own days on top.

    `overrides` says for single days whether they are business days and wins over everything; `last_notice_year` is
    raised when a whole year's notice has been loaded into it.
    """

    overrides: Mapping[date, bool] = field(default_factory=lambda: MappingProxyType({}))
    last_notice_year: int = LAST_NOTICE_YEAR

    def with_days(self, days: Mapping[date, bool], *, last_notice_year: int | None = None) -> Calendar:
        """This calendar with more days decided, for instance from the table `calendar_day`."""
        merged = MappingProxyType({**self.overrides, **days})
        return Calendar(merged, self.last_notice_year if last_notice_year is None else last_notice_year)

    def business_day(self, day: date) -> bool:
        """Whether banks work on this day; make-up workdays at weekends count (LOAN-23)."""
        decided = self.overrides.get(day)
        if decided is not None:
            return decided
        off, made_up = _year(day.year)
        if day in made_up:
            return True
        return day.weekday() in MONDAY_TO_FRIDAY and day not in off

    def provisional(self, day: date) -> bool:
        """Whether the answer for this day is an estimate (预估) because no notice has decided it (ID-07)."""
        if day in self.overrides:
            return False
        return not FIRST_NOTICE_YEAR <= day.year <= self.last_notice_year

    def next_business_day(self, day: date) -> date:
        """The first business day after this one."""
        return self._seek(day + timedelta(days=1), 1)

    def previous_business_day(self, day: date) -> date:
        """The last business day before this one."""
        return self._seek(day - timedelta(days=1), -1)

    def add_business_days(self, day: date, number: int) -> date:
        """The business day `number` business days after `day` (before it, if negative); the day itself is not counted.

        With nought the day itself comes back if it is a business day, else the following one.
        """
        if number == 0:
            return self._seek(day, 1)
        for _ in range(abs(number)):
            day = self.next_business_day(day) if number > 0 else self.previous_business_day(day)
        return day

    def business_days_between(self, start: date, end: date) -> int:
        """How many business days the half-open period [start, end) holds. ValueError if it ends before it starts."""
        return sum(1 for day in Period(start, end) if self.business_day(day))

    def rolled(self, day: date, roll: Roll = Roll.FOLLOWING) -> date:
        """The day on which something due on `day` is payable (LOAN-23)."""
        if roll is Roll.NONE:
            return day
        following = self._seek(day, 1)
        if roll is Roll.MODIFIED and following.month != day.month:
            return self._seek(day, -1)
        return following

    def _seek(self, day: date, step: int) -> date:
        for distance in range(LONGEST_REST_DAYS):
            candidate = day + timedelta(days=step * distance)
            if self.business_day(candidate):
                return candidate
        raise ValueError(f"no business day within {LONGEST_REST_DAYS} days of {day}: look at the table of days")


CHINA = Calendar()
"""The calendar of the notices, with no days of a bank's own."""


@dataclass(frozen=True, slots=True, order=True)
class Period:
    """Days from `start` up to but not including `end`: first day counted, last not (算头不算尾, LOAN-10)."""

    start: date
    end: date

    def __post_init__(self) -> None:
        if self.end < self.start:
            raise ValueError(f"a period cannot end on {self.end}, before it starts on {self.start}")

    @classmethod
    def of_months(cls, start: date, months: int) -> Period:
        """The period of so many months from `start` (LOAN-22)."""
        return cls(start, add_months(start, months))

    @property
    def days(self) -> int:
        """The actual number of days."""
        return (self.end - self.start).days

    def __contains__(self, day: date) -> bool:
        return self.start <= day < self.end

    def __iter__(self) -> Iterator[date]:
        return (self.start + timedelta(days=number) for number in range(self.days))

    def overlap(self, other: Period) -> Period | None:
        """The days both periods hold, or None if there is no such day."""
        start, end = max(self.start, other.start), min(self.end, other.end)
        return Period(start, end) if start < end else None

    def split(self, *days: date) -> tuple[Period, ...]:
        """The period cut at those of `days` that lie inside it, in order; together the parts hold the same days."""
        cuts = [self.start, *sorted({day for day in days if self.start < day < self.end}), self.end]
        return tuple(Period(start, end) for start, end in pairwise(cuts))
