"""What a change does to a loan: the account that morning in, the new plan and its figures out.

No session and no clock. The page shows what these functions say, the approver approves it, and the workflow applies it:
one reckoning for all three, so what was shown is what then happens, to the fen. Interest earned by the morning of the
change stays what it was, at the old rate; everything later follows the new terms.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Sequence
from dataclasses import asdict, dataclass, replace
from datetime import date
from typing import Any

from models.lending.changes import ChangeKind, PrepayChoice, cut_from_the_end, earliest_exit, level_of, periods_at_most
from models.lending.schedule import Instalment as Line
from models.lending.schedule import Rolling, due_days, schedule_from
from models.lending.terms import BY_MONTHS, Frequency, PlannedPrincipal, RepaymentMethod, TermsNotValid
from models.loan import Contract, Instalment
from models.queries.owed import earned_of_line
from models.refusals import BadInput, Refusal
from models.values.money import ZERO, Money, half_up, total
from models.values.rate import Rate
from models.values.terms import add_months, months_and_days
from workflows.agreed_terms import plan_kept, plan_of, terms_of
from workflows.replanning import rest_of_lines


class NothingToChange(Refusal):
    """No principal is left that new terms could speak of."""


class ChangeNotPossible(BadInput):
    """The terms asked for are none by which the loan could be repaid."""


class ShorterTermNotOffered(Refusal):
    """The term can be shortened only where principal is repaid in parts, and not while a part waits for its day."""


class GraceNotOffered(BadInput):
    """A grace for principal is given only where principal is repaid month by month."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Account:
    """A loan's account in the morning of the day `on`: its agreement, its lines in force, what hangs on none of them."""

    contract: Contract
    outstanding: Money
    lines: tuple[Instalment, ...]
    penalty: Money
    compound: Money
    on: date
    roll: Rolling

    @property
    def past(self) -> list[Instalment]:
        """The lines whose period has ended, paid or not."""
        return [line for line in self.lines if line.period_end <= self.on]

    @property
    def ahead(self) -> list[Instalment]:
        """The lines that a new plan replaces."""
        return [line for line in self.lines if line.period_end > self.on]

    @property
    def balance_ahead(self) -> Money:
        """What the lines ahead repay."""
        return self.outstanding - total(line.principal - line.principal_paid for line in self.past)

    @property
    def brought(self) -> Money:
        """What the running period has earned and is unpaid."""
        ahead = self.ahead
        return earned_of_line(self.contract, ahead[0], self.on) - ahead[0].interest_paid if ahead else ZERO

    @property
    def interest_left(self) -> Money:
        """All interest, penalty and compound interest still to be paid if nothing changed."""
        return total(line.interest - line.interest_paid for line in self.lines) + self.penalty + self.compound

    @property
    def planned_after(self) -> date:
        """The day after which due days are planned: a line payable before its day is not planned a second time."""
        return max([self.on, *(line.due_on for line in self.past if not line.unpaid)])


@dataclass(frozen=True, slots=True, kw_only=True)
class Prepayment:
    """Money above what is due, and what it does to the rest (LOAN-17)."""

    amount: Money
    choice: PrepayChoice


@dataclass(frozen=True, slots=True, kw_only=True)
class Extension:
    """So many months more (LOAN-24)."""

    months: int


@dataclass(frozen=True, slots=True, kw_only=True)
class NewRate:
    """Another rate from that day on (LOAN-09)."""

    rate: Rate


@dataclass(frozen=True, slots=True, kw_only=True)
class Restructuring:
    """A new agreement over everything that is owed (CLS-09): more months, a lower rate, months without principal,
    overdue interest made principal, penalty and compound interest given up, pledges given back."""

    months: int = 0
    rate: Rate | None = None
    grace_months: int = 0
    capitalise: bool = False
    waive_penalty: bool = False
    released: tuple[str, ...] = ()


