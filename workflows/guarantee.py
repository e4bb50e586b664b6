"""A guarantee's life: capacity is taken at approval, put in force by two people, follows the principal, ends with it.

What the books hold is always what the row holds: `guarantor.memo_reserved` while it is reserved or proposed (kept by
the guarantee's number), `guarantor.memo_in_force` afterwards (kept by the loan's number). The fee is charged ahead for
the whole term, earned on what is guaranteed day by day, and what was charged too much is given back (GUA-10).
"""

from __future__ import annotations

from datetime import date, datetime

from sqlmodel import Session, col, select

from models.application import Application
from models.decision import Decision
from models.firm import Firm
from models.guarantee import Guarantee
from models.loan import Contract, Loan
from models.policies.rules import GuaranteeRules
from models.queries.rules import rules_in_force
from models.refusals import BrokenInvariant, Refusal
from models.roles import Actor
from models.states.aftercare import GUARANTEE, GuaranteeStage
from models.states.loan import ContractStage
from models.values.calendar import add_months
from models.values.money import ZERO, Money
from models.values.rate import MILLION
from scoring.guarantee_math import Capacity
from workflows import guarantee_capacity, guarantee_fees, moves, posting
from workflows.booking import book
from workflows.guarantee_fees import earn_fees, provide_reserves
from workflows.moves import move
from workflows.numbering import Series, next_number

__all__ = [
    "ReservationExpired",
    "capacity",
    "close_honoured",
    "earn_fees",
    "lapse",
    "propose",
    "provide_reserves",
    "put_in_force",
    "reduce",
    "reinstate",
    "release",
    "reserve",
]


class ReservationExpired(Refusal):
    """The reserved capacity was promised until a day that has passed; the approval must be renewed."""


def capacity(session: Session, on: date) -> Capacity:
    """The guarantor's liability, caps and headroom as the books stand now (GUA-04 to GUA-06)."""
    return guarantee_capacity.capacity(session, on)


def reserve(
    session: Session,
    *,
    application: Application,
    decision: Decision,
    amount_guaranteed: Money,
    share_ppm: int,
    principal: Money,
    term_months: int,
    reserved_to: date,
    loan_number: str,
    replaces: Guarantee | None = None,
    by: Actor,
    on: date,
    at: datetime,
) -> Guarantee:
    """Take guarantee capacity for an approved loan; it stays taken until `reserved_to`.

    Waits for the writer's turn first, so that two approvals cannot take the same last capacity. The caller books
    `loan_approved` with the guaranteed amount, part application = the guarantee's number. `replaces` is the guarantee of
    the loan that is renewed: only what goes beyond it is new. Refuses with MultipleReached, SingleClientLimit or
    ClientGroupLimit (GUA-05, GUA-06).
    """
    if not ZERO < amount_guaranteed <= principal:
        raise BrokenInvariant("guaranteed part of a loan", guaranteed=amount_guaranteed, principal=principal)
    posting.take_turn(session)
    session.flush()
    firm = session.get(Firm, application.firm_id) if application.firm_id is not None else None
    weight = guarantee_capacity.check_limits(
        session, amount=amount_guaranteed, firm=firm, talent_id=application.talent_id, replaces=replaces, on=on
    )
    rules = rules_in_force(session, GuaranteeRules, on)
    guarantee = Guarantee.model_validate(
        {
            "number": next_number(session, Series.GUARANTEE, on),
            "application_id": application.key,
            "decision_id": decision.key,
            "loan_number": loan_number,
            "replaces_id": replaces.id if replaces else None,
            "firm_id": application.firm_id,
            "talent_id": application.talent_id,
            "amount": amount_guaranteed,
            "share_ppm": share_ppm,
            "weight_ppm": weight,
            "fee_rate": rules.fee_rate,
            "period_months": rules.period_months,
            "covers_interest": rules.covers_interest,
            "term_months": term_months,
            "reserved_to": reserved_to,
            "label": application.label,
        }
    )
    session.add(guarantee)
    session.flush()
    guarantee_capacity.reweigh(session, guarantee, on=on)
    moves.note(session, guarantee, "reserve", by=by, on=on, at=at)
    return guarantee


def propose(session: Session, *, guarantee: Guarantee, by: Actor, on: date, at: datetime) -> Guarantee:
    """Put the guarantee contract up for signature (GUA-18: joint liability). Refuses with ReservationExpired."""
    _refuse_expired(guarantee, on)
    application = session.get_one(Application, guarantee.application_id)
    guarantee.firm_id = application.firm_id
    move(session, GUARANTEE, guarantee, "propose", by=by, on=on, at=at)
    # The firm may have been founded since the approval, and be larger than one that was only planned.
    guarantee_capacity.reweigh(session, guarantee, on=on)
    return guarantee


