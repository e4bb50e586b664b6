"""The bank claims under a guarantee, the guarantor accepts and pays; what is recovered later is shared (GUA-14, GUA-15).

What the claim is worth is reckoned anew when it is accepted: the borrower may have paid meanwhile. Acceptance moves the
guaranteed part of principal and interest from the borrower's account to the guarantor; payment settles it in cash and
ends the guarantee; the guarantor then stands in the bank's place for what it has paid.
"""

from __future__ import annotations

from datetime import date, datetime

from sqlmodel import Session, col, select

from models.guarantee import Claim, Guarantee
from models.lending.ageing import days_past_due
from models.loan import Loan
from models.policies.rules import GuaranteeRules
from models.queries.rules import calendar, rules_in_force
from models.refusals import Refusal
from models.roles import Actor, Role
from models.states.aftercare import CLAIM, GUARANTEE, ClaimStage, GuaranteeStage
from models.values.money import ZERO, Money
from scoring.guarantee_math import Payout, payout
from workflows import guarantee as guaranteeing
from workflows import loan_account, moves
from workflows.booking import book
from workflows.classifying import clear_suspended
from workflows.moves import move, require
from workflows.numbering import Series, next_number
from workflows.recovering import NothingToRecover, RecoveryNotUnderstood, recover

__all__ = [
    "ClaimStands",
    "ClaimTooEarly",
    "GuaranteePeriodOver",
    "NoGuaranteeInForce",
    "NothingToClaim",
    "NothingToRecover",
    "RecoveryNotUnderstood",
    "accept",
    "file_claim",
    "open_claim",
    "pay",
    "recover",
    "refuse",
]


class NoGuaranteeInForce(Refusal):
    """No guarantee stands behind the loan that a claim could be made under."""


class ClaimTooEarly(Refusal):
    """The loan is not overdue long enough for a claim (GUA-14)."""


class GuaranteePeriodOver(Refusal):
    """The guarantee period has ended: a claim after it is lost (GUA-19)."""


class ClaimStands(Refusal):
    """A claim for this loan is open already."""


class NothingToClaim(Refusal):
    """The borrower has paid meanwhile: nothing guaranteed is owed any more."""


def file_claim(session: Session, *, loan: Loan, by: Actor, on: date, at: datetime) -> Claim:
    """Ask the guarantor for its share of an overdue loan. The loan stays with the borrower until it is accepted.

    Refuses with NoGuaranteeInForce, ClaimStands, ClaimTooEarly (facts: days, wait), GuaranteePeriodOver.
    """
    require(by, "claim.file", Role.LOAN_OFFICER)
    guarantee = loan_account.guarantee_of(session, loan)
    if guarantee is None or guarantee.stage is not GuaranteeStage.IN_FORCE or not loan.stage.owed:
        raise NoGuaranteeInForce(loan=loan.number)
    if (standing := open_claim(session, loan)) is not None:
        raise ClaimStands(loan=loan.number, claim=standing.number, stage=standing.stage)
    rules = rules_in_force(session, GuaranteeRules, on)
    days = days_past_due(loan.oldest_unpaid, on)
    if days < rules.claim_wait_days or not days:
        raise ClaimTooEarly(loan=loan.number, days=days, wait=rules.claim_wait_days)
    if guarantee.ends_on is not None and on > guarantee.ends_on:
        raise GuaranteePeriodOver(loan=loan.number, ended=guarantee.ends_on)
    interest, paid = _worth(session, loan, guarantee, on)
    claim = Claim.model_validate(
        {
            "number": next_number(session, Series.CLAIM, on),
            "guarantee_id": guarantee.key,
            "application_id": loan.application_id,
            "loan_id": loan.key,
            "filed_on": on,
            "pay_by": calendar(session).add_business_days(on, rules.payout_workdays),
            "days_past_due": days,
            "loss_principal": loan.outstanding,
            "loss_interest": interest,
            "principal": paid.principal,
            "interest": paid.interest,
            "payout": paid.amount,
        }
    )
    session.add(claim)
    session.flush()
    moves.note(session, claim, "file", by=by, on=on, at=at)
    return claim


