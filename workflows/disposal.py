"""Bad claims on their way through the asset manager: strategies compared, a case proposed and approved, the claim handed
over at a recorded price, money collected, the case closed (不良处置; system.md section 9).

The bank and the guarantor sell at the same time what the borrower owes each of them; the asset manager's cost is what
it paid and has not got back yet.
"""

from __future__ import annotations

from datetime import date, datetime

from sqlmodel import Session, col, select

from models.disposal import DisposalCase, Strategy
from models.loan import Loan
from models.policies.rules import DisposalRules
from models.queries.books import balance
from models.queries.rules import rules_in_force
from models.refusals import Refusal
from models.roles import Actor, Role
from models.states.aftercare import DISPOSAL, DisposalStage
from models.states.loan import LOAN, LoanStage
from models.values.money import ZERO, Money
from workflows import bad_loan, loan_account
from workflows.booking import book
from workflows.collecting import AmountNotPositive, close, collect
from workflows.comparing import compare
from workflows.moves import move, note, require
from workflows.numbering import Series, next_number
from workflows.posting import take_turn
from workflows.writing_off import recover_written_off, write_off

__all__ = [
    "approve",
    "case_of",
    "close",
    "collect",
    "compare",
    "hand_over",
    "propose",
    "recover_written_off",
    "refuse",
    "write_off",
]


class LoanNotBad(Refusal):
    """Only a defaulted loan that is non-performing, or late by the rules' days, is sold (CLS-03)."""


class CaseUnderWay(Refusal):
    """The loan has a disposal case that is not over yet."""


class PriceAboveClaim(Refusal):
    """A claim is not sold for more than is owed on it."""


def propose(
    session: Session,
    *,
    loan: Loan,
    price: Money,
    guarantor_price: Money = ZERO,
    strategy: Strategy,
    by: Actor,
    on: date,
    at: datetime,
) -> DisposalCase:
    """Propose to sell the bank's claim and, where compensation was paid, the guarantor's; the comparison is kept with it.

    Refuses with LoanNotBad, CaseUnderWay, GuaranteeStands, PriceAboveClaim.
    """
    require(by, "disposal_case.propose", Role.ASSET_MANAGER, Role.LOAN_OFFICER)
    _refuse_good(session, loan, on)
    open_case = case_of(session, loan)
    if open_case is not None:
        raise CaseUnderWay(loan=loan.number, case=open_case.number)
    bad_loan.refuse_standing_guarantee(session, loan)
    owed, passed_on = bad_loan.bank_claim(session, loan).total, bad_loan.guarantor_claim(session, loan)
    _refuse_price(loan, price, owed, "price")
    _refuse_price(loan, guarantor_price, passed_on, "guarantor_price")
    case = DisposalCase.model_validate(
        {
            "number": next_number(session, Series.DISPOSAL, on),
            "loan_id": loan.key,
            "application_id": loan.application_id,
            "firm_id": loan.firm_id,
            "proposed_on": on,
            "bank_claim": owed,
            "guarantor_claim": passed_on,
            "price": price,
            "guarantor_price": guarantor_price,
            "strategy": strategy,
            "comparison": [value.plain() for value in compare(session, loan, on)],
        }
    )
    session.add(case)
    note(session, case, "propose", by=by, on=on, at=at)
    session.flush()
    return case


def case_of(session: Session, loan: Loan) -> DisposalCase | None:
    """The loan's disposal case that was not refused and is not closed."""
    over = (DisposalStage.REFUSED, DisposalStage.CLOSED)
    return session.exec(
        select(DisposalCase).where(DisposalCase.loan_id == loan.key, col(DisposalCase.stage).not_in(over))
    ).first()


def _refuse_good(session: Session, loan: Loan, on: date) -> None:
    least = rules_in_force(session, DisposalRules, on).least_days_past_due
    days = loan_account.meter_of(session, loan).days_past_due
    bad = loan.five_class.non_performing or days >= least
    if loan.stage is not LoanStage.DEFAULTED or not bad:
        raise LoanNotBad(loan=loan.number, stage=loan.stage, days=days, least=least)


