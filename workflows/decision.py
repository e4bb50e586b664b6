"""The credit committee decides on the panel's opinion: approve, reject, defer; an approval that is not used lapses.

An approval takes what it promises at once: the bank's undrawn commitment and the guarantor's capacity stand in the
books under the loan's number from that moment on. Writers take turns, and every limit is measured inside the turn, so
two approvals never take the same last capacity. Each decision keeps its inputs and the versions of its rules.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime, timedelta
from typing import Any

from sqlmodel import Session, col, select

from models.application import Application
from models.decision import Ceiling, Condition, Decision, Outcome
from models.guarantee import Guarantee
from models.loan import Contract
from models.policies.rules import IntakeRules
from models.queries.guarantees import guarantee_of_decision
from models.queries.rules import rules_in_force
from models.refusals import BadInput, Refusal
from models.review import Advice
from models.roles import Actor, Role
from models.states.aftercare import GuaranteeStage
from models.states.application import APPLICATION
from models.states.loan import CONTRACT, ContractStage
from models.values.money import ZERO, Money
from models.values.rate import PPM_PER_BASIS_POINT, Rate
from scoring.offer import Offer, pledge_needed
from workflows import checking, guarantee
from workflows.applying import wind_clock
from workflows.booking import book
from workflows.given import at_least
from workflows.moves import ReasonNeeded, move, require
from workflows.numbering import Series, next_number
from workflows.offering import Basis, basis_of, propose_offer
from workflows.posting import take_turn
from workflows.replaying import Difference, ReplayResult, replay, replay_all
from workflows.scoring_desk import refuse_stopped

__all__ = [
    "Difference",
    "ReplayResult",
    "approve",
    "defer",
    "lapse",
    "propose_offer",
    "reject",
    "replay",
    "replay_all",
    "standing_approval",
]

HUNDREDTHS = 100
AGREED = "agreed"
"""A condition in the panel's or the committee's words."""
PLEDGE = "pledge"
"""A condition that rights be pledged; its text names them by their numbers."""


class GradeTooLow(Refusal):
    """The grade is below the least one that gets credit."""


class NothingToOffer(Refusal):
    """Some part of the offer leaves no room for an amount."""


class NothingApproved(BadInput):
    """An approval of nought or less is none: reject the application instead."""


class AboveOffer(Refusal):
    """More than the offer: what is asked for, secured, needed, or allowed for the product."""


class ExposureLimit(Refusal):
    """One client would take more than a limit leaves; facts: limit (the rule), cap, used, asked, headroom."""


class FundSingleCap(ExposureLimit):
    """One client's loans would exceed the programme's cap (TB-11)."""


class FundSingleShare(ExposureLimit):
    """One client's loans would exceed their share of the open facilities' commitments (TB-11)."""


class BankSingleLimit(ExposureLimit):
    """One borrower's loans would exceed their share of the bank's capital (LOAN-08)."""


class RateOutOfBounds(BadInput):
    """The rate lies outside the bounds of the credit rules."""


class RateNotInBasisPoints(BadInput):
    """A rate is decided in whole basis points (LOAN-09)."""


class NotApprovedYet(Refusal):
    """There is no approval that could lapse."""


LIMITS: dict[Ceiling, tuple[type[ExposureLimit], str]] = {
    Ceiling.FUND_SINGLE_CAP: (FundSingleCap, "TB-11"),
    Ceiling.FUND_SINGLE_SHARE: (FundSingleShare, "TB-11"),
    Ceiling.BANK_SINGLE: (BankSingleLimit, "LOAN-08"),
}


def approve(
    session: Session,
    *,
    application: Application,
    amount: Money | None = None,
    term_months: int | None = None,
    rate: Rate | None = None,
    guarantee_share: Rate | None = None,
    conditions: Sequence[str] | None = None,
    reason: str = "",
    by: Actor,
    on: date,
    at: datetime,
) -> Decision:
    """Approve the credit: within the offer, which is made anew on the day; whatever is not given is the offer's own.

    Where the panel advised a smaller amount than the offer, that is what is approved unless another is given.
    `conditions` are the opinion's unless given; what the amount leans on pledges for becomes a condition too. A reason
    is needed where the committee goes beyond the panel's advice, below the offer's price, or drops a condition.
    Refuses with HardStop, CheckStops, GradeTooLow, NothingToOffer, NothingApproved, AmountTooSmall,
    AboveOffer, the kinds of ExposureLimit,
    RateOutOfBounds, RateNotInBasisPoints, TermTooLong, ShareNotPossible, ReasonNeeded, the kinds of GuaranteeLimit,
    and as moves do.
    """
    _at_the_table(session, application, "approve", by)
    basis = basis_of(session, application, on=on, term_months=term_months, guarantee_share=guarantee_share)
    refuse_stopped(basis.sheet)
    offer = basis.offer()
    amount = min(offer.amount, basis.opinion.amount or offer.amount) if amount is None else amount
    _refuse_beyond(offer, amount, basis)
    product = rules_in_force(session, IntakeRules, on).products[application.product]
    at_least(amount, "amount", least=product.min_amount)
    rate = offer.rate if rate is None else rate
    _refuse_rate(rate, basis)
    fee = offer.all_in.ppm - offer.rate.ppm
    checking.refuse_stopped(
        session,
        application=application,
        amount=amount,
        term_months=offer.term_months,
        all_in=Rate(rate.ppm + fee),
        on=on,
    )
    wanted = tuple(basis.opinion.conditions if conditions is None else conditions)
    if not reason.strip() and _departs(basis, offer, amount, rate, wanted):
        raise ReasonNeeded(field="reason", act="application.approve")
    move(session, APPLICATION, application, "approve", by=by, on=on, at=at, reason=reason)
    wind_clock(session, application, on)
    valid_to = on + timedelta(days=basis.credit.offer_valid_days)
    granted = {
        "amount": amount,
        "term_months": offer.term_months,
        "method": application.method,
        "rate": rate,
        "guarantee_share_ppm": offer.guarantee_share.ppm,
        "valid_to": valid_to,
        "loan_number": next_number(session, Series.LOAN, on),
        "inputs": basis.record(on) | {"pledge_needed_fen": pledge_needed(amount, basis.inputs, basis.credit).fen},
    }
    decision = _filed(session, application, basis, offer, Outcome.APPROVED, reason, granted, by=by, on=on, at=at)
    _set_conditions(session, decision, basis, wanted)
    _promise(session, application, decision, amount, offer, valid_to, by=by, on=on, at=at)
    return decision


def _set_conditions(session: Session, decision: Decision, basis: Basis, wanted: Sequence[str]) -> None:
    """The conditions precedent: the committee's words, and the pledge of the rights that the amount leans on."""
    conditions = [Condition(decision_id=decision.key, kind=AGREED, text=text) for text in wanted]
    if decision.inputs["pledge_needed_fen"]:
        rights = [reason["facts"]["number"] for reason in basis.sheet.reasons if reason["code"] == "ip.secures"]
        conditions.append(Condition(decision_id=decision.key, kind=PLEDGE, text=", ".join(rights)[:400]))
    session.add_all(conditions)
    session.flush()


