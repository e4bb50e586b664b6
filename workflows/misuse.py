"""Diverted use (挪用, LOAN-19, LOAN-28): declared by one person, confirmed by another, charged from the day it began.

The diverted part bears the misuse rate; where it is overdue as well, the higher of the two rates, not both. The end of
day adds what its own arrays do not know of: the difference between the walk through the loan's history and the meter.
"""

from __future__ import annotations

from datetime import date, datetime, timedelta

import sqlalchemy as sa
from sqlmodel import Session

from models.lending.facts import Diverted, Rates
from models.lending.history import Account
from models.loan import FIRMS_A_PART, Loan, LoanMeter
from models.loan_facts import LoanDiversion
from models.queries.loan_course import agreement_of, diversions_of, facts_of
from models.refusals import BadInput
from models.roles import Actor, Role
from models.states.loan import DIVERSION, DiversionStage
from models.values.money import ZERO, Money, half_up, total
from models.values.rate import MILLION
from workflows import loan_account, moves
from workflows.booking import book
from workflows.classifying import LoanNotOwed
from workflows.funding import AmountNotAboveNought
from workflows.given import in_order, said
from workflows.recomputing import Cause, FactNotPossible, adopt, course, standing
from workflows.value_days import check_value_day

CHARGED = (DiversionStage.CONFIRMED, DiversionStage.ENDED)
"""The stages in which a diversion bears the misuse rate, for as long as it lasted."""


class MoreDivertedThanPaidOut(BadInput):
    """No more can have been diverted than was paid out."""


def declare(
    session: Session, *, loan: Loan, amount: Money, from_on: date, evidence: str, by: Actor, on: date, at: datetime
) -> LoanDiversion:
    """Say that a part of the loan has not been used as agreed since a day, and how that is known. Nothing is charged
    before a credit reviewer confirms it. Refuses with LoanNotOwed, MoreDivertedThanPaidOut and as `check_value_day` does."""
    moves.require(by, "loan_diversion.declare", Role.LOAN_OFFICER, Role.CREDIT_REVIEWER)
    if amount <= ZERO:
        raise AmountNotAboveNought(field="amount", amount=amount)
    evidence = said(evidence, "evidence")
    _refuse_not_owed(loan)
    if amount > loan.disbursed:
        raise MoreDivertedThanPaidOut(field="amount", amount=amount, disbursed=loan.disbursed)
    check_value_day(session, loan, from_on, on, field="from_on")
    row = LoanDiversion.model_validate(
        {"loan_id": loan.key, "amount": amount, "from_on": from_on, "evidence": evidence}
    )
    session.add(row)
    session.flush()
    moves.note(session, row, "declare", by=by, on=on, at=at, reason=evidence)
    return row


def confirm(session: Session, *, diversion: LoanDiversion, by: Actor, on: date, at: datetime) -> LoanDiversion:
    """Another person finds it so: the part bears the misuse rate from the day it was diverted, what that comes to by
    now is booked today, and the loan is at least special mention (CLS-02).

    Refuses with SameHand for whoever declared it, HistoryNotReplayable, FactNotPossible, and when days are missing.
    """
    loan = session.get_one(Loan, diversion.loan_id)
    _refuse_not_owed(loan)
    before = standing(session, loan, on)
    fact = Diverted(diversion.from_on, diversion.amount.fen)
    after = course(session, loan, on, [*facts_of(session, loan), fact])
    moves.move(session, DIVERSION, diversion, "confirm", by=by, on=on, at=at)
    cause = Cause("diversion", str(diversion.amount), diversion.from_on, f"adjust:{loan.number}:misuse:{diversion.key}")
    adopt(session, loan, before, after, cause, cash=ZERO, by=by, on=on, at=at)
    return diversion


def reject(
    session: Session, *, diversion: LoanDiversion, reason: str, by: Actor, on: date, at: datetime
) -> LoanDiversion:
    """The evidence does not bear it out: nothing is charged."""
    moves.move(session, DIVERSION, diversion, "reject", by=by, on=on, at=at, reason=reason)
    return diversion