def _refuse_price(loan: Loan, price: Money, claim: Money, field: str) -> None:
    if price < ZERO:
        raise AmountNotPositive(field=field, given=price)
    if price > claim:
        raise PriceAboveClaim(loan=loan.number, price=price, claim=claim)


def approve(session: Session, *, case: DisposalCase, by: Actor, on: date, at: datetime) -> DisposalCase:
    """The credit committee agrees to the price and the strategy; neither the proposer nor the investigator may."""
    move(session, DISPOSAL, case, "approve", by=by, on=on, at=at)
    return case


def refuse(session: Session, *, case: DisposalCase, reason: str, by: Actor, on: date, at: datetime) -> DisposalCase:
    """The credit committee declines: the loan stays with the bank."""
    move(session, DISPOSAL, case, "refuse", by=by, on=on, at=at, reason=reason)
    return case


def hand_over(session: Session, *, case: DisposalCase, by: Actor, on: date, at: datetime) -> DisposalCase:
    """The claims change hands and the prices are paid, in one transaction (不良转让).

    The claims are taken as they stand that day. What the price leaves open is met from the allowance, the rest is a
    loss; a price above the books pays suspended interest. Refuses with GuaranteeStands, PriceAboveClaim, LoanNotBad,
    LimitReached when the asset manager has not the cash, and when days are missing.
    """
    take_turn(session)
    loan = session.get_one(Loan, case.loan_id)
    _refuse_good(session, loan, on)
    bad_loan.refuse_standing_guarantee(session, loan)
    claim = bad_loan.bank_claim(session, loan)
    case.bank_claim, case.guarantor_claim = claim.total, bad_loan.guarantor_claim(session, loan)
    _refuse_price(loan, case.price, case.bank_claim, "price")
    _refuse_price(loan, case.guarantor_price, case.guarantor_claim, "guarantor_price")
    move(session, DISPOSAL, case, "hand_over", by=by, on=on, at=at)
    _sell_bank_claim(session, case, loan, claim, by=by, on=on, at=at)
    _sell_guarantor_claim(session, case, loan, by=by, on=on, at=at)
    move(session, LOAN, loan, "hand_over", by=by, on=on, at=at)
    case.cost, case.handed_over_on = case.price + case.guarantor_price, on
    session.add(case)
    session.flush()
    return case


def _sell_bank_claim(
    session: Session, case: DisposalCase, loan: Loan, claim: bad_loan.BankClaim, *, by: Actor, on: date, at: datetime
) -> None:
    above = max(case.price - claim.in_books, ZERO)
    cover = bad_loan.cover_of(session, loan, max(claim.in_books - case.price, ZERO), on=on)
    bad_loan.leave(session, loan, claim, key=case.number, by=by, on=on, at=at)
    cause = f"{case.number} {loan.number}"
    book(
        session,
        "handed_over",
        key=f"hand_over:{case.number}",
        cause=cause,
        amounts={
            "price": case.price,
            "allowance": cover.allowance,
            "loss": cover.loss,
            "principal": claim.principal,
            "interest": claim.interest,
            "suspended": above,
        },
        parts={"loan": loan.number, "product": loan.product.value, "case": case.number},
        by=by,
        on=on,
        at=at,
    )
    book(
        session,
        "transfer_settled",
        key=f"transfer_settled:{case.number}",
        cause=cause,
        amounts={"amount": case.price},
        parts={"loan": loan.number},
        by=by,
        on=on,
        at=at,
    )


def _sell_guarantor_claim(
    session: Session, case: DisposalCase, loan: Loan, *, by: Actor, on: date, at: datetime
) -> None:
    gap = case.guarantor_claim - case.guarantor_price
    held = -balance(session, "guarantor.compensation_allowance", part=loan.number).net
    allowance = min(held, gap)
    book(
        session,
        "claim_passed_on",
        key=f"claim_passed_on:{case.number}",
        cause=f"{case.number} {loan.number}",
        amounts={
            "price": case.guarantor_price,
            "allowance": allowance,
            "loss": gap - allowance,
            "claim": case.guarantor_claim,
        },
        parts={"loan": loan.number, "case": case.number},
        by=by,
        on=on,
        at=at,
    )
