"""A contract's planned pay-outs (分次放款): so much on a milestone, its proof filed by one person and checked by another.

Where a contract has a plan, money is asked for by its tranches only, and always a whole tranche: nothing can be
deducted in advance, because no smaller amount can be paid (LOAN-12, Civil Code art. 670).
"""

from __future__ import annotations

from datetime import date, datetime

from sqlmodel import Session, col, select

from models.loan import Contract, Loan, PayOut
from models.refusals import BadInput, Refusal
from models.roles import Actor, Role
from models.states.loan import ContractStage, PayOutStage
from models.states.using import TRANCHE
from models.tranche import Tranche
from models.values.money import ZERO, Money, total
from workflows import disbursement
from workflows.funding import AmountNotAboveNought
from workflows.given import said
from workflows.moves import move, note, require


class MoreThanContract(Refusal):
    """The tranches together would exceed the contract's amount."""


class PlanTooLate(Refusal):
    """A tranche is planned while the contract is drawn up or signed."""


class TrancheOutsideTerm(BadInput):
    """A tranche is paid within the contract's term."""


class TrancheTooEarly(Refusal):
    """The tranche may not be drawn before its day."""


def plan_tranche(
    session: Session,
    *,
    contract: Contract,
    milestone: str,
    amount: Money,
    earliest_on: date,
    payee: str,
    payee_account: str = "",
    wanted: str,
    by: Actor,
    on: date,
    at: datetime,
) -> Tranche:
    """Plan a pay-out: the milestone, how much, not before which day, to which supplier, and what has to prove it.

    Refuses with PlanTooLate, TrancheOutsideTerm, AmountNotAboveNought, MoreThanContract, FieldEmpty.
    """
    require(by, "tranche.plan", Role.LOAN_OFFICER)
    if contract.stage not in (ContractStage.DRAWN_UP, ContractStage.SIGNED):
        raise PlanTooLate(contract=contract.number, subject="contract", stage=contract.stage)
    if amount <= ZERO:
        raise AmountNotAboveNought(field="amount", amount=amount)
    if not contract.start_on <= earliest_on < contract.end_on:
        raise TrancheOutsideTerm(
            field="earliest_on", given=earliest_on, start_on=contract.start_on, end_on=contract.end_on
        )
    planned = tranches_of(session, contract)
    standing = total(one.amount for one in planned if one.stage.stands)
    loan = session.exec(select(Loan).where(Loan.contract_id == contract.key)).first()
    unplanned = _drawn_without_plan(session, loan, planned) if loan else ZERO
    left = (loan.amount if loan else contract.amount) - standing - unplanned
    if amount > left:
        raise MoreThanContract(contract=contract.number, asked=amount, left=left)
    row = Tranche.model_validate(
        {
            "contract_id": contract.key,
            "application_id": contract.application_id,
            "number": max((one.number for one in planned), default=0) + 1,
            "milestone": said(milestone, "milestone"),
            "amount": amount,
            "earliest_on": earliest_on,
            "payee": said(payee, "payee"),
            "payee_account": payee_account.strip(),
            "wanted": said(wanted, "wanted"),
        }
    )
    session.add(row)
    note(session, row, "plan", by=by, on=on, at=at, reason=row.milestone)
    return row


def tranches_of(session: Session, contract: Contract) -> list[Tranche]:
    """Every tranche of a contract, cancelled ones too, in their order."""
    query = select(Tranche).where(Tranche.contract_id == contract.key)
    return list(session.exec(query.order_by(col(Tranche.number))))


def prove(session: Session, *, tranche: Tranche, proof: str, by: Actor, on: date, at: datetime) -> Tranche:
    """File what proves the milestone; another person looks at it. Refuses with FieldEmpty, and as moves do."""
    proof = said(proof, "proof")
    move(session, TRANCHE, tranche, "prove", by=by, on=on, at=at, reason=proof)
    tranche.proof = proof
    session.add(tranche)
    session.flush()
    return tranche


def clear(session: Session, *, tranche: Tranche, by: Actor, on: date, at: datetime) -> Tranche:
    """Say that the proof is good: the tranche may be drawn. SameHand for whoever filed a proof of this file."""
    move(session, TRANCHE, tranche, "clear", by=by, on=on, at=at)
    return tranche


def send_back(session: Session, *, tranche: Tranche, reason: str, by: Actor, on: date, at: datetime) -> Tranche:
    """Say what is wrong with the proof; another may be filed."""
    move(session, TRANCHE, tranche, "return", by=by, on=on, at=at, reason=reason)
    return tranche


def cancel(session: Session, *, tranche: Tranche, reason: str, by: Actor, on: date, at: datetime) -> Tranche:
    """Take a tranche out of the plan that was not drawn."""
    move(session, TRANCHE, tranche, "cancel", by=by, on=on, at=at, reason=reason)
    return tranche


def draw(session: Session, *, tranche: Tranche, by: Actor, on: date, at: datetime) -> PayOut:
    """Ask for the whole of a cleared tranche, for the supplier whom it names.

    Refuses with TrancheTooEarly, MoveNotOpen before it is cleared, and as `disbursement.request_pay_out` does.
    """
    if on < tranche.earliest_on:
        raise TrancheTooEarly(number=tranche.number, earliest_on=tranche.earliest_on)
    TRANCHE.find("draw", tranche.stage)
    loan = session.exec(select(Loan).where(Loan.contract_id == tranche.contract_id)).first()
    if loan is None:
        contract = session.get_one(Contract, tranche.contract_id)
        raise disbursement.LoanNotDrawable(
            loan=contract.number, stage=contract.stage, start_on=contract.start_on, end_on=contract.end_on
        )
    asked = disbursement.request_pay_out(
        session,
        loan=loan,
        amount=tranche.amount,
        payee=tranche.payee,
        milestone=tranche.milestone,
        by_plan=True,
        by=by,
        on=on,
        at=at,
    )
    tranche.pay_out_id = asked.key
    move(session, TRANCHE, tranche, "draw", by=by, on=on, at=at)
    return asked


def _drawn_without_plan(session: Session, loan: Loan, planned: list[Tranche]) -> Money:
    """What was asked for or paid before there was a plan."""
    of_plan = {one.pay_out_id for one in planned}
    query = select(PayOut).where(PayOut.loan_id == loan.key, PayOut.stage != PayOutStage.REFUSED)
    return total(row.amount for row in session.exec(query) if row.id not in of_plan)
