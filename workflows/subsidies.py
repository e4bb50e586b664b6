"""Interest subsidies of the districts' programmes: reckoned on what a loan really owed, owed by the bureau, then paid by
somebody else (贴息; TAL-04, TAL-05)."""

from __future__ import annotations

from datetime import date, datetime

import sqlalchemy as sa
from sqlmodel import Session, select

from models import ledger
from models.books.chart import CHART
from models.firm import Firm
from models.loan import Contract, Loan
from models.programme import Benefit, CapBasis, Subsidy
from models.refusals import Refusal
from models.roles import Actor, Role
from models.values.money import Money
from models.values.terms import add_years
from scoring.programme_math import Stretch, interest_subsidy
from workflows.booking import book
from workflows.moves import SameHand, case_of, hands, note, require
from workflows.posting import take_turn

INTEREST_SUBSIDY = "interest_subsidy"
"""The kind of benefit that subsidises interest."""


class NoSuchBenefit(Refusal):
    """The benefit does not subsidise interest."""


class PeriodNotOver(Refusal):
    """A subsidy is reckoned for days that have passed: the period ends after today, or before it begins."""


class SubsidyOverlaps(Refusal):
    """Some of these days are subsidised already: one benefit of one kind, never two (TAL-04)."""


class NothingToSubsidise(Refusal):
    """No principal was owed in the period, or the policy's years since the firm's founding are over (TAL-05)."""


class SubsidyPaid(Refusal):
    """The subsidy was paid before, or its bank reference was used for another."""


def subsidy_due(
    session: Session,
    *,
    loan: Loan,
    benefit: Benefit,
    starts_on: date,
    ends_on: date,
    by: Actor,
    on: date,
    at: datetime,
) -> Subsidy:
    """Reckon the interest subsidy of a loan from a day up to, not including, another; the bureau owes it from now on.

    The rate is the benchmark of the contract (its LPR), at most what the contract charges; the principal is what was
    owed on each day by the books, at most the benefit's cap; the years run from the firm's founding (TAL-05).
    Refuses with NoSuchBenefit, PeriodNotOver, SubsidyOverlaps, NothingToSubsidise.
    """
    require(by, "subsidy.reckon", Role.TALENT_OFFICE, Role.FINANCE_BUREAU)
    take_turn(session)
    if benefit.kind != INTEREST_SUBSIDY:
        raise NoSuchBenefit(kind=benefit.kind)
    if not starts_on < ends_on <= on:
        raise PeriodNotOver(starts_on=starts_on, ends_on=ends_on, on=on)
    _refuse_overlap(session, loan, starts_on, ends_on)
    contract = session.get_one(Contract, loan.contract_id)
    founded = session.get_one(Firm, loan.firm_id).registered_on
    policy_end = ends_on if benefit.years is None or founded is None else add_years(founded, benefit.years)
    rate = min(contract.lpr, contract.rate)
    reckoned = interest_subsidy(
        stretches(session, loan, starts_on, ends_on),
        rate=rate,
        policy_end=policy_end,
        cap=benefit.cap,
        cap_is_amount=benefit.cap_basis is CapBasis.SUBSIDY_AMOUNT,
    )
    if not reckoned.amount:
        raise NothingToSubsidise(loan=loan.number, starts_on=starts_on, ends_on=ends_on, policy_end=policy_end)
    subsidy = Subsidy.model_validate(
        {
            "loan_id": loan.key,
            "benefit_id": benefit.key,
            "starts_on": starts_on,
            "ends_on": ends_on,
            "days": reckoned.days,
            "base": reckoned.base,
            "rate": rate,
            "amount": reckoned.amount,
            "due_on": on,
        }
    )
    session.add(subsidy)
    session.flush()
    _book(session, "subsidy_due", loan, subsidy, by=by, on=on, at=at)
    note(session, subsidy, "reckon", by=by, on=on, at=at)
    session.flush()
    return subsidy


def stretches(session: Session, loan: Loan, starts_on: date, ends_on: date) -> list[Stretch]:
    """The principal owed to the bank, day by day, as stretches of equal principal, from the books themselves."""
    legs, accounts = ledger.leg, ledger.account
    moved = session.connection().execute(
        sa.select(legs.c.day, sa.func.sum(legs.c.amount).label("fen"))
        .join(accounts, accounts.c.id == legs.c.account_id)
        .where(accounts.c.control_id == CHART["bank.principal"].id, accounts.c.part == loan.number)
        .where(legs.c.day < ledger.day_number(ends_on))
        .group_by(legs.c.day)
        .order_by(legs.c.day)
    )
    found: list[Stretch] = []
    owed, since = 0, starts_on
    for number, fen in moved:
        day = max(ledger.day_of(number), starts_on)
        if day > since and owed:
            found.append(Stretch(since, day, Money(owed)))
        owed, since = owed + int(fen), day
    if owed:
        found.append(Stretch(since, ends_on, Money(owed)))
    return found


def _refuse_overlap(session: Session, loan: Loan, starts_on: date, ends_on: date) -> None:
    clash = session.exec(
        select(Subsidy).where(Subsidy.loan_id == loan.key, Subsidy.starts_on < ends_on, Subsidy.ends_on > starts_on)
    ).first()
    if clash is not None:
        raise SubsidyOverlaps(loan=loan.number, starts_on=clash.starts_on, ends_on=clash.ends_on)


def pay_subsidy(session: Session, *, subsidy: Subsidy, bank_ref: str, by: Actor, on: date, at: datetime) -> Subsidy:
    """Pay a subsidy to the firm; whoever reckoned it may not. Refuses with SubsidyPaid, SameHand, LimitReached."""
    require(by, "subsidy.pay", Role.FINANCE_BUREAU)
    take_turn(session)
    used = session.exec(select(Subsidy.id).where(Subsidy.bank_ref == bank_ref)).first()
    if subsidy.paid_on is not None or used is not None:
        raise SubsidyPaid(paid_on=subsidy.paid_on or "", bank_ref=bank_ref)
    loan = session.get_one(Loan, subsidy.loan_id)
    if by.user_id in hands(session, case_of(subsidy), ("subsidy.reckon",)):
        raise SameHand(act="subsidy.pay", earlier="subsidy.reckon", person=by.name)
    _book(session, "subsidy_paid", loan, subsidy, by=by, on=on, at=at)
    subsidy.paid_on, subsidy.bank_ref = on, bank_ref
    session.add(subsidy)
    note(session, subsidy, "pay", by=by, on=on, at=at, reason=bank_ref)
    session.flush()
    return subsidy


def _book(session: Session, event: str, loan: Loan, subsidy: Subsidy, *, by: Actor, on: date, at: datetime) -> None:
    book(
        session,
        event,
        key=f"{event}:{loan.number}:{subsidy.starts_on}",
        cause=f"{loan.number} {subsidy.starts_on} {subsidy.ends_on}",
        amounts={"amount": subsidy.amount},
        parts={"loan": loan.number},
        by=by,
        on=on,
        at=at,
    )
