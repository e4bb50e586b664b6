"""One day after the other, the plain way: the reference that a walk through a loan's history is held against.

Days are run by `models.lending.day`, payments told apart by `models.lending.allocation`, plans written by the bank's own
planner; nothing is shared with `models.lending.history` but the facts and the rows it is compared by.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta

import numpy as np

from models.lending import day
from models.lending.accrual import accrue
from models.lending.ageing import FiveClass, days_past_due
from models.lending.allocation import Due, DueKind, allocate
from models.lending.earned import earned
from models.lending.facts import (
    Agreement,
    Classed,
    Crossed,
    Diverted,
    Fact,
    InterestStopped,
    LoanRules,
    Paid,
    PaidOut,
    RateChanged,
    Refunded,
)
from models.values.money import Money, half_up
from models.values.rate import MILLION


class Impossible(Exception):
    """The facts cannot have happened like this."""


@dataclass(eq=False)
class Row:
    """A line of the schedule."""

    number: int
    period_start: date
    period_end: date
    due_on: date
    payable_on: date
    balance: int
    principal: Money
    interest: int
    brought: int
    principal_paid: int = 0
    interest_paid: int = 0

    @property
    def principal_left(self) -> int:
        return self.principal.fen - self.principal_paid

    @property
    def unpaid(self) -> int:
        return self.principal_left + self.interest - self.interest_paid


@dataclass(eq=False)
class ByDay:
    """A loan whose days pass one by one."""

    agreement: Agreement
    rules: LoanRules
    planner: object
    rate: int = 0
    stopped: bool = False
    lines: list[Row] = field(default_factory=list)
    outstanding: int = 0
    disbursed: int = 0
    diverted: int = 0
    interest: int = 0
    penalty: int = 0
    compound: int = 0
    penalty_rest: int = 0
    compound_rest: int = 0
    interest_income: int = 0
    penalty_income: int = 0
    fee_income: int = 0
    rank: int = 0
    held: bool = False
    suspended: bool = False
    crossed: bool = False
    days_past_due: int = 0
    ended_on: date | None = None
    surplus: dict[str, int] = field(default_factory=dict)
    impossible: bool = False

    def uplifted(self, uplift: int) -> int:
        return half_up(self.rate * (MILLION + uplift), MILLION)

    def earned(self, line: Row, on: date) -> int:
        return earned(
            by_months=self.agreement.by_months,
            interest_fen=line.interest - line.brought,
            balance_fen=line.balance,
            rate_ppm=self.rate,
            period_start=line.period_start,
            period_end=line.period_end,
            on=on,
            day_basis=self.agreement.day_basis,
        )

    # --- the morning ---

    def happen(self, fact: Fact) -> None:
        on = fact.on
        match fact:
            case PaidOut(_, fen):
                if self.ended_on:
                    raise Impossible
                first, self.disbursed, self.outstanding = (
                    not self.disbursed,
                    self.disbursed + fen,
                    self.outstanding + fen,
                )
                if first:
                    self.rate = self.agreement.rate_ppm
                    self.write(self.planner.first(fen, rate_ppm=self.rate, on=on, number=1), fen, 0)
                else:
                    self.replan(on)
            case RateChanged(_, ppm):
                self.replan(on, rate=ppm)
            case Diverted(_, fen):
                self.diverted += fen
                if fen > 0 and self.rank < 2:
                    self.rank, self.held = 1, True
            case InterestStopped():
                self.replan(on, stop=True)
                self.rank, self.held = FiveClass.LOSS.rank, False
                if not self.suspended:
                    self.suspend()
            case Paid(_, ref, fen, prepay, costs):
                self.surplus[ref] = fen
                if self.ended_on is None:
                    self.use(ref, on, costs=costs, prepay=prepay)
            case Refunded(_, ref, fen):
                for one in [ref, *(key for key in self.surplus if key != ref)]:
                    taken = min(fen, self.surplus.get(one, 0))
                    if taken:
                        self.surplus[one] -= taken
                        fen -= taken
                if fen:
                    raise Impossible
            case Classed(_, rank):
                self.rank, self.held = rank, rank == 1
                bad = rank >= FiveClass.SUBSTANDARD.rank
                late = min(
                    (line.payable_on for line in self.lines if line.unpaid and line.payable_on < on), default=None
                )
                if bad and not self.suspended:
                    self.suspend()
                elif self.suspended and not bad and days_past_due(late, on) <= self.rules.ageing.nonaccrual_days:
                    self.suspended = False
                    self.interest_income += self.interest
                    self.penalty_income += self.penalty + self.compound
            case Crossed():
                self.crossed = True

    def suspend(self) -> None:
        self.suspended = True
        self.interest_income -= self.interest
        self.penalty_income -= self.penalty + self.compound

    def write(self, rows, balance: int, brought: int) -> None:
        new: list[Row] = []
        for row in rows:
            start = new[-1].period_end if new else row.period_start
            end = min(row.period_end, row.payable_on)
            principal = Money(row.principal_fen)
            first = 0 if new else brought
            new.append(
                Row(row.number, start, end, row.due_on, row.payable_on, balance, principal, row.interest_fen, first)
            )
            balance -= row.principal_fen
        self.lines += new

    def replan(self, on: date, *, rate: int | None = None, stop: bool = False) -> None:
        past = [line for line in self.lines if line.period_end <= on]
        ahead = [line for line in self.lines if line.period_end > on]
        balance = self.outstanding - sum(line.principal_left for line in past)
        brought = ahead[0].brought + self.earned(ahead[0], on) - ahead[0].interest_paid if ahead else 0
        self.rate = 0 if stop else self.rate if rate is None else rate
        if stop:
            self.lines = past
            if ahead and (balance or brought):
                at_once = Row(ahead[0].number, on, on, on, on, balance, Money(balance), brought, brought)
                self.lines.append(at_once)
        elif ahead:
            new = self.planner.rest(past, ahead, balance, rate_ppm=self.rate, on=on, brought_fen=brought)
            self.lines = past
            self.write(new, balance, brought)
        elif balance:
            number = max(line.number for line in self.lines) + 1
            self.write(self.planner.first(balance, rate_ppm=self.rate, on=on, number=number), balance, 0)

    # --- payments ---

    def dues(self, on: date, *, accrued: bool = False) -> list[tuple[Row | None, DueKind, date, int]]:
        found: list[tuple[Row | None, DueKind, date, int]] = []
        for line in self.lines:
            if line.period_end <= on:
                found.append((line, DueKind.INTEREST, line.due_on, line.interest - line.interest_paid))
                found.append((line, DueKind.PRINCIPAL, line.due_on, line.principal_left))
            elif accrued and line.period_start <= on:
                ran = line.brought + self.earned(line, on) - line.interest_paid
                found.append((line, DueKind.INTEREST, on, ran))
        found += [(None, DueKind.PENALTY, on, self.penalty), (None, DueKind.COMPOUND, on, self.compound)]
        return [due for due in found if due[3]]

    def told(self, amount: int, dues, costs: int, on: date):
        asked = [Due(number, kind, due_on, fen) for number, (_, kind, due_on, fen) in enumerate(dues)]
        asked.append(Due(len(dues), DueKind.COSTS, on, costs))
        order = self.rules.alloc_order_npl if self.suspended else self.rules.alloc_order
        return allocate(amount, asked, order=order)

    def early(self, left: int, ahead: int) -> tuple[int, int]:
        ppm = self.rules.prepay_fee_ppm
        early = min(ahead, left * MILLION // (MILLION + ppm))
        return early, min(half_up(early * ppm, MILLION), left - early)

    def use(self, ref: str, on: date, *, costs: int, prepay: bool) -> None:
        dues = self.dues(on)
        told = self.told(self.surplus[ref], dues, costs, on)
        early = fee = 0
        if prepay and told.surplus_fen:
            ahead = self.outstanding - sum(fen for _, kind, _, fen in dues if kind is DueKind.PRINCIPAL)
            early, fee = self.early(told.surplus_fen, ahead)
            if early == ahead:
                dues = self.dues(on, accrued=True)
                told = self.told(self.surplus[ref], dues, costs, on)
                early, fee = self.early(told.surplus_fen, ahead)
        for part in told.settled:
            if part.due.kind is DueKind.COSTS:
                continue
            line, kind = dues[part.due.instalment][:2]
            paid = part.paid_fen
            if self.suspended and kind is not DueKind.PRINCIPAL:
                self.interest_income += paid
            if kind is DueKind.PENALTY:
                self.penalty -= paid
            elif kind is DueKind.COMPOUND:
                self.compound -= paid
            elif kind is DueKind.INTEREST:
                line.interest_paid += paid
                self.interest -= paid
            else:
                line.principal_paid += paid
                self.outstanding -= paid
        self.fee_income += told.paid_fen(DueKind.COSTS) + fee
        self.surplus[ref] = told.surplus_fen - early - fee
        if early:
            self.outstanding -= early
            self.replan(on)
        if not self.outstanding + self.interest + self.penalty + self.compound:
            self.ended_on = on

    # --- the end of the day ---

    def use_surpluses(self, on: date) -> None:
        for ref, fen in list(self.surplus.items()):
            if fen and self.ended_on is None and self.dues(on):
                self.use(ref, on, costs=0, prepay=False)


def run_day(loans: Sequence[ByDay], on: date) -> None:
    """The end of one day over all of them, by the rule of a day."""
    for loan in loans:
        loan.use_surpluses(on)
    count, first = len(loans), loans[0]

    def column(read) -> np.ndarray:
        return np.array([read(loan) for loan in loans], np.int64)

    portfolio = day.Portfolio(
        loan_id=np.arange(1, count + 1),
        firm_id=np.arange(1, count + 1),
        outstanding=column(lambda loan: loan.outstanding),
        rate_ppm=column(lambda loan: loan.rate),
        penalty_rate_ppm=column(lambda loan: loan.uplifted(loan.agreement.penalty_uplift_ppm)),
        day_basis=column(lambda loan: loan.agreement.day_basis),
        matures_on=column(lambda loan: loan.agreement.matures_on.toordinal()),
        rank=column(lambda loan: loan.rank),
        floor=column(lambda loan: 0),
        held=column(lambda loan: loan.held).astype(bool),
        suspended=column(lambda loan: loan.suspended).astype(bool),
        interest=column(lambda loan: loan.interest),
        penalty=column(lambda loan: loan.penalty),
        compound=column(lambda loan: loan.compound),
        penalty_rest=column(lambda loan: loan.penalty_rest),
        compound_rest=column(lambda loan: loan.compound_rest),
    )
    morrow = on + timedelta(days=1)
    lines = [
        (
            place, line.payable_on.toordinal(), line.principal_left, line.interest - line.interest_paid,
            loan.earned(line, morrow) - loan.earned(line, on),
        )
        for place, loan in enumerate(loans)
        for line in loan.lines
        if line.unpaid and line.period_start <= on
    ]  # fmt: skip
    table = np.array(lines, np.int64).reshape(-1, 5).T
    result = day.run(
        portfolio,
        day.OpenLines(loan=table[0], payable_on=table[1], principal=table[2], interest=table[3], earned=table[4]),
        on,
        ageing=first.rules.ageing,
        compound_on_penalty=first.rules.compound_on_penalty,
    )
    for place, loan in enumerate(loans):
        penalty, rest = int(result.penalty[place]), int(result.penalty_rest[place])
        diverted = min(loan.diverted, loan.outstanding)
        if diverted:
            penalty, rest = _with_misuse(loan, diverted, on)
        more, extra = int(result.interest[place]), penalty + int(result.compound[place])
        loan.interest += more
        loan.penalty += penalty
        loan.compound += int(result.compound[place])
        loan.penalty_rest, loan.compound_rest = rest, int(result.compound_rest[place])
        loan.days_past_due = int(result.days_past_due[place])
        if not loan.suspended:
            loan.interest_income += more
            loan.penalty_income += extra
        rank = int(result.rank[place])
        if loan.crossed:
            rank, loan.crossed = max(rank, FiveClass.SUBSTANDARD.rank), False
        if rank != loan.rank:
            loan.rank, loan.held = rank, False
        if not loan.suspended and (result.suspends[place] or rank >= FiveClass.SUBSTANDARD.rank):
            loan.suspend()


def _with_misuse(loan: ByDay, diverted: int, on: date) -> tuple[int, int]:
    """LOAN-19 in words: overdue alone bears penalty, diverted alone misuse (the contract rate is in the schedule
    already), what is both the higher of the two."""
    overdue = sum(line.principal_left for line in loan.lines if line.payable_on <= on)
    penalty, misuse = (
        loan.uplifted(up) for up in (loan.agreement.penalty_uplift_ppm, loan.agreement.misuse_uplift_ppm)
    )
    both = min(overdue, diverted)
    a_day = (overdue - both) * penalty + both * max(penalty, misuse) + (diverted - both) * max(misuse - loan.rate, 0)
    charge, rest = accrue(a_day, 1, loan.penalty_rest, 1, day_basis=loan.agreement.day_basis)
    return int(charge[()] if charge.ndim == 0 else charge[0]), int(rest[()] if rest.ndim == 0 else rest[0])
