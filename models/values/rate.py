"""Rates as exact parts per million a year, and day counts (NUM-03)."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction

from models.values.money import Money, exact_multiple, half_up

MILLION = 1_000_000

PPM_PER_BASIS_POINT = 100
"""A basis point is a hundredth of a per cent."""

MONTHS_A_YEAR = 12
DAY_BASES = (360, 365)
"""The days a year is taken to have when a yearly rate is used by the day (`day_basis`, NUM-03)."""

LIMIT_DIGITS = 12
"""A rate with more places than this is a slip of the keyboard: it would be a million per cent and more."""


@dataclass(frozen=True, slots=True, order=True)
class Rate:
    """A yearly rate or a share, held as whole parts per million: 4.35% is `Rate(43_500)`, one basis point is 100."""

    ppm: int

    def __post_init__(self) -> None:
        if type(self.ppm) is not int:
            raise TypeError(f"{self.ppm!r} is not a whole number of parts per million")

    @classmethod
    def of(cls, text: str | Decimal) -> Rate:
        """Read a decimal rate exactly: `Rate.of("0.0435")`. More than six places are refused with ValueError."""
        try:
            ppm = exact_multiple(text, MILLION)
        except ValueError:
            raise ValueError(f"{text!r} is not a rate") from None
        if ppm.adjusted() > LIMIT_DIGITS:
            raise ValueError(f"{text!r} is too large for a rate")
        if ppm != ppm.to_integral_value():
            raise ValueError(f"{text!r} has more than six places")
        return cls(int(ppm))

    @classmethod
    def basis_points(cls, number: int) -> Rate:
        """So many basis points: `Rate.basis_points(85)` is 0.85%."""
        return cls(number * PPM_PER_BASIS_POINT)

    def __add__(self, other: Rate) -> Rate:
        return Rate(self.ppm + other.ppm)

    def of_amount(self, amount: Money) -> Money:
        """This share of an amount, rounded half up to the fen once."""
        return Money(half_up(amount.fen * self.ppm, MILLION))

    def plus_basis_points(self, number: int) -> Rate:
        """This rate with so many basis points on top (or off, if negative): LPR plus a margin (LOAN-09)."""
        return self + Rate.basis_points(number)

    def monthly(self) -> Fraction:
        """The rate of one month, a twelfth of the year's, unrounded (NUM-03)."""
        return Fraction(self.ppm, MILLION * MONTHS_A_YEAR)

    def daily(self, day_basis: int = 360) -> Fraction:
        """The rate of one day, unrounded (NUM-03). ValueError for a basis other than 360 and 365."""
        return Fraction(self.ppm, MILLION * checked_basis(day_basis))

    def as_decimal(self) -> Decimal:
        """The rate as an exact decimal: 0.0435."""
        return Decimal(self.ppm) / MILLION

    def __str__(self) -> str:
        return f"{Decimal(self.ppm) / 10_000:.2f}%"


def checked_basis(day_basis: int) -> int:
    """The basis itself if it is one of `DAY_BASES`, else ValueError (NUM-03)."""
    if day_basis not in DAY_BASES:
        raise ValueError(f"a year of {day_basis} days is no day basis: {DAY_BASES}")
    return day_basis


def interest(principal: Money, rate: Rate, days: int, *, day_basis: int = 360) -> Money:
    """Simple interest on actual days over a basis of 360 or 365, first day counted, last not (LOAN-10)."""
    return Money(half_up(principal.fen * rate.ppm * days, MILLION * checked_basis(day_basis)))


def interest_by_months(principal: Money, rate: Rate, months: int, odd_days: int, *, day_basis: int = 360) -> Money:
    """Simple interest on whole months and odd days (逐笔计息, LOAN-11): a twelfth of the yearly rate a month, and the
    daily rate for the rest, rounded half up once. `models.values.terms.months_and_days` counts both.

    Raises ValueError for negative counts and for a basis other than 360 and 365.
    """
    if months < 0 or odd_days < 0:
        raise ValueError(f"{months} months and {odd_days} days is no stretch of time")
    basis = checked_basis(day_basis)
    parts = months * basis + odd_days * MONTHS_A_YEAR
    return Money(half_up(principal.fen * rate.ppm * parts, MILLION * MONTHS_A_YEAR * basis))
