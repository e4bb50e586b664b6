"""What a day does to a portfolio: arrays in, arrays out, and the only place where the rule of a day lives (ledger.md 2.4).

Interest of the running period comes in as it was earned; penalty interest (LOAN-18), compound interest (LOAN-20), days
past due, classes (CLS-02 to CLS-06) and the end of accrual into income (CLS-16) follow from the lines that are payable
and unpaid at the end of the day. Amounts in fen, dates as `date.toordinal` gives them, nought for none.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from models.lending.accrual import accrue
from models.lending.ageing import (
    AgeingRules,
    FiveClass,
    days_past_due_columns,
    floor_by_days_columns,
    non_accrual_columns,
)
from models.lending.columns import Column
from models.values.rate import MILLION

Flags = NDArray[np.bool_]

_FAR = np.iinfo(np.int64).max


class Charged(Protocol):
    """What penalty and compound interest are reckoned with; one number a loan, as in `Portfolio`."""

    @property
    def rate_ppm(self) -> Column: ...
    @property
    def penalty_rate_ppm(self) -> Column: ...
    @property
    def day_basis(self) -> Column: ...
    @property
    def matures_on(self) -> Column: ...
    @property
    def penalty(self) -> Column: ...
    @property
    def penalty_rest(self) -> Column: ...
    @property
    def compound_rest(self) -> Column: ...


@dataclass(frozen=True, slots=True, eq=False, kw_only=True)
class Portfolio:
    """The loans that the bank holds at the end of a day, before the day is run; one number a loan.

    `interest`, `penalty` and `compound` are accrued and unpaid so far, the rests what rounding carried on. `rank` is the
    class as it stands, `floor` the best one that circumstances other than late payment allow, and `held` says that an analyst put it there (CLS-08); `suspended` that accrual into income has
    ended.
    """

    loan_id: Column
    firm_id: Column
    outstanding: Column
    rate_ppm: Column
    penalty_rate_ppm: Column
    day_basis: Column
    matures_on: Column
    rank: Column
    floor: Column
    held: Flags
    suspended: Flags
    interest: Column
    penalty: Column
    compound: Column
    penalty_rest: Column
    compound_rest: Column

    def __len__(self) -> int:
        return len(self.loan_id)


@dataclass(frozen=True, slots=True, eq=False, kw_only=True)
class OpenLines:
    """Instalments that have begun and are not settled. `loan` is the place in the portfolio; `earned` is what the line's
    interest earns on the day itself; `principal` and `interest` are unpaid."""

    loan: Column
    payable_on: Column
    principal: Column
    interest: Column
    earned: Column


@dataclass(frozen=True, slots=True, eq=False, kw_only=True)
class DayResult:
    """What the day did: what accrued on it, the meters and rests after it, and how each loan stands at its end.

    `suspends` marks the loans whose accrual into income ends with this day; `crossed` those that are non-performing only
    because other claims on their debtor are (CLS-06).
    """

    interest: Column
    penalty: Column
    compound: Column
    penalty_rest: Column
    compound_rest: Column
    days_past_due: Column
    oldest_unpaid: Column
    rank: Column
    crossed: Flags
    suspends: Flags


def run(loans: Portfolio, lines: OpenLines, on: date, *, ageing: AgeingRules, compound_on_penalty: bool) -> DayResult:
    """One day over a portfolio. Nobody is late before the end of a payable day, so the day itself already bears penalty:
    paid on the morrow it is one day late (LOAN-18, EX-17)."""
    day = on.toordinal()
    late = lines.payable_on <= day
    interest = _summed(lines.loan, lines.earned, len(loans))
    late_principal = _summed(lines.loan[late], lines.principal[late], len(loans))
    late_interest = _summed(lines.loan[late], lines.interest[late], len(loans))
    penalty, penalty_rest, compound, compound_rest = charges(
        loans, late_principal, late_interest, on, compound_on_penalty=compound_on_penalty
    )
    oldest = np.full(len(loans), _FAR, np.int64)
    owing = late & (lines.principal + lines.interest > 0)
    np.minimum.at(oldest, lines.loan[owing], lines.payable_on[owing])
    oldest[oldest == _FAR] = 0
    days = days_past_due_columns(oldest, on)
    rank = _ranks(loans, days, ageing)
    crossed = _crossed(loans, rank, ageing)
    rank = np.where(crossed, FiveClass.SUBSTANDARD.rank, rank)
    return DayResult(
        interest=interest,
        penalty=penalty,
        compound=compound,
        penalty_rest=penalty_rest,
        compound_rest=compound_rest,
        days_past_due=days,
        oldest_unpaid=oldest,
        rank=rank,
        crossed=crossed,
        suspends=non_accrual_columns(days, rank, ageing) & ~loans.suspended,
    )


def charges(
    loans: Charged, late_principal: Column, late_interest: Column, on: date, *, compound_on_penalty: bool
) -> tuple[Column, Column, Column, Column]:
    """What the day adds on what is late at its end: penalty interest with its remainder (LOAN-18), compound interest with
    its remainder (LOAN-20). Amounts in fen."""
    penalty, penalty_rest = _accrued(late_principal, loans.penalty_rate_ppm, loans.penalty_rest, loans.day_basis)
    base = late_interest + loans.penalty if compound_on_penalty else late_interest
    rate = np.where(on.toordinal() < loans.matures_on, loans.rate_ppm, loans.penalty_rate_ppm)
    compound, compound_rest = _accrued(base, rate, loans.compound_rest, loans.day_basis)
    return penalty, penalty_rest, compound, compound_rest


def _accrued(base: Column, rate_ppm: Column, rest: Column, day_basis: Column) -> tuple[Column, Column]:
    """A day's charge on `base` with the remainder to carry; where nothing is charged the remainder is forgotten."""
    charge, carried = np.zeros_like(base), np.zeros_like(base)
    for basis in np.unique(day_basis[base > 0]).tolist():
        here = (base > 0) & (day_basis == basis)
        charge[here], carried[here] = accrue(base[here], rate_ppm[here], rest[here], 1, day_basis=basis)
    return charge, carried


