"""The loan prime rate (贷款市场报价利率) and the price built on it: LPR of the matching term plus basis points (LOAN-09)."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from models.values.calendar import CHINA, Calendar
from models.values.rate import Rate

ONE_YEAR_QUOTE_UP_TO_MONTHS = 60
"""The one-year quote prices terms up to and including five years, the five-year quote longer ones."""

PUBLISHED_ON_DAY = 20


class NoLprInForce(ValueError):
    """No quotation had been published by the pricing date."""


@dataclass(frozen=True, slots=True)
class LprQuote:
    """One month's quotation: when it was published, and its two terms."""

    published: date
    one_year: Rate
    five_year: Rate

    def for_term(self, months: int) -> Rate:
        """The quote that prices a loan of so many months."""
        return self.one_year if months <= ONE_YEAR_QUOTE_UP_TO_MONTHS else self.five_year


def lpr_price(lpr: Rate, basis_points: int) -> Rate:
    """The contract rate: LPR plus basis points, which may be negative. ValueError if nothing would be left."""
    rate = lpr.plus_basis_points(basis_points)
    if rate.ppm < 0:
        raise ValueError(f"{lpr} with {basis_points} basis points is below nought")
    return rate


def lpr_in_force(quotes: Iterable[LprQuote], on: date) -> LprQuote:
    """The newest quotation published on or before `on`. Raises NoLprInForce if there is none."""
    published = [quote for quote in quotes if quote.published <= on]
    if not published:
        raise NoLprInForce(f"no LPR had been published by {on}")
    return max(published, key=lambda quote: quote.published)


def lpr_publication(year: int, month: int, *, calendar: Calendar = CHINA) -> date:
    """When a month's quotation comes out: the 20th, or the next business day (LOAN-09)."""
    return calendar.rolled(date(year, month, PUBLISHED_ON_DAY))
