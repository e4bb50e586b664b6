"""What a loan contract says about repaying: amount, rate, dates and one of the five methods (LOAN-13 to LOAN-16)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from itertools import pairwise

from models.lending.day_count import DayCount
from models.lending.shape import PLAIN, Drawing, NewRate, Shape, Step, TermsNotValid
from models.values.money import LIMIT_FEN
from models.values.rate import DAY_BASES, MILLION, MONTHS_A_YEAR
from models.values.terms import add_months, months_and_days

__all__ = [
    "BY_MONTHS",
    "DayCount",
    "Drawing",
    "Frequency",
    "NewRate",
    "PlannedPrincipal",
    "RepaymentMethod",
    "Shape",
    "Step",
    "Terms",
    "TermsNotValid",
]

LIMIT_MONTHS = 1200
"""A term of more than a century is a slip of the keyboard."""

LAST_DAY_OF_ANY_MONTH = 31


class RepaymentMethod(StrEnum):
    """The five ways of repaying (还款方式)."""

    EQUAL_INSTALMENTS = "equal_instalments"
    """等额本息, LOAN-13"""
    EQUAL_PRINCIPAL = "equal_principal"
    """等额本金, LOAN-14"""
    INTEREST_FIRST = "interest_first"
    """按月(季)付息到期还本, LOAN-15"""
    BULLET = "bullet"
    """到期一次还本付息, LOAN-16"""
    FREE_FORM = "free_form"
    """自由还款: principal on agreed dates"""


BY_MONTHS = frozenset({RepaymentMethod.EQUAL_INSTALMENTS, RepaymentMethod.EQUAL_PRINCIPAL})
"""Methods whose interest is counted in months; the others count actual days."""


class Frequency(StrEnum):
    """How often interest is settled (结息). Quarters end in March, June, September and December."""

    MONTH = "month"
    QUARTER = "quarter"

    @property
    def months(self) -> int:
        """The months between two settlements."""
        return 1 if self is Frequency.MONTH else 3


@dataclass(frozen=True, slots=True)
class PlannedPrincipal:
    """Principal agreed to be repaid on a day, of a free-form plan."""

    due_on: date
    principal_fen: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Terms:
    """The terms of one loan. Amounts in fen, the rate in parts per million a year.

    - `maturity`: the last day; for a term in months `models.values.terms.add_months(start, months)` (LOAN-22). Equal
      instalments and equal principal need whole periods of `months_each` months from start to maturity, unless the
      shape names a first due day.
    - `settle_freq`, `settle_day`: when interest is settled; needed for `INTEREST_FIRST`, optional for `FREE_FORM`
      (both or neither: without them interest falls due with each principal), not read by the other methods. The
      settlement day counts as a day of interest, which falls due the day after (LOAN-15).
    - `plan`: for `FREE_FORM` only: rising dates, the last one the maturity, together the whole principal and all
      further drawings.
    - `shape`: how the schedule departs from the plain one.

    Raises TermsNotValid.
    """

    principal_fen: int
    rate_ppm: int
    start: date
    maturity: date
    method: RepaymentMethod
    day_basis: int
    settle_freq: Frequency | None = None
    settle_day: int | None = None
    months_each: int = 1
    plan: tuple[PlannedPrincipal, ...] = ()
    shape: Shape = PLAIN

    def __post_init__(self) -> None:
        for name in ("principal_fen", "rate_ppm", "day_basis", "months_each"):
            if type(getattr(self, name)) is not int:
                raise TermsNotValid(name, "not a whole number")
        if not 0 < self.principal_fen < LIMIT_FEN:
            raise TermsNotValid("principal_fen", "not above nought" if self.principal_fen <= 0 else "too large")
        if not 0 <= self.rate_ppm <= MILLION:
            raise TermsNotValid("rate_ppm", "below nought" if self.rate_ppm < 0 else "above 100% a year")
        if self.day_basis not in DAY_BASES:
            raise TermsNotValid("day_basis", "neither 360 nor 365")
        if self.maturity <= self.start:
            raise TermsNotValid("maturity", "not after the start")
        if months_and_days(self.start, self.maturity)[0] > LIMIT_MONTHS:
            raise TermsNotValid("maturity", "too far away")
        if self.method in BY_MONTHS:
            self._check_periods()
        self.shape.check(
            start=self.start, maturity=self.maturity, instalments=self.periods if self.method in BY_MONTHS else None
        )
        self._check_settlement()
        self._check_plan()

    @property
    def periods(self) -> int:
        """How many instalments of `months_each` months lie between start and maturity, broken periods included."""
        if self.shape.first_due is None:
            return months_and_days(self.start, self.maturity)[0] // self.months_each
        months, _ = months_and_days(self.shape.first_due, self.maturity)
        whole = months // self.months_each
        return whole + (1 if add_months(self.shape.first_due, whole * self.months_each) == self.maturity else 2)

    def due_day(self, index: int) -> date:
        """The day of the instalment with this index (from nought) as the months count it, also beyond maturity."""
        if self.shape.first_due is None:
            return add_months(self.start, self.months_each * (index + 1))
        return add_months(self.shape.first_due, self.months_each * index)

    def _check_periods(self) -> None:
        if self.months_each < 1 or MONTHS_A_YEAR % self.months_each:
            raise TermsNotValid("months_each", "does not divide a year")
        if self.shape.first_due is not None:
            if not self.start < self.shape.first_due <= self.maturity:
                raise TermsNotValid("first_due", "not within the term")
            return
        months, odd_days = months_and_days(self.start, self.maturity)
        if odd_days or months % self.months_each:
            raise TermsNotValid("maturity", "not a whole number of periods after the start")

    def _check_settlement(self) -> None:
        if (self.settle_day is None) != (self.settle_freq is None):
            raise TermsNotValid("settle_day" if self.settle_day is None else "settle_freq", "missing")
        if self.settle_day is None:
            if self.method is RepaymentMethod.INTEREST_FIRST:
                raise TermsNotValid("settle_day", "missing")
        elif type(self.settle_day) is not int or not 1 <= self.settle_day <= LAST_DAY_OF_ANY_MONTH:
            raise TermsNotValid("settle_day", "not a day of the month")

    def _check_plan(self) -> None:
        if self.method is not RepaymentMethod.FREE_FORM:
            if self.plan:
                raise TermsNotValid("plan", "only for free-form repayment")
            return
        if not self.plan:
            raise TermsNotValid("plan", "missing")
        if any(type(part.principal_fen) is not int or part.principal_fen <= 0 for part in self.plan):
            raise TermsNotValid("plan", "an amount is not above nought")
        if self.plan[0].due_on <= self.start or any(a.due_on >= b.due_on for a, b in pairwise(self.plan)):
            raise TermsNotValid("plan", "dates do not rise from the start")
        if self.plan[-1].due_on != self.maturity:
            raise TermsNotValid("plan", "does not end at maturity")
        drawn = sum(one.amount_fen for one in self.shape.drawings)
        if sum(part.principal_fen for part in self.plan) != self.principal_fen + drawn:
            raise TermsNotValid("plan", "does not sum to the principal")
