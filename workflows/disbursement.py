"""Money leaves the bank: asked for by the officer, paid out by the disburser (放款岗, TB-09), in tranches by milestone.

Nothing is paid before every condition is met, the guarantee is in force and every pledge is registered; above the
threshold the money goes to a named supplier, not to the borrower (受托支付, LOAN-06).
"""

from __future__ import annotations

from datetime import date, datetime

from sqlmodel import Session, col, select

from models.application import Application
from models.decision import Condition, Decision
from models.firm import Firm, Milestone
from models.loan import Contract, Loan, PayOut
from models.policies.rules import CreditRules, PrudenceRules
from models.queries.rules import rules_in_force
from models.refusals import BadInput, BrokenInvariant, Refusal
from models.roles import Actor, Role
from models.states.aftercare import GuaranteeStage
from models.states.application import APPLICATION
from models.states.loan import CONTRACT, LOAN, PAY_OUT, LoanStage, PayOutStage
from models.states.using import TRANCHE, TrancheStage
from models.tranche import Tranche
from models.values.money import ZERO, Money, total
from workflows import class_triggers, funding, guarantee, inspecting, moves
from workflows.booking import book
from workflows.drawing_up import guarantee_for
from workflows.given import part_at_least, said
from workflows.loan_account import draw_principal
from workflows.moves import move, require
from workflows.numbering import Series, next_number
from workflows.pledging import pledges_of
from workflows.posting import take_turn

PLEDGE_CONDITION = "pledge"
"""A condition of this kind asks for a registered pledge before anything is paid out."""

RESERVING = (GuaranteeStage.RESERVED, GuaranteeStage.PROPOSED)
"""Stages in which a guarantee takes capacity without being in force."""

UNDRAWN_TRANCHES = (TrancheStage.PLANNED, TrancheStage.PROVED, TrancheStage.CLEARED)


class LoanNotDrawable(Refusal):
    """The loan is in no stage, or outside the term, in which money can be drawn."""


class BorrowerInArrears(Refusal):
    """Who owes something that is late gets nothing more."""


class MoreThanUndrawn(Refusal):
    """More is asked for than the contract still promises, counting requests that wait."""


class ConditionsOpen(Refusal):
    """Conditions precedent are not met yet."""


class GuaranteeNotInForce(Refusal):
    """The decision asks for a guarantee, and it is not in force."""


class PledgesNotRegistered(Refusal):
    """A pledge secures nothing before its registration (IP-01)."""


class MilestoneNotReached(Refusal):
    """The tranche hangs on a milestone that the firm has not reached."""


class EntrustedPaymentNeeded(BadInput):
    """Above the threshold money is paid to the named supplier, not to the borrower itself (LOAN-06)."""


class TrancheNeeded(Refusal):
    """The contract has a plan of pay-outs: money is asked for by its tranches, whole."""


class BankReferenceUsed(BadInput):
    """A bank reference stands for one payment only."""


class RequestsWaiting(Refusal):
    """Requests for pay-outs wait for the disburser's answer."""


class NothingUndrawn(Refusal):
    """The whole amount has been drawn already."""


def request_pay_out(
    session: Session,
    *,
    loan: Loan,
    amount: Money,
    payee: str,
    milestone: str = "",
    by_plan: bool = False,
    by: Actor,
    on: date,
    at: datetime,
) -> PayOut:
    """Ask for a tranche. `milestone` is the title of a milestone of the firm, or words of one's own.

    `by_plan` says that the request draws a planned tranche (`workflows/tranches.py`). Refuses with TrancheNeeded where
    there is a plan and it does not, with LoanNotDrawable, BorrowerInArrears, MoreThanUndrawn, PartTooSmall,
    ConditionsOpen, GuaranteeNotInForce,
    PledgesNotRegistered, MilestoneNotReached, EntrustedPaymentNeeded.
    """
    require(by, "pay_out.request", Role.LOAN_OFFICER)
    if amount <= ZERO:
        raise funding.AmountNotAboveNought(field="amount", amount=amount)
    payee = said(payee, "payee")
    if not by_plan and _has_plan(session, loan):
        raise TrancheNeeded(loan=loan.number)
    left = undrawn(loan) - _waiting(session, loan)
    if amount > left:
        raise MoreThanUndrawn(loan=loan.number, left=left, asked=amount)
    rules = rules_in_force(session, CreditRules, on)
    part_at_least(amount, "amount", least=rules.tranche_min, left=left)
    _check_ready(session, loan, milestone.strip(), on)
    threshold = rules.entrusted_threshold
    entrusted = amount > threshold or _new_and_ordinary(session, loan, on)
    if entrusted and payee == session.get_one(Firm, loan.firm_id).name:
        raise EntrustedPaymentNeeded(field="payee", threshold=threshold, payee=payee)
    row = PayOut.model_validate(
        {
            "number": next_number(session, Series.PAY_OUT, on),
            "loan_id": loan.key,
            "application_id": loan.application_id,
            "amount": amount,
            "milestone": milestone.strip(),
            "payee": payee,
            "entrusted": entrusted,
        }
    )
    session.add(row)
    session.flush()
    moves.note(session, row, "request", by=by, on=on, at=at, reason=row.milestone)
    return row


