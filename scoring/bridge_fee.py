"""The re-lending fund's arithmetic: ceiling, tiered fee, overdue charge, turnover (BRG-03 to BRG-10). Pure."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from fractions import Fraction

from models.bridge import BridgeBound
from models.policies.rules import BridgeRules
from models.values.money import ZERO, Money, half_up, total
from models.values.rate import MILLION, Rate


@dataclass(frozen=True, slots=True)
class Ceiling:
    """The most a bridge may lend, which of the four bounds binds, and all of them for the page."""

    amount: Money
    binding: BridgeBound
    bounds: dict[BridgeBound, Money]


def ceiling(
    *, committed: Money, principal_due: Money, own_funds: Money, available: Money, rules: BridgeRules
) -> Ceiling:
    """The least of: a share of the renewal promised, the cap per firm, principal due less own funds, and what the fund
    has free (BRG-03). Of equal bounds the first named binds; never below nought."""
    bounds = {
        BridgeBound.RATIO: rules.ratio.of_amount(committed),
        BridgeBound.CAP: rules.cap_firm,
        BridgeBound.NEED: principal_due - own_funds,
        BridgeBound.FUND: available,
    }
    binding = min(bounds, key=lambda name: bounds[name])
    return Ceiling(max(bounds[binding], ZERO), binding, bounds)


def fee(amount: Money, days: int, *, tier_days: int, rate1: Rate, rate2: Rate) -> Money:
    """The fee for the use of the money: one daily rate for the first days, another after; at least one day (BRG-04,
    BRG-05). Rounded once."""
    days = max(days, 1)
    first = min(days, tier_days)
    return Money(half_up(amount.fen * (first * rate1.ppm + (days - first) * rate2.ppm), MILLION))


def overdue_charge(amount: Money, due_on: date, paid_on: date, *, daily: Rate) -> Money:
    """The daily charge from the due day on; nought for money that came back in time (BRG-08)."""
    return Money(half_up(amount.fen * max((paid_on - due_on).days, 0) * daily.ppm, MILLION))


@dataclass(frozen=True, slots=True)
class Charge:
    """What the borrower pays the fund: for the days up to the due day, and for those after it."""

    days: int
    fee: Money
    overdue: Money

    @property
    def total(self) -> Money:
        """Both together."""
        return self.fee + self.overdue


def charge(amount: Money, *, paid_on: date, due_on: date, returned_on: date, rules: BridgeRules) -> Charge:
    """The charge for a bridge that comes back on a day: the fee runs to the due day at most, the overdue charge from
    then on (BRG-05, BRG-08)."""
    days = max((returned_on - paid_on).days, 1)
    in_time = max((min(returned_on, due_on) - paid_on).days, 1)
    return Charge(
        days,
        fee(amount, in_time, tier_days=rules.tier_days, rate1=rules.rate1, rate2=rules.rate2),
        overdue_charge(amount, due_on, returned_on, daily=rules.overdue_daily),
    )


@dataclass(frozen=True, slots=True)
class Turnover:
    """How the fund was used in a period (周转统计, BRG-10)."""

    count: int
    amount: Money
    times: Fraction
    utilisation: Fraction
    average_days: Fraction


def turnover(bridges: Sequence[tuple[Money, int]], *, fund: Money, period_days: int) -> Turnover:
    """Turnover of bridges given as amount and days: lent over the fund, amount-days over the fund's, and the average
    days weighted by amount. Nought for an empty fund or period."""
    lent = total(amount for amount, _ in bridges)
    amount_days = sum(amount.fen * days for amount, days in bridges)
    whole = fund.fen * period_days
    return Turnover(
        len(bridges),
        lent,
        Fraction(lent.fen, fund.fen) if fund else Fraction(0),
        Fraction(amount_days, whole) if whole else Fraction(0),
        Fraction(amount_days, lent.fen) if lent else Fraction(0),
    )