def reject(session: Session, *, application: Application, reason: str, by: Actor, on: date, at: datetime) -> Decision:
    """Decline the credit, with the reason that the applicant is told. The offer that stood is kept with it."""
    return _declined(session, application, "reject", Outcome.REJECTED, reason, by=by, on=on, at=at)


def defer(session: Session, *, application: Application, reason: str, by: Actor, on: date, at: datetime) -> Decision:
    """Put the decision off: the application may be taken up again, investigated, scored and reviewed anew."""
    return _declined(session, application, "defer", Outcome.DEFERRED, reason, by=by, on=on, at=at)


def lapse(session: Session, *, application: Application, reason: str, by: Actor, on: date, at: datetime) -> Decision:
    """Let an approval go that has not become a contract, because it ran out or the applicant gave it up.

    Promise and guarantee capacity are set free in the same moment; a guarantee that was in force already is released,
    a contract that was drawn up is cancelled. Refuses with NotApprovedYet, MoveNotOpen, NotAllowed, ReasonNeeded.
    """
    take_turn(session)
    session.refresh(application)
    decision = standing_approval(session, application)
    if decision is None or decision.amount is None or decision.loan_number is None:
        raise NotApprovedYet(application=application.number)
    move(session, APPLICATION, application, "lapse", by=by, on=on, at=at, reason=reason)
    wind_clock(session, application, on)
    unsigned = select(Contract).where(Contract.decision_id == decision.key, Contract.stage == ContractStage.DRAWN_UP)
    for contract in session.exec(unsigned):
        move(session, CONTRACT, contract, "cancel", by=by, on=on, at=at, reason=reason)
    cover = guarantee_of_decision(session, decision.key)
    reserved = _let_go(session, cover, reason, by=by, on=on, at=at) if cover else ZERO
    book(
        session,
        "approval_lapsed",
        key=f"lapse:{decision.loan_number}",
        cause=f"{decision.number} {decision.loan_number}",
        amounts={"amount": decision.amount, "guaranteed": reserved},
        parts={"loan": decision.loan_number, "application": cover.number if cover else ""},
        by=by,
        on=on,
        at=at,
    )
    return decision


def standing_approval(session: Session, application: Application) -> Decision | None:
    """The newest approval of an application, or None."""
    query = select(Decision).where(Decision.application_id == application.key, Decision.outcome == Outcome.APPROVED)
    return session.exec(query.order_by(col(Decision.id).desc()).limit(1)).first()


def _at_the_table(session: Session, application: Application, verb: str, by: Actor) -> None:
    """Wait for the writer's turn, then look at the application as it stands now, before anything is weighed."""
    session.flush()
    take_turn(session)
    session.refresh(application)
    APPLICATION.find(verb, application.stage)
    require(by, f"application.{verb}", Role.CREDIT_COMMITTEE)


