"""Rates as exact parts per million a year, and day counts (NUM-03)."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal, InvalidOperation

from models.values.money import Money, half_up

MILLION = 1_000_000


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
            ppm = Decimal(text) * MILLION
        except (InvalidOperation, TypeError):
            raise ValueError(f"{text!r} is not a rate") from None
        if not ppm.is_finite() or ppm != ppm.to_integral_value():
            raise ValueError(f"{text!r} has more than six places")
        return cls(int(ppm))

    def __add__(self, other: Rate) -> Rate:
        return Rate(self.ppm + other.ppm)

    def of_amount(self, amount: Money) -> Money:
        """This share of an amount, rounded half up to the fen once."""
        return Money(half_up(amount.fen * self.ppm, MILLION))

    def as_decimal(self) -> Decimal:
        """The rate as an exact decimal: 0.0435."""
        return Decimal(self.ppm) / MILLION

    def __str__(self) -> str:
        return f"{Decimal(self.ppm) / 10_000:.2f}%"


def interest(principal: Money, rate: Rate, days: int, *, day_basis: int = 360) -> Money:
    """Simple interest on actual days over a basis of 360 or 365, first day counted, last not (LOAN-10)."""
    return Money(half_up(principal.fen * rate.ppm * days, MILLION * day_basis))