Asked = Prepayment | Extension | NewRate | Restructuring
KIND_OF: dict[type[Asked], ChangeKind] = {
    Prepayment: ChangeKind.PREPAYMENT,
    Extension: ChangeKind.EXTENSION,
    NewRate: ChangeKind.RATE,
    Restructuring: ChangeKind.RESTRUCTURING,
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Paid:
    """What a payment was used for: dues, early principal and its fee, and what is over."""

    principal_due: Money
    interest: Money
    early: Money
    fee: Money
    surplus: Money

    @property
    def used(self) -> Money:
        """What the borrower's money really settles."""
        return self.principal_due + self.interest + self.early + self.fee


@dataclass(frozen=True, slots=True, kw_only=True)
class Figures:
    """A loan in a few figures, amounts in fen: `instalment` is a whole period's payment, `interest` all that is still to
    be paid of it from that morning on, penalty and compound interest with it."""

    rate_ppm: int
    end_on: str
    method: str
    instalment: int
    next_on: str
    next_payment: int
    payments: int
    interest: int
    principal: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Effect:
    """What a change does. `carried` is interest that falls due with the first new line, `folded` names the old lines
    that the new plan takes in. `terms` is the agreement afterwards, on no session."""

    kind: ChangeKind
    on: date
    before: Figures
    after: Figures
    lines: tuple[Line, ...]
    terms: Contract
    balance: Money
    carried: Money
    folded: tuple[int, ...] = ()
    folded_principal: Money = ZERO
    folded_interest: Money = ZERO
    capitalised: Money = ZERO
    waived: Money = ZERO
    paid: Paid | None = None
    observed: tuple[date, date] | None = None

    @property
    def cash(self) -> Money:
        """What the borrower pays that day."""
        return ZERO if self.paid is None else self.paid.used

    @property
    def interest_change(self) -> Money:
        """How much more interest there is to pay in all; below nought for less."""
        return Money(self.after.interest - self.before.interest)

    def facts(self) -> dict[str, Any]:
        """The effect as it is kept with the change: whole fen, days as text."""
        return {
            "kind": self.kind.value,
            "on": self.on.isoformat(),
            "before": asdict(self.before),
            "after": asdict(self.after),
            "lines": [
                [
                    line.number,
                    line.period_start.isoformat(),
                    line.period_end.isoformat(),
                    line.due_on.isoformat(),
                    line.payable_on.isoformat(),
                    line.principal_fen,
                    line.interest_fen,
                    line.balance_after_fen,
                ]
                for line in self.lines
            ],
            "balance": self.balance.fen,
            "carried": self.carried.fen,
            "folded": list(self.folded),
            "folded_principal": self.folded_principal.fen,
            "folded_interest": self.folded_interest.fen,
            "capitalised": self.capitalised.fen,
            "waived": self.waived.fen,
            "cash": self.cash.fen,
            "early": self.paid.early.fen if self.paid else 0,
            "fee": self.paid.fee.fen if self.paid else 0,
            "surplus": self.paid.surplus.fen if self.paid else 0,
            "observed": [day.isoformat() for day in self.observed] if self.observed else [],
        }

    @property
    def fingerprint(self) -> str:
        """Equal for equal effects only: what an approver saw is what he approves."""
        return hashlib.sha256(json.dumps(self.facts(), sort_keys=True).encode()).hexdigest()[:32]


def prepaid(account: Account, paid: Paid, choice: PrepayChoice) -> Effect:
    """A part, or all, of what is not due yet is repaid (LOAN-17): the other instalments fall, or there are fewer.

    For a shorter term equal instalments stay at most what they were, equal principal keeps its part, an agreed plan
    loses its last parts. Refuses with ShorterTermNotOffered.
    """
    contract, balance = account.contract, account.balance_ahead - paid.early
    terms = contract
    if balance and choice is PrepayChoice.SHORTER_TERM:
        terms = _shortened(account, balance)
    brought = account.brought if balance else ZERO
    lines = _rest(account, terms, balance, brought) if balance else ()
    return Effect(
        kind=ChangeKind.PREPAYMENT,
        on=account.on,
        before=_before(account),
        after=_figures(terms, lines, interest=paid.interest + _interest(lines)),
        lines=lines,
        terms=terms,
        balance=balance,
        carried=brought,
        paid=paid,
    )


def extended(account: Account, months: int, rate: Rate) -> Effect:
    """The term ends so many months later; the lines ahead are levelled again (LOAN-24). `rate` is the contract's, or what
    the longer term costs (LOAN-25). What is due stays due."""
    contract = account.contract
    terms = _changed(contract, rate=rate, end_on=later_end(contract, months), plan=_stretched(contract, months))
    return _levelled(account, terms, ChangeKind.EXTENSION)


def repriced(account: Account, rate: Rate, *, lpr: Rate | None = None, published: date | None = None) -> Effect:
    """Another rate from the day on, by agreement or because the LPR has moved (LOAN-09)."""
    contract = account.contract
    terms = _changed(contract, rate=rate, lpr=lpr or contract.lpr, lpr_published=published or contract.lpr_published)
    return _levelled(account, terms, ChangeKind.RATE)


def restructured(account: Account, asked: Restructuring, *, periods: int, months: int) -> Effect:
    """Everything owed, due or not, goes into one new plan: no old due is left behind (CLS-09).

    Unpaid principal is repaid by the new lines. Unpaid interest, penalty and compound interest fall due with the first
    of them, unless overdue contract interest is made principal (`capitalise`) or penalty and compound interest are given
    up. `periods` and `months` are the observation's. Refuses with NothingToChange, ChangeNotPossible, GraceNotOffered.
    """
    contract, unpaid = account.contract, [line for line in account.past if line.unpaid]
    if not account.outstanding:
        raise NothingToChange(contract=contract.number)
    overdue = total(line.interest - line.interest_paid for line in unpaid)
    charged = account.penalty + account.compound
    capitalised = overdue if asked.capitalise else ZERO
    waived = charged if asked.waive_penalty else ZERO
    carried = overdue - capitalised + account.brought + charged - waived
    balance = account.outstanding + capitalised
    end_on = later_end(contract, asked.months)
    if end_on <= account.on:
        raise ChangeNotPossible(field="months", end_on=end_on)
    terms = _changed(contract, rate=asked.rate or contract.rate, end_on=end_on, plan=_stretched(contract, asked.months))
    if asked.grace_months:
        terms = _with_grace(account, terms, balance, asked.grace_months)
    after = account.planned_after if terms.method in BY_MONTHS else account.on
    number = account.ahead[0].number if account.ahead else max(line.number for line in account.lines) + 1
    lines = _planned(account, terms, balance, after=after, carried=carried, number=number)
    return Effect(
        kind=ChangeKind.RESTRUCTURING,
        on=account.on,
        before=_before(account),
        after=_figures(terms, lines, interest=_interest(lines) + capitalised),
        lines=lines,
        terms=terms,
        balance=balance,
        carried=carried,
        folded=tuple(line.number for line in unpaid),
        folded_principal=total(line.principal - line.principal_paid for line in unpaid),
        folded_interest=overdue + charged - waived,
        capitalised=capitalised,
        waived=waived,
        observed=earliest_exit([line.due_on for line in lines], periods=periods, months=months),
    )


def later_end(contract: Contract, months: int) -> date:
    """The last day of a term that is so many months longer, counted from its first day (LOAN-22)."""
    whole, odd = months_and_days(contract.start_on, contract.end_on)
    return add_months(contract.end_on, months) if odd else add_months(contract.start_on, whole + months)


def _levelled(account: Account, terms: Contract, kind: ChangeKind) -> Effect:
    if not account.ahead or not account.balance_ahead:
        raise NothingToChange(contract=account.contract.number)
    brought = account.brought
    lines = _rest(account, terms, account.balance_ahead, brought)
    due = total(line.interest - line.interest_paid for line in account.past) + account.penalty + account.compound
    return Effect(
        kind=kind,
        on=account.on,
        before=_before(account),
        after=_figures(terms, lines, interest=due + _interest(lines)),
        lines=lines,
        terms=terms,
        balance=account.balance_ahead,
        carried=brought,
    )


def _rest(account: Account, terms: Contract, balance: Money, brought: Money) -> tuple[Line, ...]:
    try:
        return rest_of_lines(
            terms, account.past, account.ahead, balance, on=account.on, brought=brought, roll=account.roll
        )
    except TermsNotValid as wrong:
        raise ChangeNotPossible(field=wrong.field, end_on=terms.end_on) from None


def _planned(
    account: Account, terms: Contract, balance: Money, *, after: date, carried: Money, number: int
) -> tuple[Line, ...]:
    try:
        lines = schedule_from(
            terms_of(terms, balance, on=after),
            balance_fen=balance.fen,
            on=after,
            roll=account.roll,
            interest_so_far_fen=carried.fen,
            number=number,
        ).instalments
    except TermsNotValid as wrong:
        raise ChangeNotPossible(field=wrong.field, end_on=terms.end_on) from None
    return (replace(lines[0], period_start=account.on), *lines[1:])


def _shortened(account: Account, balance: Money) -> Contract:
    contract = account.contract
    after = max([account.on, *(line.due_on for line in account.past)])
    if account.ahead[0].due_on <= account.on or contract.method in (
        RepaymentMethod.INTEREST_FIRST,
        RepaymentMethod.BULLET,
    ):
        raise ShorterTermNotOffered(contract=contract.number, method=contract.method)
    whole = account.balance_ahead
    terms = terms_of(contract, whole, on=after)
    if contract.method is RepaymentMethod.FREE_FORM:
        left = cut_from_the_end(terms.plan, (whole - balance).fen)
        gone = tuple(part for part in plan_of(contract) if part.due_on <= after)
        return _changed(contract, plan=plan_kept((*gone, *left)), end_on=left[-1].due_on)
    days = [day for day in due_days(terms) if day > after]
    if contract.method is RepaymentMethod.EQUAL_PRINCIPAL:
        part = half_up(whole.fen, len(days))
        periods = min(-(-balance.fen // part) if part else 1, len(days))
    else:
        level = level_of(whole.fen, contract.rate.ppm, len(days), months_each=terms.months_each)
        periods = periods_at_most(balance.fen, contract.rate.ppm, level, len(days), months_each=terms.months_each)
    return _changed(contract, end_on=days[periods - 1])


def _with_grace(account: Account, terms: Contract, balance: Money, grace_months: int) -> Contract:
    """Interest month by month, no principal for so many months, then equal parts: an agreed plan (自由还款)."""
    if terms.method not in BY_MONTHS:
        raise GraceNotOffered(field="grace_months", method=terms.method)
    days = [day for day in due_days(terms_of(terms)) if day > add_months(account.on, grace_months)]
    if not days:
        raise ChangeNotPossible(field="grace_months", end_on=terms.end_on)
    weights = [1] * len(days)
    parts = [
        PlannedPrincipal(day, part.fen) for day, part in zip(days, balance.shared(weights, residual=-1), strict=True)
    ]
    return _changed(
        terms,
        method=RepaymentMethod.FREE_FORM,
        plan=plan_kept([part for part in parts if part.principal_fen]),
        settle_freq=Frequency.MONTH.value,
        settle_day=terms.start_on.day - 1 or 31,
    )


def _stretched(contract: Contract, months: int) -> list[dict[str, Any]]:
    """An agreed plan whose last part falls due so many months later; nothing for the other methods."""
    plan = plan_of(contract)
    if not plan:
        return []
    return plan_kept((*plan[:-1], replace(plan[-1], due_on=later_end(contract, months))))


def _changed(contract: Contract, **terms: Any) -> Contract:
    """The same agreement with other terms, as a row that no session knows."""
    kept = {name: getattr(contract, name) for name in Contract.model_fields if name not in ("id", "stamp")}
    return Contract.model_validate(kept | terms)


def _interest(lines: Sequence[Line]) -> Money:
    return Money(sum(line.interest_fen for line in lines))


def _before(account: Account) -> Figures:
    lines = [
        Line(
            line.number,
            line.period_start,
            line.period_end,
            line.due_on,
            line.payable_on,
            (line.principal - line.principal_paid).fen,
            (line.interest - line.interest_paid).fen,
            0,
        )
        for line in account.ahead
    ]
    return _figures(account.contract, lines, interest=account.interest_left)


def _figures(contract: Contract, lines: Sequence[Line], *, interest: Money) -> Figures:
    whole = lines[1] if len(lines) > 1 else lines[0] if lines else None
    return Figures(
        rate_ppm=contract.rate.ppm,
        end_on=contract.end_on.isoformat(),
        method=contract.method.value,
        instalment=whole.payment_fen if whole else 0,
        next_on=lines[0].payable_on.isoformat() if lines else "",
        next_payment=lines[0].payment_fen if lines else 0,
        payments=len(lines),
        interest=interest.fen,
        principal=sum(line.principal_fen for line in lines),
    )
