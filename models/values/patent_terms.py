"""How long a patent lives and what keeps it alive: terms, annual fees, grace and late fees (IP-10 to IP-12)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

from models.values.calendar import CHINA, Calendar
from models.values.money import ZERO, Money
from models.values.patent_numbers import PatentKind
from models.values.rate import Rate
from models.values.terms import add_months, add_years, months_and_days

TERM_YEARS = {PatentKind.INVENTION: 20, PatentKind.UTILITY: 10, PatentKind.DESIGN: 15}
"""From the filing date: Patent Law (2020) art. 42 (IP-10)."""

DESIGN_FIFTEEN_YEARS_FROM = date(2021, 6, 1)
"""Designs filed before the 2020 law came into force keep ten years. From memory of the office's transitional notice
(CNIPA announcement 423 of 2021); to be confirmed, and the stricter reading until it is."""
OLD_DESIGN_YEARS = 10

LIFE_BUFFER_DAYS = 365
"""`ip_life_buffer_days`, by design (IP-10)."""
GRACE_MONTHS = 6
"""`ip_grace_months` (IP-11)."""
LATE_STEP = Rate.of("0.05")
"""`ip_late_step`: of the year's full fee, for each full month after the due day (IP-11)."""
LATE_MAX = Rate.of("0.25")

FeeTable = Mapping[PatentKind, tuple[tuple[int, Money], ...]]
"""Per kind: the last year of each step, and the fee of each year in it."""

ANNUAL_FEES: FeeTable = {
    PatentKind.INVENTION: (
        (3, Money.yuan(900)),
        (6, Money.yuan(1200)),
        (9, Money.yuan(2000)),
        (12, Money.yuan(4000)),
        (15, Money.yuan(6000)),
        (20, Money.yuan(8000)),
    ),
    PatentKind.UTILITY: ((3, Money.yuan(600)), (5, Money.yuan(900)), (8, Money.yuan(1200)), (10, Money.yuan(2000))),
    PatentKind.DESIGN: (
        (3, Money.yuan(600)),
        (5, Money.yuan(900)),
        (8, Money.yuan(1200)),
        (10, Money.yuan(2000)),
        (15, Money.yuan(3000)),
    ),
}
"""The office's schedule as remembered (`ip_fee_table`, IP-12): confirm before production."""


def patent_expiry(kind: PatentKind, filing: date) -> date:
    """The day on which the right ends, counted from the filing date (IP-10)."""
    old_design = kind is PatentKind.DESIGN and filing < DESIGN_FIFTEEN_YEARS_FROM
    return add_years(filing, OLD_DESIGN_YEARS if old_design else TERM_YEARS[kind])


def outlives(expiry: date, maturity: date, *, buffer_days: int = LIFE_BUFFER_DAYS) -> bool:
    """Whether a right still has the wanted life left when the loan it secures falls due (IP-10)."""
    return (expiry - maturity).days >= buffer_days


def annual_fee(kind: PatentKind, year_no: int, *, fees: FeeTable = ANNUAL_FEES) -> Money:
    """The full fee of a patent's year, first year 1 (IP-12). ValueError for a year the right does not have."""
    if year_no >= 1:
        for last_year, fee in fees[kind]:
            if year_no <= last_year:
                return fee
    raise ValueError(f"a patent of kind {kind} has no year {year_no}")


def annual_fee_due(filing: date, year_no: int) -> date:
    """The day by which the fee of a year is due: the filing anniversary that opens it (IP-11).

    Year 1 is paid with the grant, so it is refused with ValueError here.
    """
    if year_no < 2:
        raise ValueError("the fee of the first year is paid with the grant")
    return add_years(filing, year_no - 1)


@dataclass(frozen=True, slots=True)
class FeeStanding:
    """Where one annual fee stands on a day: nominal dates, whether the right lives, and what has to be paid."""

    due: date
    grace_end: date
    alive: bool
    late_fee: Money
    total: Money
    """Fee and late fee; nought once the right has ended."""


def annual_fee_standing(
    filing: date,
    year_no: int,
    fee: Money,
    *,
    on: date,
    grace_months: int = GRACE_MONTHS,
    late_step: Rate = LATE_STEP,
    late_max: Rate = LATE_MAX,
    calendar: Calendar = CHINA,
) -> FeeStanding:
    """What paying the fee of a year on `on` costs, and whether that still saves the right (IP-11).

    The late fee is `late_step` of the year's full fee for each full month after the due day, `late_max` at most.
    `due` and `grace_end` are the nominal days; a last day that is a rest day is met on the next business day
    (Patent Rules (2023), periods). Unpaid at the end, the right ends from the due day.
    """
    due = annual_fee_due(filing, year_no)
    grace_end = add_months(due, grace_months)
    if on > calendar.rolled(grace_end):
        return FeeStanding(due, grace_end, alive=False, late_fee=ZERO, total=ZERO)
    months = months_and_days(due, on)[0] if on > calendar.rolled(due) else 0
    late_fee = Rate(min(months * late_step.ppm, late_max.ppm)).of_amount(fee)
    return FeeStanding(due, grace_end, alive=True, late_fee=late_fee, total=fee + late_fee)