def _ranks(loans: Portfolio, days: Column, ageing: AgeingRules) -> Column:
    """The floor by days, or the class as it stands where only a person may lift it: a non-performing one (CLS-11) and one
    that an analyst set lower (CLS-08)."""
    floor = np.maximum(floor_by_days_columns(days, ageing).astype(np.int64), loans.floor)
    stays = loans.held | (loans.rank >= FiveClass.SUBSTANDARD.rank)
    return np.where(stays, np.maximum(floor, loans.rank), floor)


def _crossed(loans: Portfolio, rank: Column, ageing: AgeingRules) -> Flags:
    """The performing loans of debtors of whose claims here too large a share is non-performing (CLS-06)."""
    bad = rank >= FiveClass.SUBSTANDARD.rank
    if not bad.any() or bad.all():
        return np.zeros(len(loans), np.bool_)
    firms, firm = np.unique(loans.firm_id, return_inverse=True)
    whole = _summed(firm, loans.outstanding, len(firms))
    gone = _summed(firm[bad], loans.outstanding[bad], len(firms))
    # Shares are compared unrounded (NUM-05); amounts times a million need more than 64 bits, so Python's integers do it.
    over = [
        part * MILLION > ageing.cross_own_share_ppm * all_of_it
        for part, all_of_it in zip(gone.tolist(), whole.tolist(), strict=True)
    ]
    return np.array(over, np.bool_)[firm] & ~bad


def _summed(places: Column, numbers: Column, count: int) -> Column:
    """Sums by place, in whole numbers: numpy's own `bincount` would go through floats."""
    sums = np.zeros(count, np.int64)
    np.add.at(sums, places, numbers)
    return sums
