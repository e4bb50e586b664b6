"""How much a loan grows over a stretch of days under its rates and its day count, as whole numbers over one unit."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date
from itertools import pairwise

from models.lending.day_count import THIRTY, DayCount, parts_of_year
from models.lending.shape import NewRate
from models.lending.terms import BY_MONTHS, Terms
from models.values.rate import MILLION, MONTHS_A_YEAR


@dataclass(frozen=True, slots=True)
class Counting:
    """Interest is the balance times a growth over `unit`: rate in parts per million times parts of the year.

    A stretch in which a rate changes is counted in pieces by their days (分段计息), also where whole periods count in
    months.
    """

    rate_ppm: int
    new_rates: Sequence[NewRate]
    convention: DayCount
    day_basis: int

    @classmethod
    def of(cls, terms: Terms) -> Counting:
        """The counting of a contract; without an agreed day count by its method and day basis."""
        agreed = terms.shape.day_count
        if agreed is None and terms.method in BY_MONTHS:
            agreed = DayCount.MONTHS
        elif agreed is None:
            agreed = DayCount.ACTUAL_360 if terms.day_basis == 360 else DayCount.ACTUAL_365
        return cls(terms.rate_ppm, terms.shape.new_rates, agreed, terms.day_basis)

    def known_by(self, day: date) -> Counting:
        """The counting as it is foreseen at the start of a day, without the rates of that day and later."""
        return replace(self, new_rates=[one for one in self.new_rates if one.on < day])

    @property
    def unit(self) -> int:
        """What a growth is divided by."""
        if self.convention is DayCount.MONTHS:
            return MILLION * MONTHS_A_YEAR * self.day_basis
        return MILLION * (365 if self.convention is DayCount.ACTUAL_365 else 360)

    def of_days(self, start: date, end: date) -> int:
        """The growth from `start` to `end` by days: actual ones, or of thirty-day months where that is agreed."""
        cuts = [start, *(one.on for one in self.new_rates if start < one.on < end), end]
        return sum(self._rate(a) * self._days(a, b) for a, b in pairwise(cuts))

    def of_period(self, start: date, end: date, *, months: int | None) -> int:
        """The growth of an interest period; `months` if it is a whole number of them by the contract's own days."""
        if self.convention is not DayCount.MONTHS or any(start < one.on < end for one in self.new_rates):
            return self.of_days(start, end)
        if months is not None:
            return self._rate(start) * months * self.day_basis
        return self._rate(start) * parts_of_year(start, end, DayCount.MONTHS, day_basis=self.day_basis)[0]

    def rows_of(self, terms: Terms, past: int) -> list[int]:
        """The growth of each instalment's period from the one with index `past` on, also of those beyond maturity over
        which a balloon is reckoned."""
        instalments = terms.periods
        rows = []
        for index in range(past, max(instalments, terms.shape.amortise_over or 0)):
            start = terms.start if index == 0 else terms.due_day(index - 1)
            end = terms.maturity if index == instalments - 1 else terms.due_day(index)
            regular = end == terms.due_day(index) and (index > 0 or terms.shape.first_due is None)
            rows.append(self.of_period(start, end, months=terms.months_each if regular else None))
        return rows

    def _rate(self, on: date) -> int:
        rate = self.rate_ppm
        for one in self.new_rates:
            if one.on <= on:
                rate = one.rate_ppm
        return rate

    def _days(self, start: date, end: date) -> int:
        if self.convention in THIRTY:
            return parts_of_year(start, end, self.convention)[0]
        days = (end - start).days
        return days * MONTHS_A_YEAR if self.convention is DayCount.MONTHS else days