def pay_out(session: Session, *, pay_out: PayOut, bank_ref: str, by: Actor, on: date, at: datetime) -> PayOut:
    """Pay a tranche out: into the books, funded by drawings, with the schedule that repays it.

    What had to hold when it was asked for must hold still. Refuses as `request_pay_out` does, and with
    BankReferenceUsed, with LimitReached if the bank lacks the cash, with DaysNotRun when days are missing.
    """
    loan = session.get_one(Loan, pay_out.loan_id)
    take_turn(session)
    ref = said(bank_ref, "bank_ref")
    if session.exec(select(PayOut.id).where(PayOut.bank_ref == ref, PayOut.id != pay_out.id)).first() is not None:
        raise BankReferenceUsed(field="bank_ref", bank_ref=ref)
    _check_ready(session, loan, pay_out.milestone, on)
    contract = session.get_one(Contract, loan.contract_id)
    if on < contract.start_on:
        raise LoanNotDrawable(loan=loan.number, stage=loan.stage, start_on=contract.start_on, end_on=contract.end_on)
    move(session, PAY_OUT, pay_out, "pay", by=by, on=on, at=at)
    pay_out.paid_on, pay_out.bank_ref = on, ref
    session.add(pay_out)
    _refuse_part_of_tranche(session, pay_out)
    if loan.stage is LoanStage.UNDRAWN:
        move(session, LOAN, loan, "open", by=by, on=on, at=at)
    book(
        session,
        "disbursed",
        key=f"pay_out:{pay_out.number}",
        cause=f"tranche {pay_out.number} of {loan.number}",
        amounts={"amount": pay_out.amount},
        parts={"loan": loan.number},
        by=by,
        on=on,
        at=at,
    )
    draw_principal(session, loan, pay_out.amount, on=on, by=by, at=at)
    class_triggers.refresh(session, firm_id=loan.firm_id, on=on, at=at)
    funding.allocate(session, pay_out=pay_out)
    inspecting.after_pay_out(session, pay_out=pay_out, on=on)
    return pay_out


def refuse_pay_out(session: Session, *, pay_out: PayOut, reason: str, by: Actor, on: date, at: datetime) -> PayOut:
    """Send a request back; the promise stays, and another may be asked for: the tranche is cleared still."""
    move(session, PAY_OUT, pay_out, "refuse", by=by, on=on, at=at, reason=reason)
    tranche = _tranche_of(session, pay_out)
    if tranche is not None:
        tranche.pay_out_id = None
        move(session, TRANCHE, tranche, "reopen", by=by, on=on, at=at, reason=reason)
    return pay_out


def stop_drawing(session: Session, *, loan: Loan, reason: str, by: Actor, on: date, at: datetime) -> Loan:
    """Take back the promise of what has not been drawn: the books forget it, the guarantee covers what is owed.

    A loan of which nothing was ever drawn is cancelled by it; its guarantee ends, and so does the application unless
    another loan lives under it. Refuses with NothingUndrawn, and with RequestsWaiting before these are answered.
    """
    require(by, "loan.stop_drawing", Role.LOAN_OFFICER, Role.SYSTEM)
    rest = undrawn(loan)
    if not rest:
        raise NothingUndrawn(loan=loan.number)
    if waiting := _waiting(session, loan):
        raise RequestsWaiting(loan=loan.number, waiting=waiting)
    cover = guarantee_for(session, loan.number)
    reserved = cover if cover is not None and cover.stage in RESERVING else None
    moves.note(session, loan, "stop_drawing", by=by, on=on, at=at, reason=reason)
    book(
        session,
        "approval_lapsed",
        key=f"stop_drawing:{loan.number}",
        cause=f"undrawn rest of {loan.number}",
        amounts={"amount": rest, "guaranteed": reserved.amount if reserved else ZERO},
        parts={"loan": loan.number, "application": reserved.number if reserved else ""},
        by=by,
        on=on,
        at=at,
    )
    loan.amount = loan.disbursed
    session.add(loan)
    session.flush()
    if reserved is not None:
        guarantee.lapse(session, guarantee=reserved, reason=reason, by=by, on=on, at=at)
    elif cover is not None:
        guarantee.reduce(session, guarantee=cover, principal_outstanding=loan.outstanding, by=by, on=on, at=at)
    planned = select(Tranche).where(Tranche.contract_id == loan.contract_id)
    for tranche in session.exec(planned.where(col(Tranche.stage).in_(UNDRAWN_TRANCHES))).all():
        move(session, TRANCHE, tranche, "cancel", by=by, on=on, at=at, reason=reason)
    if loan.stage is LoanStage.UNDRAWN:
        _cancel(session, loan, reason, by=by, on=on, at=at)
    return loan


