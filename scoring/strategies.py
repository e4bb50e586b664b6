"""What can be done with a bad claim, compared by present value (不良处置方案比较; system.md section 9).

Every strategy is judged by the same few assumptions: the share of the claim that comes back, the share that it costs,
and the months until the money is there. Costs are paid at once, money is discounted to the day of comparing.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, fields
from decimal import ROUND_HALF_UP, Context, Decimal
from typing import Any

from models.values.money import Money
from models.values.rate import MILLION, MONTHS_A_YEAR, Rate

_EXACT = Context(prec=40, rounding=ROUND_HALF_UP)


@dataclass(frozen=True, slots=True)
class Assumption:
    """What is expected of one strategy. `ceiling` is the most it can bring at all: the worth of what would be sold."""

    strategy: str
    recovery: Rate
    cost: Rate
    months: int
    ceiling: Money | None = None


@dataclass(frozen=True, slots=True)
class StrategyValue:
    """One strategy for a claim: what comes back and when, what it costs, and what both are worth today."""

    strategy: str
    claim: Money
    recovery: Money
    cost: Money
    months: int
    discount: Rate
    present: Money

    def plain(self) -> dict[str, Any]:
        """The same as plain words and whole fen, to be kept with the case."""
        found: dict[str, Any] = {field.name: getattr(self, field.name) for field in fields(self)}
        return {
            name: value.fen if isinstance(value, Money) else value.ppm if isinstance(value, Rate) else value
            for name, value in found.items()
        }


def discounted(amount: Money, months: int, rate: Rate) -> Money:
    """An amount due in so many months, at a yearly rate compounded by months; rounded half up once to the fen."""
    factor = _EXACT.power(Decimal(MILLION + rate.ppm) / MILLION, -(Decimal(months) / MONTHS_A_YEAR))
    return Money(int(_EXACT.multiply(Decimal(amount.fen), factor).to_integral_value(ROUND_HALF_UP)))


def present_value(claim: Money, assumption: Assumption, *, discount: Rate) -> StrategyValue:
    """One strategy's worth for a claim today: the money discounted, less the cost. ValueError for a negative claim."""
    if claim.fen < 0 or assumption.months < 0:
        raise ValueError("a claim and its months cannot be below nought")
    recovery = assumption.recovery.of_amount(claim)
    if assumption.ceiling is not None:
        recovery = min(recovery, assumption.ceiling)
    cost = assumption.cost.of_amount(claim)
    present = discounted(recovery, assumption.months, discount) - cost
    return StrategyValue(assumption.strategy, claim, recovery, cost, assumption.months, discount, present)


def compared(claim: Money, assumptions: Iterable[Assumption], *, discount: Rate) -> list[StrategyValue]:
    """Every strategy, the one that is worth most today first; equals in the order of their names."""
    values = [present_value(claim, assumption, discount=discount) for assumption in assumptions]
    return sorted(values, key=lambda value: (-value.present.fen, value.strategy))