def end(
    session: Session, *, diversion: LoanDiversion, until_on: date, reason: str, by: Actor, on: date, at: datetime
) -> LoanDiversion:
    """The use was put right on a day: from then on the part bears what the rest bears. The class stays until an analyst
    lifts it. Refuses with DatesReversed, HistoryNotReplayable, FactNotPossible, and when days are missing."""
    loan = session.get_one(Loan, diversion.loan_id)
    _refuse_not_owed(loan)
    check_value_day(session, loan, until_on, on, field="until_on")
    in_order(diversion.from_on + timedelta(days=1), until_on, "until_on")
    before = standing(session, loan, on)
    after = course(session, loan, on, [*facts_of(session, loan), Diverted(until_on, -diversion.amount.fen)])
    moves.move(session, DIVERSION, diversion, "end", by=by, on=on, at=at, reason=reason)
    diversion.until_on = until_on
    key = f"adjust:{loan.number}:misuse:{diversion.key}:end"
    cause = Cause("diversion_end", str(diversion.amount), until_on, key)
    adopt(session, loan, before, after, cause, cash=ZERO, by=by, on=on, at=at)
    session.add(diversion)
    session.flush()
    return diversion


_DIVERTED = sa.text(
    "SELECT DISTINCT l.id FROM loan_diversion d JOIN loan l ON l.id = d.loan_id WHERE d.stage IN ("
    + ", ".join(f"'{stage}'" for stage in CHARGED)  # nosec B608  words of our own vocabulary
    + ") AND d.from_on <= :on AND (d.until_on IS NULL OR d.until_on > :on)"
    f" AND l.firm_id >= :part * {FIRMS_A_PART} AND l.firm_id < (:part + 1) * {FIRMS_A_PART} ORDER BY l.id"
).bindparams(sa.bindparam("on", type_=sa.Date))


def accrue_misuse(session: Session, part: int, *, on: date, by: Actor, at: datetime) -> int:
    """At the end of a day, after the interest of a partition: what diverted parts bear beyond it; how many loans that
    met."""
    met = 0
    for (loan_id,) in session.execute(_DIVERTED, {"part": part, "on": on}).all():
        loan = session.get_one(Loan, loan_id)
        if loan.stage.owed and loan_account.meter_of(session, loan).through == on:
            met += 1
            _accrue(session, loan, on=on, by=by, at=at)
    return met


def _accrue(session: Session, loan: Loan, *, on: date, by: Actor, at: datetime) -> None:
    session.refresh(loan)
    meter = loan_account.meter_of(session, loan)
    after = _walked(session, loan, meter, on + timedelta(days=1))
    if after is None:
        penalty, compound = _of_one_day(session, loan, on), 0
    else:
        penalty, compound = after.penalty - meter.penalty_fen, after.compound - meter.compound_fen
        meter.penalty_rest, meter.compound_rest = after.penalty_rest, after.compound_rest
    meter.penalty_fen += penalty
    meter.compound_fen += compound
    session.add(meter)
    extra = Money(penalty + compound)
    event, amounts = "interest_accrued", {"amount": extra, "interest": ZERO, "penalty": extra}
    if loan.non_accrual:
        event, amounts = "suspended_interest_accrued", {"amount": extra}
    book(
        session, event, key=f"misuse:{loan.number}:{on:%Y-%m-%d}", cause=loan.number, amounts=amounts,
        parts={"product": loan.product.value}, by=by, on=on, at=at,
    )  # fmt: skip
    session.flush()


def _walked(session: Session, loan: Loan, meter: LoanMeter, morning: date) -> Account | None:
    """The walk to the morrow; None where more happened to the loan than its facts tell, such as a bridge."""
    try:
        after = course(session, loan, morning)
    except FactNotPossible:
        return None
    same = after.outstanding == loan.outstanding.fen and after.interest == meter.interest_fen
    return after if same and after.penalty >= meter.penalty_fen and after.compound >= meter.compound_fen else None


def _of_one_day(session: Session, loan: Loan, on: date) -> int:
    """What the diverted part bears beyond a day's penalty, rounded for the day, where no remainder can be carried."""
    contract = loan_account.contract_of(session, loan)
    lines = loan_account.live_lines(session, loan)
    overdue = total(line.principal - line.principal_paid for line in lines if line.payable_on <= on).fen
    parts = total(
        one.amount
        for one in diversions_of(session, loan)
        if one.stage in CHARGED and one.from_on <= on and (one.until_on is None or one.until_on > on)
    )
    rates = Rates.of(agreement_of(session, loan), loan.rate.ppm)
    more = rates.charge(overdue, min(parts, loan.outstanding).fen) - rates.charge(overdue, 0)
    return half_up(more, MILLION * contract.day_basis)


def _refuse_not_owed(loan: Loan) -> None:
    if not loan.stage.owed:
        raise LoanNotOwed(loan=loan.number, stage=loan.stage)