def undrawn(loan: Loan) -> Money:
    """What the bank still promises under the loan's contract."""
    return loan.amount - loan.disbursed


def _cancel(session: Session, loan: Loan, reason: str, *, by: Actor, on: date, at: datetime) -> None:
    move(session, LOAN, loan, "cancel", by=by, on=on, at=at, reason=reason)
    move(session, CONTRACT, session.get_one(Contract, loan.contract_id), "fulfil", by=by, on=on, at=at)
    living = select(Loan.id).where(
        Loan.application_id == loan.application_id,
        col(Loan.stage).in_((LoanStage.UNDRAWN, LoanStage.ACTIVE, LoanStage.DEFAULTED, LoanStage.HANDED_OVER)),
    )
    if session.exec(living).first() is None:
        application = session.get_one(Application, loan.application_id)
        move(session, APPLICATION, application, "close", by=by, on=on, at=at)


def _waiting(session: Session, loan: Loan) -> Money:
    requests = select(PayOut).where(PayOut.loan_id == loan.key, PayOut.stage == PayOutStage.REQUESTED)
    return total(request.amount for request in session.exec(requests))


def _has_plan(session: Session, loan: Loan) -> bool:
    query = select(Tranche.id).where(
        Tranche.contract_id == loan.contract_id, col(Tranche.stage) != TrancheStage.CANCELLED
    )
    return session.exec(query.limit(1)).first() is not None


def _tranche_of(session: Session, pay_out: PayOut) -> Tranche | None:
    return session.exec(select(Tranche).where(Tranche.pay_out_id == pay_out.key)).first()


def _refuse_part_of_tranche(session: Session, pay_out: PayOut) -> None:
    """A tranche is paid whole: interest is never kept back from it (LOAN-12)."""
    tranche = _tranche_of(session, pay_out)
    if tranche is not None and tranche.amount != pay_out.amount:
        raise BrokenInvariant("part of a tranche", pay_out=pay_out.number, tranche=tranche.amount, paid=pay_out.amount)


def _new_and_ordinary(session: Session, loan: Loan, on: date) -> bool:
    """LOAN-06: a client without an earlier loan whose grade counts as ordinary is paid by entrusted payment."""
    earlier = select(Loan.id).where(Loan.firm_id == loan.firm_id, Loan.id != loan.key, col(Loan.opened_on).is_not(None))
    if session.exec(earlier.limit(1)).first() is not None:
        return False
    decision = session.get_one(Decision, session.get_one(Contract, loan.contract_id).decision_id)
    return decision.offer.get("grade") in rules_in_force(session, PrudenceRules, on).ordinary_grades


def _check_ready(session: Session, loan: Loan, milestone: str, on: date) -> None:
    """Everything that has to hold both when a tranche is asked for and when it is paid."""
    contract = session.get_one(Contract, loan.contract_id)
    decision = session.get_one(Decision, contract.decision_id)
    if loan.stage not in (LoanStage.UNDRAWN, LoanStage.ACTIVE) or on >= contract.end_on:
        raise LoanNotDrawable(loan=loan.number, stage=loan.stage, start_on=contract.start_on, end_on=contract.end_on)
    if loan.oldest_unpaid is not None:
        raise BorrowerInArrears(loan=loan.number, since=loan.oldest_unpaid)
    conditions = session.exec(select(Condition).where(Condition.decision_id == decision.key)).all()
    if unmet := [condition.text for condition in conditions if condition.met_on is None]:
        raise ConditionsOpen(loan=loan.number, number=len(unmet), conditions=unmet)
    if decision.guarantee_share_ppm:
        cover = guarantee_for(session, loan.number)
        if cover is None or cover.stage is not GuaranteeStage.IN_FORCE:
            raise GuaranteeNotInForce(loan=loan.number, stage=cover.stage if cover else "")
    pledges = pledges_of(session, contract)
    wanted = any(condition.kind == PLEDGE_CONDITION for condition in conditions)
    if (wanted and not pledges) or any(pledge.registered_on is None for pledge in pledges):
        waiting = sum(pledge.registered_on is None for pledge in pledges)
        raise PledgesNotRegistered(contract=contract.number, waiting=waiting)
    reached = session.exec(
        select(Milestone).where(Milestone.firm_id == loan.firm_id, Milestone.title == milestone)
    ).all()
    if reached and all(one.reached_on is None or one.reached_on > on for one in reached):
        raise MilestoneNotReached(milestone=milestone, due_on=reached[0].due_on)