def _refuse_beyond(offer: Offer, amount: Money, basis: Basis) -> None:
    if offer.binding is Ceiling.GRADE:
        raise GradeTooLow(grade=offer.grade, least=basis.credit.least_grade, points=offer.points)
    for part in offer.parts:
        if part.name in LIMITS and part.amount is not None and (amount > part.amount or not part.amount):
            refusal, limit = LIMITS[part.name]
            used = Money(basis.inputs.exposure_fen)
            cap = Money(part.inputs["cap_fen"])
            raise refusal(limit=limit, cap=cap, used=used, asked=amount, headroom=part.amount)
    if not offer.amount:
        raise NothingToOffer(binding=offer.binding)
    if amount <= ZERO:
        raise NothingApproved(field="amount", given=amount)
    if amount > offer.amount:
        raise AboveOffer(asked=amount, offer=offer.amount, binding=offer.binding)


def _refuse_rate(rate: Rate, basis: Basis) -> None:
    if not basis.credit.rate_floor <= rate <= basis.credit.rate_cap:
        raise RateOutOfBounds(field="rate", given=rate, floor=basis.credit.rate_floor, cap=basis.credit.rate_cap)
    if rate.ppm % PPM_PER_BASIS_POINT:
        raise RateNotInBasisPoints(field="rate", given=rate)


def _departs(basis: Basis, offer: Offer, amount: Money, rate: Rate, conditions: Sequence[str]) -> bool:
    """Whether an approval goes beyond what the panel advised, or below what the offer costs."""
    advised = basis.opinion
    return (
        advised.advice in (Advice.RESUBMIT, Advice.REJECT)
        or advised.total_hundredths < basis.review.pass_mark * HUNDREDTHS
        or (advised.amount is not None and amount > advised.amount)
        or rate < offer.rate
        or not set(advised.conditions) <= set(conditions)
    )


def _declined(
    session: Session,
    application: Application,
    verb: str,
    outcome: Outcome,
    reason: str,
    *,
    by: Actor,
    on: date,
    at: datetime,
) -> Decision:
    _at_the_table(session, application, verb, by)
    basis = basis_of(session, application, on=on)
    move(session, APPLICATION, application, verb, by=by, on=on, at=at, reason=reason)
    wind_clock(session, application, on)
    return _filed(session, application, basis, basis.offer(), outcome, reason, {}, by=by, on=on, at=at)


def _filed(
    session: Session,
    application: Application,
    basis: Basis,
    offer: Offer,
    outcome: Outcome,
    reason: str,
    granted: dict[str, Any],
    *,
    by: Actor,
    on: date,
    at: datetime,
) -> Decision:
    decision = Decision.model_validate(
        {
            "number": next_number(session, Series.DECISION, on),
            "application_id": application.key,
            "opinion_id": basis.opinion.key,
            "score_sheet_id": basis.sheet.key,
            "outcome": outcome,
            "offer": offer.as_dict(),
            "inputs": basis.record(on),
            "rules_version": f"{basis.credit.version}, {basis.exposure.version}",
            "reason": reason.strip(),
            "decided_on": on,
            "decided_at": at,
            "decided_by": by.user_id,
            **granted,
        }
    )
    session.add(decision)
    session.flush()
    return decision


def _promise(
    session: Session,
    application: Application,
    decision: Decision,
    amount: Money,
    offer: Offer,
    valid_to: date,
    *,
    by: Actor,
    on: date,
    at: datetime,
) -> None:
    """Take the guarantor's capacity and book what the bank has promised."""
    loan_number = decision.loan_number or ""
    guaranteed = offer.guarantee_share.of_amount(amount)
    cover: Guarantee | None = None
    if guaranteed:
        cover = guarantee.reserve(
            session,
            application=application,
            decision=decision,
            amount_guaranteed=guaranteed,
            share_ppm=offer.guarantee_share.ppm,
            principal=amount,
            term_months=offer.term_months,
            reserved_to=valid_to,
            loan_number=loan_number,
            by=by,
            on=on,
            at=at,
        )
    book(
        session,
        "loan_approved",
        key=f"approve:{loan_number}",
        cause=f"{decision.number} {loan_number}",
        amounts={"amount": amount, "guaranteed": guaranteed},
        parts={"loan": loan_number, "application": cover.number if cover else ""},
        by=by,
        on=on,
        at=at,
    )


def _let_go(session: Session, cover: Guarantee, reason: str, *, by: Actor, on: date, at: datetime) -> Money:
    """End the guarantee behind a lapsed approval; returns what was still only reserved."""
    if cover.stage in (GuaranteeStage.RESERVED, GuaranteeStage.PROPOSED):
        guarantee.lapse(session, guarantee=cover, reason=reason, by=by, on=on, at=at)
        return cover.amount
    if cover.stage is GuaranteeStage.IN_FORCE:
        guarantee.release(session, guarantee=cover, by=by, on=on, at=at)
    return ZERO
