"""What happened to one loan, as dated facts in the order of their own days, whenever the bank heard of them.

Within a day facts stand in one fixed order, so that the order of arrival decides nothing: money paid out, a new rate,
diverted use, the end of interest, repayments, early repayments, refunds, a person's view of the class; last what the end
of the day found. Amounts in fen, rates in parts per million a year.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Protocol

from models.lending.ageing import AgeingRules
from models.lending.allocation import DueKind, OrderNotValid
from models.lending.schedule import Instalment
from models.values.money import Money
from models.values.rate import MILLION


@dataclass(frozen=True, slots=True)
class PaidOut:
    """A tranche left the bank."""

    on: date
    fen: int


@dataclass(frozen=True, slots=True)
class RateChanged:
    """From this day on the contract rate is another one."""

    on: date
    rate_ppm: int


@dataclass(frozen=True, slots=True)
class Diverted:
    """From this day on so much more of the principal (or less, once it was put right) is not used as agreed (LOAN-19)."""

    on: date
    fen: int


@dataclass(frozen=True, slots=True)
class InterestStopped:
    """A court accepted the debtor's bankruptcy petition: what is not due falls due, and from this day on nothing bears
    interest (Enterprise Bankruptcy Law art. 46)."""

    on: date


@dataclass(frozen=True, slots=True)
class Paid:
    """Money came in; `prepay` uses what is over for principal not due yet, `costs_fen` are to be borne first."""

    on: date
    ref: str
    fen: int
    prepay: bool = False
    costs_fen: int = 0


@dataclass(frozen=True, slots=True)
class Refunded:
    """What a payment had too much went back to the borrower."""

    on: date
    ref: str
    fen: int


@dataclass(frozen=True, slots=True)
class Classed:
    """A person put the loan into a class (CLS-08, CLS-11)."""

    on: date
    rank: int


@dataclass(frozen=True, slots=True)
class Crossed:
    """The end of this day found the loan non-performing because other claims on the debtor are (CLS-06)."""

    on: date


Fact = PaidOut | RateChanged | Diverted | InterestStopped | Paid | Refunded | Classed | Crossed

_RANK: dict[type, int] = {
    PaidOut: 0,
    RateChanged: 1,
    Diverted: 2,
    InterestStopped: 3,
    Paid: 4,
    Refunded: 6,
    Classed: 7,
    Crossed: 8,
}
_EARLY = 5


def place(fact: Fact) -> tuple[date, int, str]:
    """Where a fact stands among all others. Repayments of one day may change places, for their sum decides; early
    repayments come after them, by their bank reference."""
    if isinstance(fact, Paid) and fact.prepay:
        return fact.on, _EARLY, fact.ref
    return fact.on, _RANK[type(fact)], ""


def in_order(facts: Iterable[Fact]) -> list[Fact]:
    """Facts by their own day, however they arrived."""
    return sorted(facts, key=place)


@dataclass(frozen=True, slots=True, kw_only=True)
class LoanRules:
    """The part of the servicing rules that a loan's course hangs on; in force from a day on.

    OrderNotValid for an order of allocation that is empty, leaves out a kind of due or names one twice.
    """

    since: date
    alloc_order: tuple[DueKind, ...]
    alloc_order_npl: tuple[DueKind, ...]
    prepay_fee_ppm: int
    compound_on_penalty: bool
    ageing: AgeingRules

    def __post_init__(self) -> None:
        for order in (self.alloc_order, self.alloc_order_npl):
            if sorted(order) != sorted(DueKind):
                raise OrderNotValid(f"{[str(kind) for kind in order]} does not name each kind of due once")


class PlannedLine(Protocol):
    """What a plan needs to know of a line that it leaves or replaces; a row of the schedule is one."""

    @property
    def number(self) -> int: ...  # pragma: no cover
    @property
    def due_on(self) -> date: ...  # pragma: no cover
    @property
    def payable_on(self) -> date: ...  # pragma: no cover
    @property
    def period_end(self) -> date: ...  # pragma: no cover
    @property
    def principal(self) -> Money: ...  # pragma: no cover


class Planner(Protocol):
    """How the contract repays: its method, days and calendar, at the rate in force on the day of planning."""

    def first(self, balance_fen: int, *, rate_ppm: int, on: date, number: int) -> Sequence[Instalment]:
        """The lines that repay what was paid out on a day."""
        ...  # pragma: no cover

    def rest(
        self,
        past: Sequence[PlannedLine],
        ahead: Sequence[PlannedLine],
        balance_fen: int,
        *,
        rate_ppm: int,
        on: date,
        brought_fen: int,
    ) -> Sequence[Instalment]:
        """The lines that replace those ahead; what the running period has earned falls due with the first."""
        ...  # pragma: no cover


@dataclass(frozen=True, slots=True, kw_only=True)
class Agreement:
    """What the contract says about interest. `rate_ppm` is the rate of the first day."""

    rate_ppm: int
    penalty_uplift_ppm: int
    misuse_uplift_ppm: int
    day_basis: int
    by_months: bool
    matures_on: date


@dataclass(frozen=True, slots=True)
class Rates:
    """The three rates of a day (LOAN-18, LOAN-19)."""

    contract: int
    penalty: int
    misuse: int

    @classmethod
    def of(cls, agreement: Agreement, rate_ppm: int) -> Rates:
        """Penalty and misuse rate are the contract rate with their uplifts, half up to a part per million."""
        return cls(
            rate_ppm,
            (2 * rate_ppm * (MILLION + agreement.penalty_uplift_ppm) + MILLION) // (2 * MILLION),
            (2 * rate_ppm * (MILLION + agreement.misuse_uplift_ppm) + MILLION) // (2 * MILLION),
        )

    def charge(self, overdue_fen: int, diverted_fen: int) -> int:
        """A day's penalty in fen times parts per million: the penalty rate on what is overdue, the misuse rate on what
        is diverted, of which the schedule bears the contract rate already; on what is both the higher, not both.

        By design diverted principal is taken to be the part that is overdue, as far as that goes: the law leaves it
        open, and this is the reading that costs the debtor less.
        """
        both = min(overdue_fen, diverted_fen)
        return (
            overdue_fen * self.penalty
            + (diverted_fen - both) * max(self.misuse - self.contract, 0)
            + both * max(self.misuse - self.penalty, 0)
        )
