"""From an approved offer to a signed contract (借款合同, LOAN-31): drawn up by one person, signed off by another (TB-09).

The approval has promised the money and given the loan its number; the contract fixes price, dates and the way of
repaying; the signature opens the loan's account, still without a fen drawn. Pledges and renewals stand in files of
their own and can be reached from here.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime

from sqlmodel import Session, col, select

from models.application import Application
from models.decision import Condition, Decision
from models.firm import Firm
from models.lending.repricing import Repricing
from models.lending.terms import Frequency, PlannedPrincipal
from models.loan import Contract, Loan
from models.refusals import Refusal
from models.roles import Actor, Role
from models.states.aftercare import GuaranteeStage
from models.states.application import APPLICATION
from models.states.loan import CONTRACT, ContractStage
from models.values.rate import Rate
from workflows import moves
from workflows.applying import wind_clock
from workflows.drawing_up import (
    FirmNotFounded,
    NoQuotation,
    NotApproved,
    OfferExpired,
    PlanNotValid,
    RateOffTheGrid,
    StartInThePast,
    founded_firm,
    guarantee_for,
    margin_bp,
    opened,
    standing_decision,
    written,
)
from workflows.given import said
from workflows.moves import move, require
from workflows.pledging import PledgeRefused, bars_against, pledge, pledges_of, register_pledge, release_pledges
from workflows.renewing import NotRenewable, draw_up_renewal, renewal_of, sign_renewal

__all__ = [
    "ConditionMet",
    "ContractStands",
    "FirmNotFounded",
    "GuaranteeMissing",
    "NoQuotation",
    "NotApproved",
    "NotRenewable",
    "OfferExpired",
    "PlanNotValid",
    "PledgeRefused",
    "RateOffTheGrid",
    "StartInThePast",
    "bars_against",
    "cancel_contract",
    "draw_up",
    "draw_up_renewal",
    "grounds",
    "guarantee_for",
    "margin_bp",
    "meet_condition",
    "pledge",
    "pledges_of",
    "register_pledge",
    "release_pledges",
    "renewal_of",
    "sign",
    "sign_renewal",
    "stop_of",
]


class ContractStands(Refusal):
    """The approval has a contract already that is drawn up or signed."""


class GuaranteeMissing(Refusal):
    """The decision asks for a guarantee, and the guarantor has not put one up yet."""


class ConditionMet(Refusal):
    """The condition was proved before."""


def grounds(session: Session, application: Application, on: date) -> tuple[Decision, Firm]:
    """The approval that a contract would rest on today, and the firm that would sign it.

    Refuses with NotApproved, OfferExpired, ContractStands, FirmNotFounded (TB-02).
    """
    decision = standing_decision(session, application, on)
    stands = select(Contract).where(
        Contract.decision_id == decision.key,
        col(Contract.stage).in_((ContractStage.DRAWN_UP, ContractStage.SIGNED)),
    )
    if (standing := session.exec(stands).first()) is not None:
        raise ContractStands(contract=standing.number, stage=standing.stage)
    return decision, founded_firm(session, application)


def stop_of(session: Session, application: Application, on: date) -> Refusal | None:
    """What keeps the contract of an approved application from being drawn up today, or None: for pages that offer it."""
    try:
        grounds(session, application, on)
    except Refusal as stop:
        return stop
    return None


def draw_up(
    session: Session,
    *,
    application: Application,
    start_on: date,
    plan: Sequence[PlannedPrincipal] = (),
    settle_freq: Frequency | None = None,
    repricing: Repricing | None = None,
    by: Actor,
    on: date,
    at: datetime,
) -> Contract:
    """Draw up the contract of an approved application: amount, term and rate as approved, the rest by the rules.

    `plan` is needed for free-form repayment only; `settle_freq` overrides the rules' where interest is settled by
    itself, and is optional for a free-form plan (without it interest falls due with each principal).
    `repricing` says when the rate follows the LPR, the rules say it otherwise (LOAN-09). Refuses with
    NotApproved, OfferExpired, FirmNotFounded (TB-02), ContractStands, StartInThePast, PlanNotValid, RateOffTheGrid,
    NoQuotation.
    """
    require(by, "contract.draw_up", Role.LOAN_OFFICER)
    decision, firm = grounds(session, application, on)
    if decision.amount is None or decision.term_months is None or decision.rate is None:
        raise NotApproved(application=application.number, stage=application.stage)
    return written(
        session,
        application=application,
        decision=decision,
        firm=firm,
        amount=decision.amount,
        rate=decision.rate,
        method=decision.method or application.method,
        start_on=start_on,
        term_months=decision.term_months,
        plan=plan,
        settle_freq=settle_freq,
        repricing=repricing,
        by=by,
        on=on,
        at=at,
    )


def meet_condition(
    session: Session, *, condition: Condition, proof: str, by: Actor, on: date, at: datetime
) -> Condition:
    """Record that a condition precedent is met, with what proves it. Refuses with ConditionMet, FieldEmpty."""
    require(by, "condition.meet", Role.LOAN_OFFICER, Role.CREDIT_REVIEWER)
    if condition.met_on is not None:
        raise ConditionMet(text=condition.text, met_on=condition.met_on)
    condition.proof = said(proof, "proof")
    condition.met_on, condition.met_by = on, by.user_id
    session.add(condition)
    session.flush()
    decision = session.get_one(Decision, condition.decision_id)
    case = f"application:{decision.application_id}"
    moves.note(session, condition, "meet", by=by, on=on, at=at, reason=condition.proof, case=case)
    return condition


def sign(session: Session, *, contract: Contract, by: Actor, on: date, at: datetime) -> Loan:
    """Sign a contract that another person drew up, and open the loan's account under the number of the approval.

    Refuses with OfferExpired, FirmNotFounded, GuaranteeMissing while the decision's guarantee is not put up, and with
    SameHand for whoever drew it up, investigated or approved (TB-09).
    """
    application = session.get_one(Application, contract.application_id)
    decision = standing_decision(session, application, on)
    founded_firm(session, application)
    cover = guarantee_for(session, decision.loan_number or "")
    if decision.guarantee_share_ppm and (
        cover is None or cover.stage not in (GuaranteeStage.PROPOSED, GuaranteeStage.IN_FORCE)
    ):
        raise GuaranteeMissing(application=application.number, share=Rate(decision.guarantee_share_ppm))
    move(session, CONTRACT, contract, "sign", by=by, on=on, at=at)
    move(session, APPLICATION, application, "contract", by=by, on=on, at=at)
    wind_clock(session, application, on)
    return opened(session, contract, application, number=decision.loan_number or "", cover=cover, on=on)


def cancel_contract(
    session: Session, *, contract: Contract, reason: str, by: Actor, on: date, at: datetime
) -> Contract:
    """Give up a contract that was not signed; the approval still stands, and another may be drawn up."""
    move(session, CONTRACT, contract, "cancel", by=by, on=on, at=at, reason=reason)
    return contract
