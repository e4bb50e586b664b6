"""A floating rate as it changes during a loan: LPR of the matching term plus basis points, set anew on 1 January or on the
anniversary of the pay-out (LOAN-09; PBOC announcement 2019 No. 15)."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import date
from enum import StrEnum

from models.lending.shape import NewRate
from models.values.lpr import LprQuote, lpr_in_force, lpr_price
from models.values.terms import add_years


class Repricing(StrEnum):
    """When a contract's rate is set anew (重定价)."""

    FIXED = "fixed"
    JANUARY = "jan1"
    ANNIVERSARY = "anniversary"


def repricing_days(start: date, maturity: date, repricing: Repricing) -> Iterator[date]:
    """The days within the term on which the rate is set anew.

    >>> [str(day) for day in repricing_days(date(2024, 2, 29), date(2026, 8, 29), Repricing.ANNIVERSARY)]
    ['2025-02-28', '2026-02-28']
    """
    if repricing is Repricing.FIXED:
        return
    for years in range(1, maturity.year - start.year + 1):
        day = date(start.year + years, 1, 1) if repricing is Repricing.JANUARY else add_years(start, years)
        if start < day < maturity:
            yield day


def floating_rates(
    quotes: Iterable[LprQuote], basis_points: int, *, start: date, maturity: date, months: int, repricing: Repricing
) -> tuple[int, tuple[NewRate, ...]]:
    """The rate at the start in parts per million, and every other rate as the quotations now known make it; after the
    last of them the rate stays. Raises NoLprInForce where none had been published by the start, ValueError where nothing
    would be left of a rate."""
    known = list(quotes)

    def rate_on(day: date) -> int:
        return lpr_price(lpr_in_force(known, day).for_term(months), basis_points).ppm

    first = latest = rate_on(start)
    changes: list[NewRate] = []
    for day in repricing_days(start, maturity, repricing):
        if rate_on(day) != latest:
            latest = rate_on(day)
            changes.append(NewRate(day, latest))
    return first, tuple(changes)