def open_claim(session: Session, loan: Loan) -> Claim | None:
    """The loan's claim that is filed or accepted and not paid yet."""
    waiting = (ClaimStage.FILED, ClaimStage.ACCEPTED)
    return session.exec(select(Claim).where(Claim.loan_id == loan.key, col(Claim.stage).in_(waiting))).first()


def _worth(session: Session, loan: Loan, guarantee: Guarantee, on: date) -> tuple[Money, Payout]:
    """In-term interest unpaid today, and what the guarantor owes for it and for the principal (GUA-14)."""
    interest = loan_account.accrued_interest(session, loan, on)
    return interest, payout(
        loan.outstanding, interest, share_ppm=guarantee.share_ppm, covers_interest=guarantee.covers_interest
    )


def accept(session: Session, *, claim: Claim, by: Actor, on: date, at: datetime) -> Claim:
    """Accept a claim for what is owed today: the guaranteed part leaves the borrower's account and is due from the
    guarantor, who takes over that much of the claim (GUA-15).

    Refuses with NothingToClaim, MoveNotOpen, and when the loan's days are missing.
    """
    loan, guarantee = _loan(session, claim), session.get_one(Guarantee, claim.guarantee_id)
    interest, paid = _worth(session, loan, guarantee, on)
    if not loan.stage.owed or not paid.amount:
        raise NothingToClaim(claim=claim.number, loan=loan.number)
    move(session, CLAIM, claim, "accept", by=by, on=on, at=at)
    move(session, GUARANTEE, guarantee, "call", by=by, on=on, at=at)
    claim.loss_principal, claim.loss_interest = loan.outstanding, interest
    claim.principal, claim.interest, claim.payout = paid.principal, paid.interest, paid.amount
    session.add(claim)
    suspended = paid.interest if loan.non_accrual else ZERO
    book(
        session, "guarantee_called", key=f"call:{claim.number}", cause=f"{claim.number} {loan.number}",
        amounts={
            "payout": paid.amount, "principal": paid.principal, "interest": paid.interest - suspended,
            "suspended": suspended,
        },
        parts=_parts(loan), by=by, on=on, at=at,
    )  # fmt: skip
    clear_suspended(session, loan, suspended, key=f"cleared:call:{claim.number}", by=by, on=on, at=at)
    loan_account.settle_interest(session, loan, paid.interest, on=on, by=by, at=at)
    loan_account.lower_principal(session, loan, paid.principal, on=on, by=by, at=at, reason="claim")
    return claim


def refuse(session: Session, *, claim: Claim, reason: str, by: Actor, on: date, at: datetime) -> Claim:
    """Turn a claim down, with a reason; the bank may file again when what was missing is there."""
    move(session, CLAIM, claim, "refuse", by=by, on=on, at=at, reason=reason)
    return claim


def pay(session: Session, *, claim: Claim, by: Actor, on: date, at: datetime) -> Claim:
    """Pay the compensation and end the guarantee. Not by the hand that accepted or filed the claim.

    Refuses with LimitReached if the guarantor lacks the cash, SameHand, NotAllowed, MoveNotOpen.
    """
    loan, guarantee = _loan(session, claim), session.get_one(Guarantee, claim.guarantee_id)
    move(session, CLAIM, claim, "pay", by=by, on=on, at=at)
    move(session, GUARANTEE, guarantee, "honour", by=by, on=on, at=at)
    book(
        session, "compensation_paid", key=f"compensate:{claim.number}", cause=f"{claim.number} {loan.number}",
        amounts={"payout": claim.payout, "released": guarantee.in_force}, parts=_parts(loan), by=by, on=on, at=at,
    )  # fmt: skip
    guaranteeing.close_honoured(session, guarantee, by=by, on=on, at=at)
    claim.paid_on = on
    session.add(claim)
    session.flush()
    return claim


def _loan(session: Session, claim: Claim) -> Loan:
    return session.get_one(Loan, claim.loan_id)


def _parts(loan: Loan) -> dict[str, str]:
    return {"loan": loan.number, "product": loan.product.value}
