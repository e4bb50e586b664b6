"""The need for working capital (流动资金贷款需求量测算, LOAN-04 and LOAN-05; annex to the Working-Capital Measures of 2010).

Exact until the amount itself: days and turns are fractions, the need is rounded half up to the fen once. `days` of a
turnover are 360 ÷ times, times are the year's flow over the average of its two balances; receivables and advances are
measured on revenue; stock, prepaid and payables on cost of sales.
"""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction

from models.values.money import Money, half_up

YEAR_DAYS = 360


@dataclass(frozen=True, slots=True, kw_only=True)
class YearEnd:
    """What the measuring reads of one year's statements, in fen."""

    revenue: int
    cost: int
    profit: int
    receivables: int
    stock: int
    prepaid: int
    payables: int
    advances: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Days:
    """How many days money is bound in each kind of balance, or is lent by suppliers and customers."""

    stock: Fraction
    receivable: Fraction
    payable: Fraction
    prepaid: Fraction
    advance: Fraction

    @property
    def cycle(self) -> Fraction:
        """Days from paying to being paid; nought or less where others finance the business."""
        return self.stock + self.receivable - self.payable + self.prepaid - self.advance


@dataclass(frozen=True, slots=True)
class Need:
    """The result: `turns` a year (None without a cycle to finance), the need, what is left to lend, whole units of it."""

    turns: Fraction | None
    need: Money
    room: Money
    ceiling: Money


def turnover_days(before: int, after: int, flow: int) -> Fraction:
    """360 ÷ (flow ÷ average balance), LOAN-05; nought where nothing flowed and nothing stood.

    Raises ZeroDivisionError where a balance stood against no flow at all: the days have no end.

    >>> turnover_days(80, 120, 720)
    Fraction(50, 1)
    """
    average = Fraction(before + after, 2)
    return Fraction(0) if not average else YEAR_DAYS * average / flow


def days_of(before: YearEnd, after: YearEnd) -> Days:
    """The turnover days of the later year, over the averages of both years' ends (LOAN-05)."""
    revenue, cost = after.revenue, after.cost
    return Days(
        stock=turnover_days(before.stock, after.stock, cost),
        receivable=turnover_days(before.receivables, after.receivables, revenue),
        payable=turnover_days(before.payables, after.payables, cost),
        prepaid=turnover_days(before.prepaid, after.prepaid, cost),
        advance=turnover_days(before.advances, after.advances, revenue),
    )


def margin_of(year: YearEnd) -> Fraction:
    """Profit over revenue of the year. Raises ZeroDivisionError for a year without revenue."""
    return Fraction(year.profit, year.revenue)


def measure(
    *,
    revenue: Money,
    margin: Fraction,
    growth: Fraction,
    days: Days,
    own_funds: Money,
    existing_loans: Money,
    other_sources: Money,
    unit: Money,
) -> Need:
    """Need = revenue × (1 − margin) × (1 + growth) ÷ turns; room = need − own funds − loans there are − other sources.

    `ceiling` is the room cut down to whole units (`wc_floor_unit`); nought, which means no loan, where it is not above
    nought. Without a cycle to finance there are no turns and no need.
    """
    cycle = days.cycle
    if cycle <= 0:
        turns, need = None, Money(0)
    else:
        turns = YEAR_DAYS / cycle
        exact = revenue.fen * (1 - margin) * (1 + growth) / turns
        need = Money(max(half_up(exact.numerator, exact.denominator), 0))
    room = need - own_funds - existing_loans - other_sources
    return Need(turns, need, room, Money(max(room.fen, 0) // unit.fen * unit.fen))
