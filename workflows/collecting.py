"""What the asset manager gets back on the claims it holds, and how a case ends (清收、结案)."""

from __future__ import annotations

from datetime import date, datetime

from sqlmodel import Session, col, select

from models.application import Application
from models.disposal import DisposalCase, Recovery
from models.equity import Conversion
from models.loan import Contract, Loan
from models.refusals import BadInput, Refusal
from models.roles import Actor, Role
from models.states.aftercare import DISPOSAL, ConversionStage, DisposalStage
from models.states.application import APPLICATION, Stage
from models.states.loan import CONTRACT, ContractStage, LoanStage
from models.values.money import ZERO, Money, total
from workflows.booking import book
from workflows.moves import move, note, require
from workflows.pledging import release_pledges
from workflows.posting import take_turn


class AmountNotPositive(BadInput):
    """An amount of nought or less where money must move, or a cost or price below nought."""


class CaseNotHeld(Refusal):
    """The asset manager does not hold the claim: it was not handed over yet, or has become shares, or is closed."""


class CollectedTwice(Refusal):
    """Money with this bank reference was entered before."""


class MoreThanClaimed(Refusal):
    """More would have been collected than is owed on the claim."""


def nominal_left(session: Session, case: DisposalCase) -> Money:
    """What is still owed on the claims that were handed over: less what was collected and what became shares.

    Interest after the hand-over is left aside: the case is kept at what was sold.
    """
    recoveries = session.exec(select(Recovery).where(Recovery.case_id == case.key))
    conversions = session.exec(
        select(Conversion).where(Conversion.case_id == case.key, Conversion.stage == ConversionStage.DONE)
    )
    gone = total(row.amount for row in recoveries) + total(row.claim for row in conversions)
    return case.bank_claim + case.guarantor_claim - gone


def collect(
    session: Session,
    *,
    case: DisposalCase,
    amount: Money,
    costs: Money = ZERO,
    source: str,
    bank_ref: str,
    by: Actor,
    on: date,
    at: datetime,
) -> Recovery:
    """Money comes in on a case: it pays the cost back first, the rest is a gain; what collecting cost is booked beside.

    Refuses with CaseNotHeld, CollectedTwice, MoreThanClaimed, AmountNotPositive.
    """
    require(by, "disposal_case.collect", Role.ASSET_MANAGER)
    take_turn(session)
    if case.stage is not DisposalStage.HELD:
        raise CaseNotHeld(case=case.number, stage=case.stage)
    if amount <= ZERO or costs < ZERO:
        raise AmountNotPositive(field="amount" if amount <= ZERO else "costs", given=min(amount, costs))
    if session.exec(select(Recovery.id).where(Recovery.bank_ref == bank_ref)).first() is not None:
        raise CollectedTwice(bank_ref=bank_ref)
    left = nominal_left(session, case)
    if amount > left:
        raise MoreThanClaimed(case=case.number, left=left, asked=amount)
    back = min(amount, case.cost)
    recovery = Recovery.model_validate(
        {"case_id": case.key, "on": on, "amount": amount, "costs": costs, "source": source, "bank_ref": bank_ref}
    )
    session.add(recovery)
    case.cost -= back
    session.add(case)
    session.flush()
    for event, amounts in (
        ("collected", {"amount": amount, "cost": back, "gain": amount - back}),
        ("collection_cost_paid", {"amount": costs}),
    ):
        book(
            session,
            event,
            key=f"{event}:{bank_ref}",
            cause=f"{case.number} {bank_ref}",
            amounts=amounts,
            parts={"case": case.number},
            by=by,
            on=on,
            at=at,
        )
    note(session, case, "collect", by=by, on=on, at=at, reason=source)
    return recovery


def close(session: Session, *, case: DisposalCase, reason: str = "", by: Actor, on: date, at: datetime) -> DisposalCase:
    """End a case: what was not got back of its cost is lost; pledges are given back, the contract and the applicant's
    file come to their end.

    A case that is still held needs a reason.
    """
    take_turn(session)
    move(session, DISPOSAL, case, "close", by=by, on=on, at=at, reason=reason)
    book(
        session,
        "case_closed_with_loss",
        key=f"case_closed:{case.number}",
        cause=case.number,
        amounts={"amount": case.cost},
        parts={"case": case.number},
        by=by,
        on=on,
        at=at,
    )
    case.cost, case.closed_on = ZERO, on
    session.add(case)
    _end_file(session, case, by=by, on=on, at=at)
    session.flush()
    return case


def _end_file(session: Session, case: DisposalCase, *, by: Actor, on: date, at: datetime) -> None:
    """The contract is over; the application too, unless another loan under it still lives."""
    loan = session.get_one(Loan, case.loan_id)
    release_pledges(session, loan=loan, by=by, on=on, at=at)
    contract = session.get_one(Contract, loan.contract_id)
    if contract.stage is ContractStage.SIGNED:
        move(session, CONTRACT, contract, "fulfil", by=by, on=on, at=at)
    live = (LoanStage.UNDRAWN, LoanStage.ACTIVE, LoanStage.DEFAULTED)
    others = session.exec(
        select(Loan.id)
        .join(DisposalCase, col(DisposalCase.loan_id) == Loan.id, isouter=True)
        .where(
            Loan.application_id == loan.application_id,
            col(Loan.stage).in_(live) | col(DisposalCase.stage).in_((DisposalStage.HELD, DisposalStage.CONVERTED)),
        )
    ).first()
    application = session.get_one(Application, loan.application_id)
    if others is None and application.stage is Stage.CONTRACTED:
        move(session, APPLICATION, application, "close", by=by, on=on, at=at)