def put_in_force(session: Session, *, guarantee: Guarantee, by: Actor, on: date, at: datetime) -> Guarantee:
    """Sign the guarantee contract: the capacity reserved becomes liability, and the fee for the term comes in (GUA-10).

    Not by the hand that proposed it. Refuses with ReservationExpired, SameHand, NotAllowed, MoveNotOpen.
    """
    _refuse_expired(guarantee, on)
    move(session, GUARANTEE, guarantee, "put_in_force", by=by, on=on, at=at)
    loan = session.exec(select(Loan).where(Loan.number == guarantee.loan_number)).first()
    matures_on = _maturity(session, guarantee, loan, on)
    guarantee.loan_id = loan.id if loan else guarantee.loan_id
    guarantee.in_force = guarantee.amount
    guarantee.in_force_on = on
    guarantee.ends_on = add_months(matures_on, guarantee.period_months)  # GUA-19
    session.add(guarantee)
    session.flush()
    parts = {"loan": guarantee.loan_number, "application": guarantee.number}
    book(
        session, "guarantee_in_force", key=f"in_force:{guarantee.number}",
        cause=f"{guarantee.number} {guarantee.loan_number}", amounts={"amount": guarantee.amount}, parts=parts, by=by, on=on, at=at,
    )  # fmt: skip
    guarantee_fees.charge(session, guarantee, matures_on=matures_on, by=by, on=on, at=at)
    return guarantee


def _refuse_expired(guarantee: Guarantee, on: date) -> None:
    if guarantee.reserved_to < on:
        raise ReservationExpired(number=guarantee.number, reserved_to=guarantee.reserved_to)


def _maturity(session: Session, guarantee: Guarantee, loan: Loan | None, on: date) -> date:
    """When the guaranteed loan matures: by its own row, by its contract, or a term from today."""
    if loan is not None:
        return loan.matures_on
    contract = session.exec(
        select(Contract)
        .where(Contract.decision_id == guarantee.decision_id, Contract.stage != ContractStage.CANCELLED)
        .order_by(col(Contract.id).desc())
    ).first()
    return contract.end_on if contract and contract.end_on > on else add_months(on, guarantee.term_months)


def reduce(
    session: Session, *, guarantee: Guarantee, principal_outstanding: Money, by: Actor, on: date, at: datetime
) -> Guarantee:
    """Let the liability follow the principal: the guaranteed share of what is owed and of what may still be drawn.

    Called by the loan's account whenever its principal has changed, up or down; a guarantee that is not in force stays
    as it is. At nought it is released.
    """
    if guarantee.stage is not GuaranteeStage.IN_FORCE:
        return guarantee
    if not principal_outstanding:
        return release(session, guarantee=guarantee, by=by, on=on, at=at)
    loan = session.exec(select(Loan).where(Loan.number == guarantee.loan_number)).first()
    undrawn = loan.amount - loan.disbursed if loan else ZERO
    target = min((principal_outstanding + undrawn).times(guarantee.share_ppm, MILLION), guarantee.amount)
    _follow(session, guarantee, target, by=by, on=on, at=at)
    return guarantee


def _follow(session: Session, guarantee: Guarantee, target: Money, *, by: Actor, on: date, at: datetime) -> None:
    difference = target - guarantee.in_force
    if not difference:
        return
    guarantee_fees.earn(session, guarantee, by=by, on=on, at=at)
    event = "guarantee_restored" if difference > ZERO else "guarantee_reduced"
    # The stamp grows with every change of the row, so each change of the liability has a key of its own.
    book(
        session, event, key=f"{event}:{guarantee.number}:{guarantee.stamp}",
        cause=f"{guarantee.number} {guarantee.loan_number}", amounts={"amount": Money(abs(difference.fen))}, parts={"loan": guarantee.loan_number}, by=by, on=on, at=at,
    )  # fmt: skip
    guarantee.in_force = target
    session.add(guarantee)
    guarantee_capacity.reweigh(session, guarantee, on=on)


def release(session: Session, *, guarantee: Guarantee, by: Actor, on: date, at: datetime) -> Guarantee:
    """End a guarantee whose loan is repaid: no liability is left, and the fee not earned goes back (GUA-10)."""
    move(session, GUARANTEE, guarantee, "release", by=by, on=on, at=at)
    _follow(session, guarantee, ZERO, by=by, on=on, at=at)
    guarantee_fees.refund_rest(session, guarantee, by=by, on=on, at=at)
    return guarantee


def reinstate(
    session: Session,
    *,
    guarantee: Guarantee,
    principal_outstanding: Money,
    reason: str,
    by: Actor,
    on: date,
    at: datetime,
) -> Guarantee:
    """Bind a released guarantee again, because the repayment that released it was reversed; the fee is not charged
    anew."""
    move(session, GUARANTEE, guarantee, "reinstate", by=by, on=on, at=at, reason=reason)
    guarantee.fee_through = on
    return reduce(session, guarantee=guarantee, principal_outstanding=principal_outstanding, by=by, on=on, at=at)


def lapse(session: Session, *, guarantee: Guarantee, reason: str, by: Actor, on: date, at: datetime) -> Guarantee:
    """Let reserved capacity go before it was ever in force. The caller books `approval_lapsed` with its amount."""
    move(session, GUARANTEE, guarantee, "lapse", by=by, on=on, at=at, reason=reason)
    guarantee_capacity.reweigh(session, guarantee, on=on)
    return guarantee


def close_honoured(session: Session, guarantee: Guarantee, *, by: Actor, on: date, at: datetime) -> None:
    """Leave nothing behind a guarantee whose claim was paid: no liability, and the rest of the fee is earned."""
    guarantee_fees.earn_rest(session, guarantee, by=by, on=on, at=at)
    guarantee.in_force = ZERO
    session.add(guarantee)
    guarantee_capacity.reweigh(session, guarantee, on=on)
